"""The marks that tell one dialect from another, each with its weight.

4: hardly anyone else writes it; 3: strong; 2: one of few; 1: a hint; below 0: it speaks against.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple


class Mark(NamedTuple):
    """What a mark says: weights by dialect, once ``pattern`` (if any) is found in the text."""

    weights: dict[str, int]
    pattern: re.Pattern[bytes] | None = None


def _words(weights: dict[str, int], words: str) -> dict[bytes, dict[str, int]]:
    return {word.encode("ascii"): weights for word in words.split()}


def _only(dialect: str, weight: int, words: str) -> dict[bytes, dict[str, int]]:
    return _words({dialect: weight}, words)


_SPARKS: Final = {"spark": 2, "databricks": 2, "hive": 1}
_HIVES: Final = {"hive": 3, "spark": 2, "databricks": 1}

# Words of the text, in lower case, that mean the same wherever they stand.
ALONE: Final[dict[bytes, dict[str, int]]] = {
    **_only("postgres", 4, """
        bigserial smallserial jsonb plpgsql tsvector tsquery concurrently citext hstore uuid_generate_v4 pg_catalog
        regclass uuid_ossp pgcrypto pg_trgm setval current_setting set_config jsonb_build_object jsonb_agg
        row_security pg_dump plpython3u create_hypertable pg_sleep pg_class pg_namespace pg_advisory_xact_lock"""),
    **_only("postgres", 3, """
        bytea gen_random_uuid search_path inherits lock_timeout statement_timeout timestamptz nextval
        int4range daterange tstzrange numrange unlogged"""),
    **_words({"postgres": 1, "snowflake": 1, "redshift": 1, "duckdb": 1}, "ilike split_part"),
    **_words({"postgres": 2, "duckdb": 1, "redshift": 1}, "generate_series int8 int4 int2 to_char"),
    **_only("mysql", 4, """
        auto_increment innodb myisam mediumtext longtext longblob mediumblob mediumint tinytext tinyblob utf8mb4
        utf8mb3 straight_join zerofill utf8mb4_unicode_ci utf8mb4_general_ci utf8_general_ci latin1_swedish_ci
        foreign_key_checks sql_mode utf8mb4_0900_ai_ci gtid_purged last_insert_id"""),
    **_only("mysql", 2, "unsigned modify date_format str_to_date curdate unix_timestamp"),
    **_words({"mysql": 1, "sqlite": 1}, "group_concat"),
    **_only("sqlite", 4, "sqlite_master sqlite_sequence sqlite_schema randomblob fts5 fts4 journal_mode table_info"),
    **_only("sqlite", 3, "julianday unixepoch"),
    **_only("duckdb", 4, """
        read_parquet read_csv_auto parquet_scan list_transform list_aggregate struct_pack hugeint uhugeint utinyint
        usmallint ubigint read_json_auto httpfs list_filter duckdb_settings read_ndjson spatial_join epoch_ms"""),
    **_only("duckdb", 3, "read_csv read_json strptime list_value"),
    **_only("tsql", 4, """
        nolock datetime2 uniqueidentifier raiserror sp_executesql nonclustered smalldatetime scope_identity nocount
        sysobjects tempdb xact_abort quoted_identifier ansi_nulls textimage_on smallmoney newid rowguidcol
        object_id datetimeoffset sysutcdatetime getutcdate rowlock updlock holdlock fetch_status trancount
        checkident maxrecursion readcommitted openjson recompile"""),
    **_only("tsql", 2, "nvarchar nchar isnull charindex"),
    **_words({"tsql": 3, "redshift": 1, "snowflake": 1}, "getdate"),
    **_words({"tsql": 1, "snowflake": 1, "redshift": 1, "databricks": 1}, "dateadd datediff"),
    **_only("oracle", 4, """
        varchar2 nvarchar2 pls_integer dbms_output utl_file bulk_exceptions varray nocopy sys_refcursor systimestamp
        autonomous_transaction pctfree dbms_lob dbms_scheduler dbms_stats raise_application_error sqlplus user_tables
        all_tables dba_users dbms_sql serveroutput connect_by_root add_months nologging"""),
    **_only("oracle", 3, "rownum user_objects"),
    **_words({"oracle": 2, "snowflake": 1, "redshift": 1, "databricks": 1}, "nvl"),
    **_words({"oracle": 2, "redshift": 1}, "sysdate"),
    **_words({"oracle": 1, "snowflake": 1, "redshift": 1}, "listagg"),
    **_only("bigquery", 4, """
        safe_cast safe_divide safe_offset safe_ordinal _table_suffix _partitiontime _partitiondate
        generate_date_array generate_timestamp_array approx_quantiles farm_fingerprint standardsql
        st_geogpoint timestamp_micros timestamp_millis timestamp_seconds require_partition_filter
        net_host partition_expiration_days parse_numeric bignumeric regexp_extract_all"""),
    **_only("bigquery", 3, """
        format_date parse_date parse_timestamp format_timestamp timestamp_diff timestamp_trunc timestamp_sub
        timestamp_add datetime_diff datetime_trunc generate_array regexp_contains datetime_sub date_from_unix_date"""),
    **_only("snowflake", 4, """
        object_construct array_construct to_variant try_parse_json strip_outer_array seq4 timestamp_tz
        try_to_number try_to_date try_to_timestamp try_to_decimal object_agg array_size to_timestamp_ntz
        to_timestamp_tz to_timestamp_ltz field_optionally_enclosed_by storage_integration snowpipe sysadmin
        accountadmin data_retention_time_in_days auto_suspend auto_resume object_keys result_scan"""),
    **_only("snowflake", 2, "zeroifnull div0 iff variant"),
    **_words({"snowflake": 3, "databricks": 1}, "timestamp_ntz timestamp_ltz"),
    **_words({"snowflake": 2, "databricks": 1, "bigquery": 2}, "parse_json"),
    **_words({"snowflake": 2, "bigquery": 1, "databricks": 1, "duckdb": 1, "redshift": 1}, "qualify"),
    **_only("redshift", 4, "diststyle distkey sortkey az64 bytedict iam_role text255 mostly16 stl_query"),
    **_only("redshift", 3, "lzo redshift wlm_query_slot_count unload maxerror"),
    **_words({"redshift": 2, "postgres": 1, "snowflake": 1}, "json_extract_path_text"),
    **_only("databricks", 4, "zorder cloud_files read_files dbutils"),
    **_words({"databricks": 3, "spark": 1}, "unity_catalog autoloader"),
    **_words(_SPARKS, "explode explode_outer posexplode collect_list named_struct from_json get_json_object rlike"),
    **_words({"spark": 2, "databricks": 2, "hive": 2, "trino": -1}, "tblproperties collect_set"),
    **_only("hive", 4, "serde hiveconf msck rcfile inputformat outputformat hivevar serdeproperties"),
    **_only("trino", 4, """
        from_iso8601_timestamp from_iso8601_date partitioned_by at_timezone bucketed_by
        map_agg multimap_agg to_iso8601 url_extract_host sorted_by approx_set"""),
    **_words({"trino": 2, "bigquery": 2}, "format_datetime parse_datetime"),
    **_words({"trino": 3, "hive": -1}, "date_parse from_unixtime_nanos"),
    **_words({"trino": 3, "bigquery": 2}, "json_extract_scalar"),
    **_words({"trino": 2, "duckdb": -1, "snowflake": -1}, "approx_distinct"),
    **_words({"trino": 2, "spark": 1, "databricks": 1}, "element_at cardinality array_join from_utf8"),
    **_only("clickhouse", 4, """
        mergetree replacingmergetree summingmergetree aggregatingmergetree collapsingmergetree lowcardinality
        datetime64 prewhere jsoneachrow aggregatefunction simpleaggregatefunction fixedstring replicatedmergetree
        arrayjoin groupuniqarray uniqexact uniqmerge dictget tostartofday tostartofhour tostartofmonth todatetime
        tostartofinterval tostartofminute toyyyymm index_granularity grouparray arraymap summap todate
        versionedcollapsingmergetree replicatedreplacingmergetree toint64 touint64 touint32 toint32
        arrayfilter sumif anylast todatetime64 tounixtimestamp"""),
    **_only("clickhouse", 4, "uint8 uint16 uint32 uint64 uint128 uint256"),
}  # fmt: skip

# Words with more than one meaning: their pattern must be found as well. The text is in lower case, a line break first;
# a pattern that begins with a letter is found fastest.
_PLACED: Final[tuple[tuple[str, bytes, dict[str, int]], ...]] = (
    ("serial", rb"[\w\"]\s+serial(?:\s*,|\s+(?:primary|not|unique)|\s*\n|\s*\))", {"postgres": 4, "redshift": -2}),
    ("extension", rb"create\s+extension\b", {"postgres": 4}),
    ("gin", rb"using\s+gi(?:n|st)\b", {"postgres": 4}),
    ("btree", rb"on\s+[\w.\"]+\s+using\s+btree\b", {"postgres": 3}),
    ("owner", rb"owner\s+to\b", {"postgres": 4}),
    ("stdin", rb"from\s+stdin\b", {"postgres": 4}),
    ("valid", rb"not\s+valid\b", {"postgres": 3}),
    ("validate", rb"validate\s+constraint\b", {"postgres": 3}),
    ("policy", rb"create\s+policy\b", {"postgres": 4}),
    ("security", rb"row\s+level\s+security\b|security\s+definer\b", {"postgres": 4}),
    ("varying", rb"character\s+varying\b", {"postgres": 3, "redshift": 2}),
    ("conflict", rb"on\s+conflict\b", {"postgres": 2, "sqlite": 2, "duckdb": 1}),
    ("distinct", rb"distinct\s+on\s*\(", {"postgres": 3, "duckdb": 2}),
    ("enum", rb"as\s+enum\s*\(", {"postgres": 4}),
    ("do", rb"do\s+\$", {"postgres": 4}),
    ("language", rb"language\s+'?plpgsql", {"postgres": 3}),
    ("tinyint", rb"tinyint\s*\(\s*1\s*\)", {"mysql": 4}),
    ("int", rb"int\s*\(\s*\d+\s*\)", {"mysql": 3}),
    ("engine", rb"engine\s*=\s*(?:innodb|myisam)", {"mysql": 4}),
    ("duplicate", rb"on\s+duplicate\s+key\s+update\b", {"mysql": 4}),
    ("delimiter", rb"\n\s*delimiter\s+\S+\s*$", {"mysql": 4}),
    ("definer", rb"definer\s*=", {"mysql": 4}),
    ("ignore", rb"insert\s+ignore\b", {"mysql": 4}),
    ("charset", rb"charset\s*=|\bcharset\s+utf8", {"mysql": 4}),
    ("update", rb"update\s+current_timestamp\b", {"mysql": 4}),
    ("key", rb"key\s+`\w", {"mysql": 3}),
    ("change", rb"change\s+(?:column\s+)?`", {"mysql": 3}),
    ("force", rb"force\s+index\s*\(", {"mysql": 4}),
    ("interval", rb"date_(?:sub|add)\s*\(\s*\w+\s*\(\)\s*,\s*interval\b", {"mysql": 2, "bigquery": 2}),
    ("autoincrement", rb"primary\s+key\s+(?:asc\s+)?autoincrement\b", {"sqlite": 4}),
    ("pragma", rb"\n\s*pragma\s+[\w.]+\s*(?:=|;|\()", {"sqlite": 4}),
    ("rowid", rb"without\s+rowid\b", {"sqlite": 4}),
    ("replace", rb"insert\s+or\s+(?:replace|ignore|abort|fail)\b", {"sqlite": 4, "duckdb": 1}),
    ("strftime", rb"strftime\s*\(\s*'", {"sqlite": 3}),
    ("datetime", rb"datetime\s*\(\s*'now'", {"sqlite": 4}),
    ("virtual", rb"create\s+virtual\s+table\b", {"sqlite": 4}),
    ("integer", rb"integer\s+primary\s+key\b", {"sqlite": 2, "duckdb": 1, "postgres": 0}),
    ("exclude", rb"\*\s+exclude\b", {"duckdb": 2, "snowflake": 2}),
    ("summarize", rb"\n\s*summarize\b", {"duckdb": 4}),
    ("csv", rb"(?:from|join)\s+'[^'\n]+\.csv'", {"duckdb": 4}),
    ("install", rb"\n\s*install\s+\w+\s*;", {"duckdb": 4}),
    ("asof", rb"asof\s+(?:left\s+)?join\b", {"duckdb": 3, "clickhouse": 2, "snowflake": 1}),
    ("all", rb"by\s+all\b", {"duckdb": 1, "snowflake": 1, "databricks": 1, "clickhouse": 1}),
    ("parquet", rb"(?:from|join)\s+'[^'\n]+\.(?:parquet|csv|json)'", {"duckdb": 4}),
    ("go", rb"\n[ \t]*go[ \t]*;?[ \t]*\r?$", {"tsql": 4}),
    ("dbo", rb"\[?\bdbo\b\]?\.", {"tsql": 4}),
    ("identity", rb"identity\s*\(\s*\d+\s*,\s*\d+\s*\)", {"tsql": 3, "redshift": 2, "snowflake": 1}),
    ("top", rb"select\s+(?:distinct\s+)?top\s*[(\d]", {"tsql": 3, "snowflake": 1, "redshift": 1}),
    ("tran", rb"(?:begin|commit|rollback)\s+tran\b", {"tsql": 4}),
    ("try", rb"begin\s+try\b", {"tsql": 4}),
    ("declare", rb"declare\s+@\w", {"tsql": 4}),
    ("max", rb"\(\s*max\s*\)", {"tsql": 4, "redshift": 2}),
    ("clustered", rb"(?:primary\s+key|unique|index)\s+clustered\b|clustered\s+(?:columnstore\s+)?index\b", {"tsql": 4}),
    ("apply", rb"(?:cross|outer)\s+apply\b", {"tsql": 3, "oracle": 1}),
    ("sys", rb"sys\.(?:objects|tables|columns|indexes|schemas|databases)\b", {"tsql": 4}),
    ("exec", rb"\n\s*exec(?:ute)?\s+(?:\[?dbo\]?\.|sp_|@)", {"tsql": 4}),
    ("rowcount", rb"@@(?:rowcount|error|identity)\b", {"tsql": 4}),
    ("print", rb"\n\s*print\s+n?'", {"tsql": 3}),
    ("convert", rb"convert\s*\(\s*n?(?:varchar|char|date|datetime|int)\b", {"tsql": 2, "redshift": 1}),
    ("number", rb"number\s*\(\s*\d+", {"oracle": 3, "snowflake": 2}),
    ("dual", rb"from\s+(?:sys\.)?dual\b", {"oracle": 3, "mysql": 1, "snowflake": 1}),
    ("connect", rb"connect\s+by\b", {"oracle": 3, "snowflake": 1}),
    ("rowtype", rb"%rowtype\b", {"oracle": 3, "postgres": 1}),
    ("type", rb"%type\b", {"oracle": 2, "postgres": 1}),
    ("collect", rb"bulk\s+collect\b", {"oracle": 4}),
    ("body", rb"package\s+body\b", {"oracle": 4}),
    ("package", rb"create\s+or\s+replace\s+(?:editionable\s+)?package\b", {"oracle": 4}),
    ("byte", rb"\(\s*\d+\s+(?:byte|char)\s*\)", {"oracle": 4}),
    ("nextval", rb"\w+\.nextval\b", {"oracle": 3, "snowflake": 2, "postgres": -3}),
    ("define", rb"\n\s*set\s+define\b", {"oracle": 4}),
    ("immediate", rb"execute\s+immediate\b", {"oracle": 2, "snowflake": 1, "bigquery": 1, "databricks": 1}),
    ("struct", rb"struct\s*<", {"bigquery": 2, "spark": 2, "databricks": 2, "hive": 1}),
    ("except", rb"\*\s+except\s*\(", {"bigquery": 3, "databricks": 2, "clickhouse": 1}),
    ("date_trunc", rb"date_trunc\s*\(\s*[\w.()]+\s*,\s*(?:day|week|month|quarter|year|isoweek)\b", {"bigquery": 3}),
    ("date_diff", rb"date_diff\s*\([^'()]*(?:\([^()]*\)[^'()]*)*,\s*(?:day|week|month|year)\s*\)", {"bigquery": 3}),
    ("date_sub", rb"date_sub\s*\([^;]{0,80}?,\s*interval\s+[\w@]+\s+(?:day|week|month)\b", {"bigquery": 2, "mysql": 2}),
    ("options", rb"options\s*\(\s*(?:description|labels|expiration|friendly|partition)", {"bigquery": 4}),
    ("temp", rb"create\s+temp(?:orary)?\s+function\b", {"bigquery": 3, "databricks": 1}),
    ("js", rb"language\s+js\b", {"bigquery": 4}),
    ("ml", rb"ml\.(?:predict|evaluate|forecast)\b", {"bigquery": 4}),
    ("safe", rb"safe\.\w+\s*\(", {"bigquery": 4}),
    ("flatten", rb"(?:lateral\s+|table\s*\(\s*)flatten\s*\(", {"snowflake": 4}),
    ("warehouse", rb"(?:create|use|alter)\s+(?:or\s+replace\s+)?warehouse\b", {"snowflake": 4}),
    ("stage", rb"create\s+(?:or\s+replace\s+)?(?:temporary\s+)?stage\b", {"snowflake": 4}),
    ("format", rb"create\s+(?:or\s+replace\s+)?file\s+format\b|file_format\s*=\s*\(\s*type", {"snowflake": 4}),
    ("file_format", rb"file_format\s*=\s*\(", {"snowflake": 3}),
    ("copy", rb"copy\s+into\b", {"snowflake": 3, "databricks": 2}),
    ("task", rb"create\s+(?:or\s+replace\s+)?task\b", {"snowflake": 4}),
    ("stream", rb"create\s+(?:or\s+replace\s+)?stream\b", {"snowflake": 4}),
    ("pipe", rb"create\s+(?:or\s+replace\s+)?pipe\b", {"snowflake": 4}),
    ("generator", rb"generator\s*\(\s*rowcount\b", {"snowflake": 4}),
    ("transient", rb"create\s+(?:or\s+replace\s+)?transient\b", {"snowflake": 4}),
    ("masking", rb"masking\s+policy\b", {"snowflake": 4}),
    ("encode", rb"encode\s+(?:zstd|lzo|raw|az64|runlength)\b", {"redshift": 4}),
    ("binding", rb"no\s+schema\s+binding\b", {"redshift": 4}),
    ("super", rb"[\w\"]\s+super\s*[,)]", {"redshift": 3}),
    ("optimize", rb"\n\s*optimize\s+[\w.`{}]+\s*(?:zorder|where|;)", {"databricks": 4}),
    ("using", rb"using\s+(?:delta|parquet|iceberg)\b", {"databricks": 3, "spark": 3}),
    ("refresh", rb"create\s+or\s+refresh\b", {"databricks": 4}),
    ("live", rb"create\s+(?:or\s+refresh\s+)?(?:streaming\s+)?live\s+table\b|live\.\w", {"databricks": 4}),
    ("retain", rb"vacuum\b.*\bretain\b", {"databricks": 4}),
    ("lateral", rb"lateral\s+view\b", {"spark": 3, "databricks": 2, "hive": 3}),
    ("overwrite", rb"insert\s+overwrite\b", {"spark": 3, "databricks": 2, "hive": 3}),
    ("partitioned", rb"partitioned\s+by\b", {"spark": 2, "databricks": 2, "hive": 2}),
    ("stored", rb"stored\s+as\b", _HIVES),
    ("row", rb"row\s+format\s+(?:delimited|serde)\b", _HIVES),
    ("distribute", rb"distribute\s+by\b", _HIVES),
    ("with", rb"with\s*\(\s*(?:format|partitioning|location|external_location)\s*=", {"trino": 4}),
    ("unnest", rb"cross\s+join\s+unnest\s*\(", {"trino": 2, "bigquery": 1}),
    ("day", rb"interval\s+'\d+'\s+day\b", {"trino": 2, "postgres": 1, "oracle": 1}),
    ("varchar", rb"cast\s*\([^()]*\bas\s+varchar\s*\)", {"trino": 1, "duckdb": 1, "snowflake": 1, "redshift": 1}),
    ("date_add", rb"date_(?:add|diff)\s*\(\s*'(?:day|hour|month|week|year|minute)'", {"trino": 4, "clickhouse": -1}),
    ("date_diff", rb"date_(?:add|diff)\s*\(\s*'(?:day|hour|month|week|year|minute)'", {"trino": 4, "clickhouse": -1}),
    ("try_cast", rb"try_cast\s*\(", {"tsql": 1, "snowflake": 1, "trino": 1, "duckdb": 1, "databricks": 1}),
    ("cluster", rb"on\s+cluster\b", {"clickhouse": 3}),
    ("nullable", rb"nullable\s*\(", {"clickhouse": 4}),
    ("codec", rb"codec\s*\(\s*\w", {"clickhouse": 4}),
    ("tuple", rb"order\s+by\s+tuple\s*\(\s*\)", {"clickhouse": 4}),
    ("settings", rb"settings\s+\w+\s*=\s*\d", {"clickhouse": 3}),
    ("memory", rb"engine\s*=\s*(?:memory|log|tinylog|stripelog|buffer|kafka|null)\b", {"clickhouse": 2}),
    ("distributed", rb"engine\s*=\s*distributed\s*\(", {"clickhouse": 4}),
    ("final", rb"from\s+[\w.]+\s+(?:as\s+\w+\s+)?final\b", {"clickhouse": 4}),
)  # fmt: skip


def _placed(rows: tuple[tuple[str, bytes, dict[str, int]], ...]) -> dict[bytes, tuple[Mark, ...]]:
    marks: dict[bytes, tuple[Mark, ...]] = {}
    for word, source, weights in rows:
        key = word.encode("ascii")
        marks[key] = (*marks.get(key, ()), Mark(weights, re.compile(source)))
    return marks


PLACED: Final = _placed(_PLACED)

# Words, in lower case, whose spelling tells: the pattern is searched in the text as it is written.
CASED: Final[dict[bytes, tuple[Mark, ...]]] = {
    b"int64": (
        Mark({"bigquery": 4}, re.compile(rb"INT64\b(?<!UINT64)")),
        Mark({"clickhouse": 3}, re.compile(rb"Int64\b")),
    ),
    b"float64": (Mark({"bigquery": 4}, re.compile(rb"FLOAT64\b")), Mark({"clickhouse": 3}, re.compile(rb"Float64\b"))),
    b"countif": (Mark({"clickhouse": 4}, re.compile(rb"countIf\(")),),
    b"argmax": (Mark({"clickhouse": 3}, re.compile(rb"argMax\(")),),
    b"n": (Mark({"tsql": 2}, re.compile(rb"N'(?<=[\s(=,]N')")),),
}

# All words that tell something, alone or where they stand.
TELLING: Final = frozenset((*ALONE, *PLACED, *CASED))

# What is searched in the text as it is written: a sign, its name for people, and what it says.
SIGNS: Final[tuple[tuple[bytes, str, Mark], ...]] = (
    (b"::", "::", Mark({"postgres": 1, "redshift": 1, "snowflake": 1, "duckdb": 1}, re.compile(rb"::[\"A-Za-z]"))),
    (b"$$", "$$", Mark({"postgres": 2, "snowflake": 1})),
    (b"$_$", "$_$", Mark({"postgres": 4})),
    (b"`", "`name`", Mark({"mysql": 2, "bigquery": 1, "databricks": 1, "spark": 1}, re.compile(rb"`\w+`"))),
    (b"`", "`project.dataset.table`", Mark({"bigquery": 5, "mysql": -2}, re.compile(rb"`[\w-]+(?:\.[\w$*-]+)+`"))),
    (b"].[", "[name].[name]", Mark({"tsql": 4}, re.compile(rb"\[\w+\]\.\[\w+\]"))),
    (b"[", "[name]", Mark({"tsql": 2, "sqlite": 1}, re.compile(rb"\[(?<=[\s.,(]\[)[A-Za-z_]\w*\]"))),
    (b"(+)", "(+)", Mark({"oracle": 3, "snowflake": 1, "redshift": 1})),
    (b"<=>", "<=>", Mark({"mysql": 1, "databricks": 1, "spark": 1})),
    (b"~*", "~*", Mark({"postgres": 2})),
    (b"->>", "->>", Mark({"postgres": 1, "sqlite": 1, "mysql": 1, "duckdb": 1})),
    (b"@>", "@>", Mark({"postgres": 3})),
    (b"@~", "@~", Mark({"snowflake": 3})),
    (b"::", "column:path", Mark({"snowflake": 3, "databricks": 2}, re.compile(rb":(?<=\w:)[^\W\d]\w*(?:\.\w+)*::\w"))),
)  # fmt: skip

# Bytes of which each sign has one, and texts seldom.
RARE: Final = b":$`[+>~"

# What programs write into the comments of their dumps.
DUMPS: Final = {
    b"PostgreSQL database dump": "postgres",
    b"MySQL dump": "mysql",
    b"MariaDB dump": "mysql",
    b"/*!40101 SET": "mysql",
}

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.lint.reading import dialects, marks
from perftool.lint.reading.dialects import LOOKED_AT, Detected, detect
from perftool.sql.dialects import KNOWN

SNIPPETS = {
    "postgres": [
        "CREATE TABLE a (id bigserial PRIMARY KEY, body jsonb NOT NULL)",
        "CREATE INDEX CONCURRENTLY a_b ON a USING gin (b)",
        "DO $$ BEGIN PERFORM 1; END $$ LANGUAGE plpgsql",
        "ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0) NOT VALID;\nALTER TABLE a VALIDATE CONSTRAINT c;",
        "CREATE EXTENSION IF NOT EXISTS hstore",
        'CREATE TABLE "A" (\n    "id" SERIAL NOT NULL,\n    "at" TIMESTAMP(3) NOT NULL\n)',
        "CREATE TYPE mood AS ENUM ('sad', 'ok')",
        "COPY public.a (b) FROM stdin;",
    ],
    "mysql": [
        "CREATE TABLE `a` (`id` int(11) NOT NULL AUTO_INCREMENT) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4",
        "INSERT INTO a (b) VALUES (1) ON DUPLICATE KEY UPDATE b = VALUES(b)",
        "ALTER TABLE a MODIFY b mediumtext",
        "DELIMITER //\nCREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET NEW.b = 1; END//\nDELIMITER ;",
        "SELECT * FROM a FORCE INDEX (b) WHERE c = LAST_INSERT_ID()",
        "/*!40101 SET NAMES utf8 */;",
        "INSERT IGNORE INTO a VALUES (1)",
    ],
    "sqlite": [
        "CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, b TEXT)",
        "PRAGMA foreign_keys = ON;",
        "INSERT OR REPLACE INTO a VALUES (1, datetime('now'))",
        "SELECT name FROM sqlite_master WHERE type = 'table'",
        "CREATE TABLE a (b TEXT PRIMARY KEY) WITHOUT ROWID",
        "CREATE VIRTUAL TABLE a USING fts5(b)",
    ],
    "duckdb": [
        "SELECT * FROM read_parquet('a/*.parquet')",
        "SELECT a.* FROM 'events.csv' a",
        "INSTALL httpfs;\nLOAD httpfs;",
        "SELECT * FROM a ASOF JOIN b ON a.t >= b.t",
        "CREATE TABLE a AS SELECT list_transform([1, 2], x -> x + 1) AS b",
        "SUMMARIZE a",
    ],
    "tsql": [
        "CREATE TABLE [dbo].[A] ([Id] INT IDENTITY(1,1) NOT NULL, [Name] NVARCHAR(50))",
        "SELECT TOP 10 * FROM a WITH (NOLOCK)",
        "DECLARE @n INT = 1;\nEXEC sp_executesql N'SELECT 1'",
        "CREATE PROCEDURE p AS SELECT 1\nGO\n",
        "BEGIN TRY SELECT 1 END TRY BEGIN CATCH ROLLBACK TRAN END CATCH",
        "ALTER TABLE a ADD b DATETIME2 NOT NULL DEFAULT GETUTCDATE()",
        "SELECT a FROM b CROSS APPLY c(b.d)",
    ],
    "oracle": [
        "CREATE TABLE a (id NUMBER(10), b VARCHAR2(20 CHAR))",
        "SELECT * FROM a WHERE ROWNUM <= 10",
        "SELECT SYSDATE FROM dual",
        "SELECT a FROM b START WITH c IS NULL CONNECT BY PRIOR d = c",
        "BEGIN DBMS_OUTPUT.PUT_LINE('a'); END;\n/",
        "CREATE OR REPLACE PACKAGE BODY p AS v t.a%ROWTYPE; END;",
    ],
    "bigquery": [
        "SELECT SAFE_CAST(a AS INT64) FROM b",
        "SELECT a FROM `my-project.data.events_*` WHERE _TABLE_SUFFIX = '20260101'",
        "SELECT DATE_TRUNC(a, MONTH) FROM b",
        "SELECT * EXCEPT (a) FROM b, UNNEST(c) WHERE SAFE_DIVIDE(d, e) > 1",
        "CREATE TEMP FUNCTION f(a FLOAT64) RETURNS FLOAT64 AS (a * 2)",
        "SELECT FORMAT_DATE('%Y', a), TIMESTAMP_DIFF(b, c, DAY) FROM d",
    ],
    "snowflake": [
        "CREATE TABLE a (b VARIANT, c TIMESTAMP_NTZ)",
        "SELECT f.value:name::string FROM a, LATERAL FLATTEN(input => a.b) f",
        "COPY INTO a FROM @stage FILE_FORMAT = (TYPE = CSV)",
        "CREATE OR REPLACE WAREHOUSE w AUTO_SUSPEND = 60",
        "SELECT OBJECT_CONSTRUCT('a', 1)",
        "CREATE OR REPLACE TRANSIENT TABLE a (b int)",
        "SELECT a FROM b QUALIFY ROW_NUMBER() OVER (PARTITION BY a ORDER BY c) = 1 AND IFF(d, 1, 0) = 1",
    ],
    "redshift": [
        "CREATE TABLE a (b int ENCODE az64) DISTSTYLE KEY DISTKEY (b) SORTKEY (b)",
        "UNLOAD ('SELECT 1') TO 's3://a/b' IAM_ROLE 'r'",
        "CREATE VIEW v AS SELECT a FROM b WITH NO SCHEMA BINDING",
        "CREATE TABLE a (b varchar(10) encode lzo, c super)",
    ],
    "databricks": [
        "CREATE TABLE a (b INT) USING DELTA TBLPROPERTIES ('delta.appendOnly' = 'true');\nOPTIMIZE a ZORDER BY (b)",
        "CREATE OR REFRESH STREAMING LIVE TABLE a AS SELECT * FROM cloud_files('/a', 'json')",
        "VACUUM a RETAIN 168 HOURS",
        "SELECT * FROM read_files('/a')",
    ],
    "spark": [
        "SELECT a, b FROM c LATERAL VIEW explode(d) t AS b",
        "INSERT OVERWRITE TABLE a PARTITION (d = '1') SELECT collect_list(b) FROM c",
        "SELECT collect_list(named_struct('a', b)), get_json_object(c, '$.d') FROM e LATERAL VIEW posexplode(f)",
        "SELECT from_json(a, 'b INT'), collect_list(c) FROM d LATERAL VIEW explode_outer(e) f AS g",
    ],
    "hive": [
        "CREATE EXTERNAL TABLE a (b STRING) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' STORED AS TEXTFILE",
        "MSCK REPAIR TABLE a",
        "CREATE TABLE a (b STRING) STORED AS ORC TBLPROPERTIES ('x' = 'y')",
        "SELECT a FROM b WHERE c = '${hiveconf:d}'",
    ],
    "trino": [
        "CREATE TABLE a WITH (format = 'ORC', partitioned_by = ARRAY['d']) AS SELECT 1",
        "SELECT date_diff('day', a, b), approx_distinct(c) FROM d",
        "SELECT from_iso8601_timestamp(a) FROM b",
        "SELECT date_parse(a, '%Y') FROM b CROSS JOIN UNNEST(c) AS t (d)",
    ],
    "clickhouse": [
        "CREATE TABLE a (b UInt64, c LowCardinality(String)) ENGINE = MergeTree ORDER BY b",
        "SELECT countIf(a > 1), toStartOfHour(b) FROM c GROUP BY 2",
        "SELECT * FROM a FINAL PREWHERE b = 1",
        "ALTER TABLE a ON CLUSTER c ADD COLUMN d Nullable(String) CODEC(ZSTD(1))",
        "INSERT INTO a FORMAT JSONEachRow",
    ],
}
CASES = [(dialect, snippet) for dialect, snippets in SNIPPETS.items() for snippet in snippets]


@pytest.mark.parametrize(("dialect", "snippet"), CASES)
def test_words_tell_the_dialect(dialect: str, snippet: str) -> None:
    found = detect(snippet.encode(), "a.sql")
    assert (found.dialect, found.reason) == (dialect, found.reason)
    assert found.reason


@pytest.mark.parametrize(
    "snippet",
    [
        "",
        "SELECT a, b FROM c WHERE d = 1",
        "CREATE TABLE a (id INT PRIMARY KEY, name VARCHAR(20) NOT NULL)",
        "-- unlike MySQL's AUTO_INCREMENT, and not jsonb\nSELECT 1 /* NVARCHAR, MergeTree */",
        "INSERT INTO a VALUES ('a', 1)",
        "DELETE FROM a WHERE b IN (SELECT c FROM d)",
    ],
)
def test_plain_sql_tells_nothing(snippet: str) -> None:
    assert detect(snippet.encode(), "queries/a.sql").dialect == ""


def test_a_tie_and_a_template_for_several_databases_tell_nothing() -> None:
    found = detect(b"SELECT * EXCLUDE (a) FROM b", "a.sql")
    assert found.dialect == ""
    tie = detect(b"CREATE TABLE a (b jsonb, c tinytext)", "a.sql")
    assert tie == Detected("", "it could be mysql or postgres; the generic dialect")
    several = detect(b"{% if target.type == 'bigquery' %}INT64{% else %}jsonb{% endif %}", "models/a.sql")
    assert several.dialect == ""
    assert "several" in several.reason
    assert detect(b"{% if target.type == 'x' %}{% endif %}", "models/a.sql", "snowflake").dialect == "snowflake"


@pytest.mark.parametrize(
    ("path", "dialect"),
    [
        ("db/postgres/001.sql", "postgres"),
        ("migrations/20260101_a.mysql.up.sql", "mysql"),
        ("sql/sqlite3/a.sql", "sqlite"),
        ("a/sql-server/b.sql", "tsql"),
        ("a/mssql_b.sql", "tsql"),
        ("a.pgsql", "postgres"),
        ("etl/spark/a.hql", "hive"),
        ("snowflake/redshift/a.sql", "redshift"),
        ("mysql_to_postgres/a.sql", ""),
        ("a/spg/b.sql", ""),
    ],
)
def test_the_nearest_telling_part_of_a_path_counts(path: str, dialect: str) -> None:
    assert detect(b"SELECT 1", path).dialect == dialect


def test_text_outweighs_a_path_only_where_it_is_plain() -> None:
    assert detect(b"CREATE TABLE a (b tinytext)", "postgres/a.sql").dialect == "postgres"
    plain = b"CREATE TABLE `a` (b int(11) AUTO_INCREMENT, c mediumtext) ENGINE=InnoDB CHARSET=utf8mb4"
    assert detect(plain, "postgres/a.sql").dialect == "mysql"
    assert detect(b"SELECT 1", "a.sql", "duckdb") == Detected("duckdb", "the project says so")
    assert "'postgres' in its path" in detect(b"SELECT a::jsonb", "postgres/a.sql").reason


def test_only_the_beginning_is_looked_at() -> None:
    filler = b"SELECT 1;\n" * (LOOKED_AT // 10 + 1)
    assert detect(filler + b"CREATE TABLE a (b jsonb)", "a.sql").dialect == ""
    assert detect(b"CREATE TABLE a (b jsonb);" + filler, "a.sql").dialect == "postgres"


def test_every_mark_names_known_dialects_and_can_be_met() -> None:
    placed = [*marks.PLACED.values(), *marks.CASED.values()]
    weights = [*marks.ALONE.values(), *(one.weights for many in placed for one in many)]
    weights += [mark.weights for _, _, mark in marks.SIGNS]
    assert {dialect for one in weights for dialect in one} | set(dialects.PATHS.values()) <= set(KNOWN)
    assert all(
        word == word.lower() and word.replace(b"_", b"").isalnum()
        for word in (*marks.ALONE, *marks.PLACED, *marks.CASED)
    )
    assert all(set(sign) & set(marks.RARE) for sign, _, _ in marks.SIGNS)


@given(st.binary(max_size=80), st.text(max_size=20), st.sampled_from([snippet for _, snippet in CASES]))
def test_anything_can_be_looked_at(data: bytes, path: str, snippet: str) -> None:
    found = detect(data + snippet.encode() + data, path)
    assert found.dialect in KNOWN
    assert found.reason

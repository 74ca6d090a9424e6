import pytest

from perftool.lint.rules.pruning_defeated import RULE
from tests.lint.kit import clean, finds, places

EVENTS = "CREATE TABLE d.e (n INT64, dt DATE, k STRING) PARTITION BY dt CLUSTER BY k;"


@pytest.mark.parametrize(
    ("condition", "cause"),
    [
        ("format_date('%Y%m', dt) = '202401'", "format_date hides the partition column dt"),
        ("'2024-01' = substr(CAST(dt AS STRING), 1, 7)", "substr hides the partition column dt"),
        (
            "CAST(e.dt AS STRING) LIKE '2024%' AND CAST(e.dt AS STRING) >= '2024'",
            "a cast hides the partition column dt",
        ),
        ("extract(YEAR FROM dt) BETWEEN 2023 AND 2024", "extract hides the partition column dt"),
        ("n > 3 AND lower(k) IN ('a', 'b')", "lower hides the cluster column k"),
        ("coalesce(dt, DATE '2024-01-01') > '2024-01-01'", "coalesce hides the partition column dt"),
        ("dt = (SELECT max(dt) FROM d.f)", "the partition column dt is compared with a subquery"),
    ],
)
def test_what_hides_the_column_reads_everything(condition, cause):
    message = finds(RULE, f"SELECT n FROM d.e WHERE {condition}", "bigquery", schema=EVENTS).finding.message
    assert message.startswith(f"reads all of d.e: {cause}")


def test_it_stands_on_the_condition():
    sql = "SELECT 'é' FROM d.e AS e\nWHERE e.n > 3 AND format_date('%Y', e.dt) = '2024'"
    assert places(RULE, sql, "bigquery", schema=EVENTS) == ["format_date('%Y', e.dt) = '2024'"]


@pytest.mark.parametrize(
    "condition",
    [
        "dt >= '2024-01-01' AND dt < '2024-02-01'",
        "date_trunc(dt, MONTH) = '2024-01-01'",
        "date(dt) = '2024-01-01'",
        "CAST(dt AS TIMESTAMP) >= '2024-01-01'",
        "dt >= '2024-01-01' AND extract(MONTH FROM dt) = 3",
        "dt > '2024-01-01' AND dt <= (SELECT max(dt) FROM d.f)",
        "format_date('%Y', dt) = k",
        "upper(n) = 'X'",
        "dt = date_sub(current_date(), INTERVAL 1 DAY)",
        "format_date('%Y', dt) = '2024' OR n = 3",
    ],
)
def test_engines_look_through_ranges_and_truncation(condition):
    clean(RULE, f"SELECT n FROM d.e WHERE {condition}", "bigquery", schema=EVENTS)


def test_only_known_columns_of_known_tables_count():
    sql = "SELECT n FROM d.e WHERE format_date('%Y', dt) = '2024'"
    clean(RULE, sql, "bigquery")
    clean(RULE, sql, "bigquery", schema="CREATE TABLE d.e (n INT64, dt DATE)")
    clean(
        RULE,
        "WITH e AS (SELECT * FROM d.f) SELECT n FROM e WHERE format_date('%Y', dt) = '2024'",
        "bigquery",
        schema=EVENTS,
    )
    clean(RULE, "SELECT n FROM d.f AS e WHERE format_date('%Y', e.dt) = '2024'", "bigquery", schema=EVENTS)


def test_engines_differ():
    schema = "CREATE TABLE d.e (n INT, dt STRING, k STRING) PARTITIONED BY (dt)"
    clean(RULE, "SELECT n FROM d.e WHERE substr(dt, 1, 4) = '2024'", "spark", schema=schema)
    schema = "CREATE TABLE e (n INT, dt DATE, k VARCHAR) CLUSTER BY (dt, k)"
    finds(RULE, "SELECT n FROM e WHERE to_char(dt, 'YYYY') = '2024'", "snowflake", schema=schema)
    clean(RULE, "SELECT n FROM e WHERE substr(k, 1, 2) = 'ab'", "snowflake", schema=schema)
    schema = "CREATE TABLE e (n Int32, ts DateTime) ENGINE = MergeTree PARTITION BY toYYYYMM(ts) ORDER BY ts"
    clean(RULE, "SELECT n FROM e WHERE toYYYYMM(ts) = 202401", "clickhouse", schema=schema)
    clean(
        RULE,
        "SELECT n FROM e WHERE to_char(ts) = 'x'",
        "postgres",
        schema="CREATE TABLE e (ts date) PARTITION BY RANGE (ts)",
    )

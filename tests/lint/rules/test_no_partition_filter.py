import pytest

from perftool.lint.rules.no_partition_filter import RULE
from tests.lint.kit import clean, finds, places

EVENTS = "CREATE TABLE d.e (n INT64, ts TIMESTAMP, dt DATE) PARTITION BY dt"


def test_a_wildcard_reads_all_its_tables():
    sql = "SELECT 'é', n FROM `p.d.events_*` AS e WHERE e.n > 3"
    assert places(RULE, sql, "bigquery") == ["`p.d.events_*`"]
    assert "_TABLE_SUFFIX" in finds(RULE, sql, "bigquery").finding.message


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT n FROM `p.d.events_*` WHERE _TABLE_SUFFIX BETWEEN '20240101' AND '20240131'",
        "SELECT n FROM (SELECT n, _table_suffix AS s FROM `p.d.events_*`) WHERE s = '20240101'",
        "SELECT n FROM `p.d.events_202401*`",
        "SELECT n FROM `p.d.events`",
        "SELECT n FROM `p.d.events_*` WHERE DATE(_PARTITIONTIME) = '2024-01-01'",
        "CREATE VIEW d.v AS SELECT n FROM `p.d.events_*`",
        "CREATE VIEW d.v AS SELECT n, _PARTITIONTIME AS pt FROM d.e",
        "SELECT n FROM d.e WHERE _PARTITIONTIME >= TIMESTAMP '2024-01-01'",
        "SELECT max(_PARTITIONTIME) FROM d.e",
    ],
)
def test_suffixes_and_years_limit_it(sql):
    clean(RULE, sql, "bigquery")


def test_partition_time_alone_gives_a_table_away():
    assert places(RULE, "SELECT n, _PARTITIONTIME AS pt FROM d.e", "bigquery") == ["d.e"]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT n FROM d.e",
        "SELECT sum(n) FROM d.e",
        "SELECT n FROM d.e WHERE n > 3",
        "CREATE TABLE x AS SELECT n FROM d.e WHERE n = 5",
    ],
)
def test_the_project_knows_what_is_partitioned(sql):
    found = finds(RULE, sql, "bigquery", schema=EVENTS).finding
    assert found.message == "reads every partition of d.e: no condition on dt"
    assert places(RULE, sql, "bigquery", schema=EVENTS) == ["d.e"]
    clean(RULE, sql, "bigquery")
    clean(RULE, sql, "bigquery", schema="CREATE TABLE d.e (n INT64, dt DATE)")
    clean(RULE, sql, "bigquery", schema="CREATE TABLE other.e (n INT64, dt DATE) PARTITION BY dt")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT n FROM d.e WHERE dt = '2024-01-01'",
        "SELECT n FROM d.e WHERE date(ts) >= '2024-01-01'",
        "SELECT n FROM (SELECT n, dt FROM d.e) AS x WHERE x.dt = '2024-01-01'",
        "WITH x AS (SELECT n, dt FROM d.e) SELECT n FROM x WHERE n = 3",
        "WITH e AS (SELECT n FROM d.f) SELECT n FROM e",
        "SELECT e.n FROM d.e AS e JOIN d.days AS y ON y.dt = e.dt",
        "SELECT count(*) FROM d.e",
        "SELECT max(dt) FROM d.e",
        "DELETE FROM d.e WHERE n = 3",
    ],
)
def test_conditions_on_dates_and_metadata_are_fine(sql):
    clean(RULE, sql, "bigquery", schema=EVENTS)


def test_partitions_need_not_be_dates():
    schema = "CREATE TABLE d.e (n INT, region STRING) PARTITIONED BY (region)"
    finds(RULE, "SELECT n FROM d.e WHERE n = 3", "databricks", schema=schema)
    clean(RULE, "SELECT n FROM d.e WHERE region = 'eu'", "databricks", schema=schema)
    for way in ("partitioned_by = ARRAY['region']", "format = 'ORC', partitioning = ARRAY['bucket(region, 4)']"):
        schema = f"CREATE TABLE d.e (n INT, region VARCHAR) WITH ({way})"
        finds(RULE, "SELECT n FROM d.e WHERE n = 3", "trino", schema=schema)
        clean(RULE, "SELECT n FROM d.e WHERE region = 'eu'", "trino", schema=schema)
    clean(RULE, "SELECT n FROM d.e WHERE n = 3", "snowflake", schema="CREATE TABLE d.e (n INT) PARTITION BY (n)")

import pytest

from perftool.lint.rules.sort_without_limit import RULE
from tests.lint.kit import clean, finds, fixed, places


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("CREATE TABLE d.x AS SELECT a FROM d.t ORDER BY a", "CREATE TABLE d.x AS SELECT a FROM d.t"),
        (
            "CREATE OR REPLACE TABLE d.x AS (\n  SELECT a FROM d.t\n  ORDER BY a DESC, 2\n)",
            "CREATE OR REPLACE TABLE d.x AS (\n  SELECT a FROM d.t\n)",
        ),
        (
            "INSERT INTO d.x (a) SELECT a FROM d.t -- all\nORDER BY a;",
            "INSERT INTO d.x (a) SELECT a FROM d.t -- all\n;",
        ),
        (
            "INSERT INTO d.x (a) SELECT a FROM d.t UNION ALL SELECT a FROM d.u ORDER BY a",
            "INSERT INTO d.x (a) SELECT a FROM d.t UNION ALL SELECT a FROM d.u",
        ),
    ],
)
def test_a_table_keeps_no_order(before, after):
    found = finds(RULE, before, "bigquery").finding
    assert found.severity is None
    assert "keeps no order" in found.message
    assert fixed(RULE, before, "bigquery") == after


def test_a_model_is_a_table():
    sql = "WITH x AS (SELECT 'é' AS a FROM d.t) SELECT a FROM x\nORDER BY a"
    assert fixed(RULE, sql, "bigquery", path="models/marts/x.sql").endswith("SELECT a FROM x")
    assert places(RULE, sql, "bigquery", path="models/marts/x.sql") == ["ORDER BY a"]


def test_a_report_is_information_and_keeps_its_order():
    found = finds(RULE, "SELECT a FROM d.t ORDER BY a", "trino").finding
    assert found.severity == "info"
    assert not found.edits
    # The rows may well fill a table, and all of them are wanted then.
    assert "LIMIT" not in found.help
    clean(RULE, "SELECT a, count(*) AS n FROM d.t GROUP BY a ORDER BY n DESC", "trino")
    clean(RULE, "SELECT DISTINCT a FROM d.t ORDER BY a", "trino")
    finds(RULE, "SELECT a, count(*) AS n FROM d.t GROUP BY a ORDER BY n DESC", "bigquery", path="models/x.sql")


def test_an_engine_that_leaves_the_sort_out_loses_nothing():
    clean(RULE, "SELECT a FROM d.t ORDER BY a", "trino", path="models/x.sql")
    clean(RULE, "CREATE TABLE d.x AS SELECT a FROM d.t ORDER BY a", "athena")
    clean(RULE, "INSERT INTO d.x SELECT a FROM d.t ORDER BY a", "trino")
    finds(RULE, "INSERT INTO d.x SELECT a FROM d.t ORDER BY a", "presto")


def test_nobody_waits_for_tests():
    clean(RULE, "SELECT a FROM d.t ORDER BY a", "bigquery", path="tests/x.sql")


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE d.x AS SELECT a FROM d.t ORDER BY a LIMIT 10",
        "CREATE VIEW d.x AS SELECT a FROM d.t ORDER BY a",
        "SELECT a FROM d.t ORDER BY a LIMIT 10",
        "SELECT a FROM (SELECT a FROM d.t ORDER BY a) LIMIT 3",
        "SELECT sum(a) OVER (ORDER BY b) FROM d.t",
        "SELECT array_agg(a ORDER BY a) FROM d.t",
        "EXPORT DATA OPTIONS (uri = 'gs://x/*') AS SELECT a FROM d.t ORDER BY a",
        "SELECT 1 AS a ORDER BY a",
        "WITH x AS (SELECT a, max(b) AS b FROM d.t GROUP BY a) SELECT x.a FROM x JOIN x AS y ON x.b = y.b ORDER BY 1",
        "FROM d.t |> SELECT a |> ORDER BY a",
    ],
)
def test_limits_windows_and_views_are_fine(sql):
    clean(RULE, sql, "bigquery")


def test_where_rows_lie_matters_on_some_engines():
    for dialect in ("snowflake", "databricks", "spark"):
        clean(RULE, "CREATE TABLE x AS SELECT a FROM t ORDER BY a", dialect)
        clean(RULE, "SELECT a FROM t ORDER BY a", dialect, path="models/x.sql")
        assert finds(RULE, "SELECT a FROM t ORDER BY a", dialect).finding.severity == "info"
    clean(RULE, "CREATE TABLE x AS SELECT a FROM t ORDER BY a", "postgres")

import pytest

from perftool.lint.rules.cte_evaluated_again import RULE
from tests.lint.kit import clean, finds, places

GROUPED = "WITH x AS (SELECT a, count(*) AS n FROM d.t GROUP BY a)"


def test_a_grouped_common_table_is_worked_out_each_time():
    sql = f"{GROUPED} SELECT x.a FROM x JOIN x AS y ON x.n = y.n + 1"
    assert finds(RULE, sql, "bigquery").finding.message == (
        "x is worked out 2 times: BigQuery runs a common table wherever it is read"
    )
    assert places(RULE, sql, "trino") == ["x"]


@pytest.mark.parametrize(
    "sql",
    [
        "WITH x AS (SELECT t.a FROM d.t JOIN d.u ON u.a = t.a) SELECT a FROM x UNION ALL SELECT a + 1 FROM `x`",
        "WITH x AS (SELECT a, rank() OVER (ORDER BY b) AS n FROM d.t) SELECT a FROM x WHERE n < (SELECT max(n) FROM X)",
        f"{GROUPED}, y AS (SELECT a FROM x), z AS (SELECT n FROM x) SELECT y.a FROM y, z",
        "WITH x AS (SELECT DISTINCT a FROM d.t) SELECT a FROM x WHERE a NOT IN (SELECT a + 1 FROM x)",
    ],
)
def test_joins_windows_and_every_kind_of_reading_count(sql):
    finds(RULE, sql, "bigquery")


@pytest.mark.parametrize(
    "sql",
    [
        f"{GROUPED} SELECT x.a, x.n FROM x WHERE x.n > 3",
        f"CREATE TEMP FUNCTION f() AS (({GROUPED} SELECT max(x.n) FROM x JOIN x AS y ON x.a = y.n))",
        "WITH x AS (SELECT a FROM d.t WHERE b = 1) SELECT x.a FROM x JOIN x AS y ON x.a = y.a",
        f"{GROUPED} SELECT x.a FROM x JOIN d.x AS y ON x.a = y.a",
        "WITH RECURSIVE x AS (SELECT max(a) AS a FROM d.t UNION ALL SELECT a - 1 FROM x WHERE a > 0) SELECT a FROM x",
        "WITH x AS (SELECT sum(v) AS a FROM UNNEST([1, 2]) AS v) SELECT a FROM x UNION ALL SELECT a FROM x",
        f"{GROUPED} SELECT a FROM x WHERE a IN (WITH x AS (SELECT b FROM d.u) SELECT b FROM x)",
    ],
)
def test_one_reading_and_cheap_ones_are_fine(sql):
    clean(RULE, sql, "bigquery")


def test_the_advice_fits_the_place():
    sql = f"{GROUPED} SELECT x.a FROM x JOIN x AS y ON x.n = y.n + 1"
    assert "CREATE TEMP TABLE x" in finds(RULE, sql, "bigquery").finding.help
    assert "else store it as a table or a materialized view" in finds(RULE, sql, "bigquery").finding.help
    assert finds(RULE, f"INSERT INTO d.z {sql}", "bigquery").finding.help == (
        "CREATE TEMP TABLE x AS … once, and read that"
    )
    assert "CREATE TABLE x" in finds(RULE, sql, "trino").finding.help
    assert "model of its own" in finds(RULE, sql, "bigquery", path="models/x.sql").finding.help
    clean(RULE, sql, "snowflake")
    clean(RULE, sql, "postgres")


def test_one_clause_is_one_finding_where_most_is_saved():
    sql = (
        "WITH x AS (SELECT DISTINCT a FROM d.t), "
        "y AS (SELECT u.a, count(*) AS n FROM d.u JOIN d.v ON v.a = u.a GROUP BY u.a) "
        "SELECT x.a FROM x JOIN x AS x2 ON x2.a = x.a + 1 JOIN y ON y.a = x.a JOIN y AS y2 ON y2.a = y.a + 1"
    )
    assert places(RULE, sql, "trino") == ["y"]
    assert finds(RULE, sql, "trino").finding.message.startswith("y is worked out 2 times, x twice or oftener: ")
    many = "WITH " + ", ".join(f"c{i} AS (SELECT DISTINCT a FROM d.t{i})" for i in range(4))
    reads = " UNION ALL ".join(f"SELECT a FROM c{i} UNION ALL SELECT a FROM c{i}" for i in range(4))
    assert "c1, c2 and 1 more twice or oftener" in finds(RULE, f"{many} {reads}", "trino").finding.message


def test_what_is_written_out_or_told_in_an_error_costs_little():
    clean(RULE, "WITH v AS (SELECT * FROM (VALUES (1), (2)) AS t (a)), x AS (SELECT DISTINCT a FROM v) "
                "SELECT a FROM x UNION ALL SELECT a FROM x", "trino")  # fmt: skip
    sql = f"{GROUPED} SELECT IF((SELECT max(n) FROM x) > 3, ERROR(CONCAT('n: ', (SELECT max(n) FROM x))), NULL)"
    clean(RULE, sql, "bigquery")
    finds(RULE, sql.replace("ERROR", "LOWER"), "bigquery")


def test_a_view_cannot_make_a_table():
    sql = f"CREATE VIEW d.v AS {GROUPED} SELECT x.a FROM x JOIN x AS y ON x.n = y.n + 1"
    assert "let the view read that" in finds(RULE, sql, "bigquery").finding.help
    assert "model of its own" in finds(RULE, sql, "bigquery", path="macros/v.sql").finding.help


def test_nobody_waits_for_tests():
    clean(RULE, f"{GROUPED} SELECT x.a FROM x JOIN x AS y ON x.n = y.n + 1", "bigquery", path="tests/v.sql")


def test_a_comma_before_from_reads_nothing():
    costly = "WITH c AS (SELECT a.x, b.y FROM a JOIN b ON a.id = b.id) "
    query = costly + "SELECT x, FROM c UNION ALL SELECT y, FROM c"
    assert "2 times" in finds(RULE, query, dialect="bigquery").finding.message

import pytest

from perftool.lint.rules.integer_division import RULE
from tests.lint.kit import clean, finds, places

TABLE = "CREATE TABLE t (done int, total bigint, price numeric(10, 2));"


def test_counts():
    one = finds(RULE, "SELECT count(*) / 7 AS per_day FROM t")
    assert one.finding.help == "count(*) / 7.0"
    assert places(RULE, "SELECT 'é', count(a) / nullif(count(*), 0) FROM t") == ["count(a) / nullif(count(*), 0)"]
    finds(RULE, "SELECT count(a) FILTER (WHERE b) / count(*) FROM t")
    finds(RULE, "SELECT sum(CASE WHEN a THEN 1 ELSE 0 END) / count(*) FROM t", "tsql")
    finds(RULE, "SELECT count(a) / count(*) * 100 FROM t", "trino")


def test_comparisons_that_rounding_does_not_change():
    clean(RULE, "SELECT a FROM t GROUP BY a HAVING count(*) / count(b) >= 1000")
    clean(RULE, "SELECT a FROM t GROUP BY a HAVING 1000 > count(*) / count(b)")
    finds(RULE, "SELECT a FROM t GROUP BY a HAVING count(*) / count(b) > 1000")
    finds(RULE, "SELECT a FROM t GROUP BY a HAVING count(*) / count(b) >= 0.5")


def test_the_count_of_one_group_is_one():
    sql = "SELECT {0} AS k, count(*) / {2} AS n FROM t GROUP BY {1}"
    clean(RULE, sql.format("day", "1", "count(DISTINCT day)"), "trino")
    clean(RULE, sql.format("day", "kind, day", "count(DISTINCT (t.day))"))
    clean(RULE, sql.format("t.day", "k", "nullif(count(DISTINCT day), 0)"))
    clean(RULE, sql.format("date_trunc('day', at)", "1", "count(DISTINCT date_trunc('day', at))"))
    finds(RULE, sql.format("day", "1", "count(DISTINCT person)"))
    finds(RULE, sql.format("day", "1", "count(day)"))
    finds(RULE, sql.format("day", "1", "count(DISTINCT (day, person))"))
    finds(RULE, "SELECT count(*) / count(DISTINCT day) AS n FROM t")
    finds(RULE, "SELECT count(*) / count(DISTINCT a.day) AS n FROM a JOIN b ON b.a = a.id GROUP BY b.day")


def test_literals():
    finds(RULE, "SELECT 1 / 2 * x FROM t", "sqlite")
    clean(RULE, "SELECT 10 / 2 FROM t")
    clean(RULE, "SELECT 1 / 2.0 FROM t")
    clean(RULE, "SELECT x / 2 FROM t")
    clean(RULE, "SELECT count(*) / 0 FROM t")


def test_columns_need_their_definitions():
    assert finds(RULE, TABLE + "SELECT done / total FROM t").finding.help == "done * 1.0 / total"
    clean(RULE, TABLE + "SELECT price / total FROM t")
    clean(RULE, TABLE + "SELECT done / 1000 FROM t")
    clean(RULE, "SELECT done / total FROM t")
    clean(RULE, TABLE + "SELECT t.done / u.total FROM t JOIN u ON u.id = t.done")


@pytest.mark.parametrize(
    "expression",
    [
        "count(*) * 100 / count(a)",
        "100.0 * count(a) / count(*)",
        "count(a)::float / count(*)",
        "CAST(count(a) AS numeric) / count(*)",
        "floor(count(*) / 7)",
        "count(*) / 10 * 10",
        "sum(x) / count(*)",
        "count(*) / 7.0",
    ],
)
def test_what_is_exact_or_meant(expression):
    clean(RULE, f"SELECT {expression} FROM t")


def test_engines_that_divide_exactly():
    for dialect in ("mysql", "bigquery", "snowflake", "oracle", "duckdb"):
        clean(RULE, "SELECT count(*) / 7 FROM t", dialect)


def test_tests_try_it_out():
    clean(RULE, "SELECT count(*) / 2 FROM t", path="test/sql/int4.sql")
    # The tests of a dbt project are queries on the data themselves.
    finds(RULE, "SELECT count(a) / count(*) AS share FROM t", "trino", path="tests/assert_share.sql")

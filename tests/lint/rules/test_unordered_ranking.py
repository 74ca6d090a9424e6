from perftool.lint.rules.unordered_ranking import RULE
from tests.lint.kit import clean, finds, places


def test_ranking_needs_an_order():
    sql = "SELECT row_number() OVER (PARTITION BY a) AS n FROM t"
    assert places(RULE, sql) == ["row_number() OVER (PARTITION BY a)"]
    finds(RULE, "SELECT rank() OVER () FROM t")
    finds(RULE, "SELECT 'é', lag(a, 1) OVER (PARTITION BY b) FROM t")
    finds(RULE, "SELECT first_value(a) IGNORE NULLS OVER (PARTITION BY b) FROM t", "snowflake")
    finds(RULE, "SELECT id FROM t QUALIFY row_number() OVER (PARTITION BY id) = 1", "bigquery")


def test_an_order_of_any_kind():
    clean(RULE, "SELECT row_number() OVER (PARTITION BY a ORDER BY ts) FROM t")
    clean(RULE, "SELECT row_number() OVER (PARTITION BY a ORDER BY (SELECT NULL)) FROM t", "tsql")
    clean(RULE, "SELECT lag(a) OVER (ORDER BY b) FROM t")


def test_any_of_equal_rows():
    clean(
        RULE,
        "SELECT a, max(b) OVER (PARTITION BY a) AS m FROM t QUALIFY row_number() OVER (PARTITION BY a) = 1",
        "bigquery",
    )
    finds(RULE, "SELECT a, b FROM t QUALIFY row_number() OVER (PARTITION BY a) = 1", "bigquery")


def test_numbering_and_aggregates():
    clean(RULE, "SELECT row_number() OVER () AS id FROM t")
    clean(RULE, "SELECT sum(a) OVER (PARTITION BY b) FROM t")
    clean(RULE, "SELECT max(a) OVER () FROM t")


def test_named_windows():
    clean(RULE, "SELECT rank() OVER w FROM t WINDOW w AS (PARTITION BY a ORDER BY b)")
    finds(RULE, "SELECT rank() OVER w FROM t WINDOW w AS (PARTITION BY a)")
    clean(RULE, "SELECT rank() OVER (w ORDER BY b) FROM t WINDOW w AS (PARTITION BY a)")
    clean(RULE, "SELECT rank() OVER v FROM t WINDOW w AS (PARTITION BY a ORDER BY b), v AS (w)")


def test_tests_try_it_out():
    sql = "SELECT row_number() OVER (PARTITION BY a) AS n, b FROM t"
    finds(RULE, sql)
    clean(RULE, sql, path="src/test/regress/sql/window.sql")

import pytest

from perftool.lint.rules.useless_order_by import RULE
from tests.lint.kit import clean, finds, fixed, places


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM a WHERE x IN (SELECT x FROM b ORDER BY x)",
        "SELECT id FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.x = a.x ORDER BY b.y DESC)",
        "SELECT count(*) FROM (SELECT a FROM t ORDER BY a) s",
        "SELECT a, sum(b) FROM (SELECT a, b FROM t ORDER BY a NULLS LAST, b) s GROUP BY a",
        "SELECT a FROM (SELECT a FROM t ORDER BY a) s ORDER BY a DESC",
        "WITH s AS (SELECT a FROM t ORDER BY a) SELECT max(a) FROM s",
        "SELECT a FROM (SELECT a FROM t ORDER BY a) s ORDER BY a LIMIT 3",
        "WITH s AS (SELECT a FROM t ORDER BY lower(a)), u AS (SELECT a FROM s) SELECT count(a) FROM u",
    ],
)
def test_an_order_that_is_lost_may_go(sql):
    found = finds(RULE, sql).finding
    assert found.safe
    assert "for nothing" in found.message
    assert fixed(RULE, sql).count("ORDER BY") == sql.count("ORDER BY") - 1


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT s.a FROM (SELECT a FROM t ORDER BY a) s",
        "WITH s AS (SELECT a FROM t ORDER BY a) SELECT a FROM s WHERE a > 3",
        "SELECT s.a FROM (SELECT a FROM t ORDER BY a) s JOIN u ON u.a = s.a",
        "SELECT a FROM (SELECT a FROM t UNION ALL SELECT a FROM u ORDER BY a) s",
    ],
)
def test_an_order_that_may_show_is_no_promise(sql):
    found = finds(RULE, sql).finding
    assert not found.safe
    assert "promises nothing" in found.message
    assert "ORDER BY" not in fixed(RULE, sql)
    clean(RULE, sql, "duckdb")


def test_it_stands_on_the_clause():
    sql = "SELECT count(*) FROM (SELECT a, 'é' AS b FROM t\n  ORDER BY a DESC, lower(b) NULLS FIRST\n) s"
    assert places(RULE, sql) == ["ORDER BY a DESC, lower(b) NULLS FIRST"]
    assert fixed(RULE, sql) == "SELECT count(*) FROM (SELECT a, 'é' AS b FROM t\n) s"


def test_the_fix_keeps_comments():
    sql = "SELECT count(*) FROM (SELECT a FROM t -- base\n ORDER BY a /* newest */ DESC -- last\n) s"
    assert fixed(RULE, sql) == "SELECT count(*) FROM (SELECT a FROM t -- base\n /* newest */ -- last\n) s"
    sql = "SELECT count(*) FROM (SELECT a FROM t ORDER BY -- why\n a) s"
    assert fixed(RULE, sql) == "SELECT count(*) FROM (SELECT a FROM t -- why\n) s"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a FROM (SELECT a FROM t ORDER BY a LIMIT 5) s",
        "SELECT a FROM (SELECT a FROM t ORDER BY a FETCH FIRST 5 ROWS ONLY) s",
        "SELECT a FROM (SELECT a FROM t ORDER BY a) s LIMIT 5",
        "WITH s AS (SELECT a FROM t ORDER BY a) SELECT a FROM s LIMIT 5",
        "WITH s AS (SELECT a FROM t ORDER BY a), u AS (SELECT a FROM s) SELECT a FROM u OFFSET 5",
        "SELECT string_agg(a, ',') FROM (SELECT a FROM t ORDER BY a) s",
        "SELECT array_agg(a) FROM (SELECT a FROM t ORDER BY a) s GROUP BY b",
        "SELECT json_agg(s) FROM (SELECT a FROM t ORDER BY a) s",
        "SELECT jsonb_object_agg(a, b) FROM (SELECT a, b FROM t ORDER BY a) s",
        "SELECT my_first(a) FROM (SELECT a FROM t ORDER BY a) s",
        "SELECT a, row_number() OVER () AS n FROM (SELECT a FROM t ORDER BY a) s",
        "SELECT DISTINCT ON (a) a, b FROM (SELECT a, b FROM t ORDER BY a, b) s",
        "SELECT b FROM (SELECT DISTINCT ON (a) a, b FROM t ORDER BY a, b) s",
        "SELECT a FROM (SELECT a FROM t ORDER BY a FOR UPDATE) s",
        "INSERT INTO u (a) SELECT a FROM (SELECT a FROM t ORDER BY a) s",
        "SELECT ARRAY(SELECT a FROM t ORDER BY a)",
        "SELECT (SELECT a FROM t ORDER BY b) AS one",
        "(SELECT a FROM t ORDER BY a)",
        "SELECT a FROM t ORDER BY a",
        "SELECT sum(a) OVER (ORDER BY b) FROM t",
        "WITH RECURSIVE s AS (SELECT a FROM t UNION ALL SELECT a + 1 FROM s ORDER BY 1) SELECT a FROM s",
        "UPDATE t SET a = s.a FROM (SELECT a FROM u ORDER BY a) s WHERE s.a = t.b",
        "WITH s AS (SELECT a FROM t ORDER BY a) SELECT max(a), string_agg(a, ',') FROM s",
        "WITH s AS (SELECT a FROM t ORDER BY a) SELECT max(a) FROM s UNION ALL (SELECT a FROM s LIMIT 1)",
    ],
)
def test_somebody_relies_on_the_order(sql):
    clean(RULE, sql)


def test_engines_have_their_own_ways_to_rely_on_it():
    clean(RULE, "SELECT a FROM (SELECT a FROM t ORDER BY a) WHERE rownum <= 5", "oracle")
    clean(RULE, "SELECT * FROM (SELECT id, a FROM t ORDER BY a DESC) x GROUP BY id", "mysql")
    clean(RULE, "SELECT id, a FROM (SELECT id, a FROM t ORDER BY a DESC) x GROUP BY id", "sqlite")
    finds(RULE, "SELECT id, max(a) FROM (SELECT id, a FROM t ORDER BY a DESC) x GROUP BY id", "mysql")
    clean(RULE, "SELECT @n := @n + 1 AS n, a FROM (SELECT a FROM t ORDER BY a) x", "mysql")
    clean(RULE, "SELECT a FROM (SELECT TOP 5 a FROM t ORDER BY a) s", "tsql")
    clean(RULE, "SELECT groupArray(a) FROM (SELECT a FROM t ORDER BY a)", "clickhouse")
    clean(RULE, "SELECT a FROM (SELECT a FROM t ORDER BY a WITH FILL) s", "clickhouse")
    finds(RULE, "SELECT count(*) FROM (SELECT a FROM t ORDER BY a)", "clickhouse")
    clean(RULE, "FROM t |> ORDER BY a |> SELECT a", "bigquery")


def test_an_engine_that_leaves_the_sort_out_loses_nothing():
    clean(RULE, "SELECT count(*) AS n FROM (SELECT a FROM t ORDER BY a) s", "trino")
    clean(RULE, "SELECT count(*) AS n FROM (SELECT a FROM t ORDER BY a) s", "athena")
    finds(RULE, "SELECT count(*) AS n FROM (SELECT a FROM t ORDER BY a) s", "presto")


def test_nobody_waits_for_tests():
    clean(RULE, "SELECT count(*) FROM (SELECT a FROM t ORDER BY a) s", path="src/test/regress/a.sql")

import pytest

from perftool.lint.analysis import Analyser
from perftool.lint.rules.implicit_cross_join import RULE
from tests.lint.kit import clean, finds, places


def test_tables_without_a_condition():
    one = finds(RULE, "SELECT a.id FROM a, b WHERE a.x = 1")
    assert "row of b with every row of a" in one.finding.message
    assert places(RULE, "SELECT a.id FROM a, s.b AS é, c WHERE a.x = é.x") == ["c"]
    finds(RULE, "SELECT a.id FROM a JOIN b WHERE a.x = 1", "mysql")
    finds(RULE, "SELECT a.id FROM a, b WHERE a.x = 1", "sqlite")
    finds(RULE, "SELECT a.id FROM a, b WHERE a.x = 1", "bigquery")


def test_inside_other_queries():
    finds(RULE, "WITH x AS (SELECT a.id FROM a, b WHERE a.x > 1) SELECT id FROM x")
    finds(RULE, "SELECT id FROM t WHERE EXISTS (SELECT 1 FROM a, b WHERE a.x = t.x)")
    clean(RULE, "SELECT id FROM t WHERE EXISTS (SELECT 1 FROM a, b WHERE a.x = t.x AND b.y = t.y)")


@pytest.mark.parametrize(
    "where",
    [
        "a.id = b.a_id",
        "a.id > b.a_id",
        "a.id BETWEEN b.low AND b.high",
        "a.name LIKE b.pattern",
        "lower(a.name) = lower(b.name)",
        "a.x = 1 AND (a.id = b.id OR a.name = b.name)",
        "st_intersects(a.geom, b.geom)",
        "EXISTS (SELECT 1 FROM c WHERE c.a = a.id AND c.b = b.id)",
        "a.id IN (SELECT c.a FROM c WHERE c.b = b.id)",
        "a.tenant = 7 AND b.tenant = 7",
        "a.tenant = $1 AND b.tenant = $1",
        "x = y",
    ],
)
def test_any_predicate_over_both_connects(where):
    clean(RULE, f"SELECT a.id FROM a, b WHERE {where}")


def test_other_conditions_than_where():
    clean(RULE, "SELECT a.id FROM a, b JOIN c ON c.id = b.id AND c.k = a.k")
    clean(RULE, "SELECT count(*) FROM a, b GROUP BY a.id, b.id HAVING max(a.x) = min(b.x)")
    clean(RULE, "SELECT a.id FROM a JOIN b USING (id)")
    clean(RULE, "SELECT a.id FROM a NATURAL JOIN b")
    clean(RULE, "SELECT a.id FROM a JOIN b ON b.kind = 2")
    clean(RULE, "SELECT c_name FROM customer, orders, nation WHERE c_custkey = o_custkey AND c_nationkey = n_nationkey")


def test_a_condition_that_joins_something_else():
    assert places(RULE, "SELECT a.id FROM a JOIN b ON a.x = a.y") == []
    finds(RULE, "SELECT c.id FROM a, b JOIN c ON c.x = b.x")


@pytest.mark.parametrize(
    ("sql", "dialect"),
    [
        ("SELECT a.id FROM a CROSS JOIN b", "postgres"),
        ("SELECT a.id FROM a CROSS JOIN b", "sqlite"),
        ("SELECT a.id FROM a CROSS JOIN b AS x", "bigquery"),
        ("SELECT a.id FROM a, unnest(a.v) AS u", "postgres"),
        ("SELECT a.id FROM a, UNNEST(a.v) AS u", "bigquery"),
        ("SELECT a.id FROM a, a.v AS u", "bigquery"),
        ("SELECT a.id FROM a, LATERAL (SELECT 1 AS n) AS u", "postgres"),
        ("SELECT a.id FROM a, LATERAL FLATTEN(input => a.v) AS u", "snowflake"),
        ("SELECT a.id FROM a, TABLE(FLATTEN(a.v)) AS u", "snowflake"),
        ("SELECT a.id FROM a, generate_series(1, 3) AS n", "postgres"),
        ("SELECT a.id FROM a, (VALUES (1), (2)) AS v (n)", "postgres"),
        ("SELECT a.id FROM a ARRAY JOIN v AS u", "clickhouse"),
        ("SELECT a.id FROM a CROSS APPLY OPENJSON(a.v) AS u", "tsql"),
        ("SELECT a.id FROM a LATERAL VIEW explode(v) u AS e", "spark"),
        ("SELECT 1 FROM a, dual", "oracle"),
        ("SELECT a.x, d.name FROM a, v$database d", "oracle"),
    ],
)
def test_what_is_meant(sql, dialect):
    clean(RULE, sql, dialect)


def test_one_row_is_no_product():
    clean(RULE, "SELECT a.id / s.total FROM a, (SELECT sum(x) AS total FROM a) AS s")
    clean(RULE, "SELECT a.id FROM a, (SELECT x FROM b ORDER BY x LIMIT 1) AS s")
    clean(RULE, "WITH p AS (SELECT 7 AS days) SELECT a.id FROM a, p WHERE a.age > 3")
    clean(RULE, "SELECT a.id, @n FROM a, (SELECT @n := 0) AS r", "mysql")
    clean(RULE, "SELECT a.id FROM a, app_settings WHERE a.age > 3")
    finds(RULE, "SELECT a.id FROM a, (SELECT sum(x) AS total FROM b GROUP BY y) AS s WHERE a.x > 1")


def test_a_subquery_may_be_spread_over_a_table():
    clean(RULE, "SELECT c.name, s.total FROM source c, (SELECT sum(x) AS total FROM b GROUP BY y) AS s")
    clean(RULE, "WITH s AS (SELECT x FROM b) SELECT c.name, s.x FROM source c, s")
    finds(RULE, "SELECT c.name, s.x FROM source c, b s")
    finds(RULE, "SELECT c.name, s.x FROM source c, d, (SELECT x FROM b) AS s", count=1)


def test_lookups_by_constants():
    clean(RULE, "INSERT INTO grants (r, p) SELECT r.id, p.id FROM roles r, rights p WHERE r.name = 'admin'")
    clean(RULE, "SELECT r.id, p.id FROM roles r, rights p WHERE r.name = 'admin' AND p.name = 'read'")
    keyed = "CREATE TABLE a (id int PRIMARY KEY, x int);"
    clean(RULE, keyed + "SELECT b.id FROM a, b WHERE a.id = 7")
    finds(RULE, keyed + "SELECT b.id FROM a, b WHERE a.x = 7")


def test_tests_try_all_pairs():
    clean(RULE, "SELECT a.x, b.x FROM a, b", path="src/test/sql/pairs.sql")


def test_a_table_with_itself_makes_numbers():
    clean(RULE, "SELECT x.n + y.n * 10 FROM digits x, digits y")


def test_update_and_delete():
    finds(RULE, "UPDATE t SET a = s.a FROM s WHERE t.x = 1")
    clean(RULE, "UPDATE t SET a = s.a FROM s WHERE t.id = s.id")
    clean(RULE, "UPDATE t SET a = 1 FROM big AS t JOIN s ON s.id = t.id WHERE t.x = 1", "tsql")
    clean(RULE, "UPDATE t SET a = s.a FROM s WHERE s.name = 'x'")
    value = "UPDATE t SET a = s.a FROM (SELECT k.a FROM t, k WHERE k.id = t.k {}) AS s, k WHERE k.id = t.k"
    clean(RULE, value.format(""))
    finds(RULE, value.format("GROUP BY k.a"))
    finds(RULE, value.replace("FROM t, k WHERE k.id = t.k {}", "FROM k, other o WHERE o.id = k.o"))
    finds(RULE, "UPDATE t, s SET t.a = s.a WHERE t.x = 1", "mysql")
    clean(RULE, "UPDATE t, s SET t.a = s.a WHERE t.id = s.id", "mysql")
    finds(RULE, "DELETE FROM t USING s WHERE s.x > 1")
    clean(RULE, "DELETE FROM t USING s WHERE s.id = t.id")


def test_an_update_that_chooses_rows_may_take_its_values_from_one_row():
    schema = "CREATE TABLE site (id int, title text, key text); CREATE TABLE own (id int, nsfw boolean);"
    sql = "UPDATE site SET title = 'x' FROM own WHERE {}"
    assert finds(RULE, sql.format("key IS NOT NULL AND id > 1"), schema=schema).finding.severity == "info"
    assert finds(RULE, sql.format("site.title IS NULL")).finding.severity == "info"
    assert finds(RULE, sql.format("key IS NOT NULL")).finding.severity is None
    assert finds(RULE, sql.format("id > 1"), schema=schema).finding.severity is None
    assert finds(RULE, sql.replace("own", "own, c").format("site.title IS NULL")).finding.severity is None
    select = "SELECT site.id FROM site, own WHERE site.title IS NULL"
    assert finds(RULE, select, schema=schema).finding.severity is None


def test_templates_hide_too_much():
    sql = "SELECT a.id FROM a, b WHERE a.x = 1  "
    start = sql.rindex("  ")
    assert Analyser("postgres", [RULE]).analyse(sql).findings
    assert not Analyser("postgres", [RULE]).analyse(sql, replaced=[(start, start + 2)]).findings

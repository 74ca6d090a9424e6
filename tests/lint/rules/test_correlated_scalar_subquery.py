import pytest

from perftool.lint.rules.correlated_scalar_subquery import RULE
from tests.lint.kit import clean, finds, places

TOTAL = "(SELECT sum(o.total) FROM orders o WHERE o.customer_id = c.id)"


def test_it_runs_for_each_row_of_the_outer_query():
    found = finds(RULE, f"SELECT c.id, {TOTAL} AS total FROM customer c").finding
    assert found.message == "runs once for each row of c"
    grouped = "SELECT customer_id, sum(total) AS result FROM orders GROUP BY customer_id"
    assert found.help == f"LEFT JOIN ({grouped}) AS s ON s.customer_id = c.id"
    assert places(RULE, f"SELECT 'ö', {TOTAL} AS total FROM customer c") == [TOTAL]


def test_a_count_of_nothing_stays_zero():
    sql = "SELECT c.id, (SELECT count(*) FROM visits v WHERE v.customer_id = c.id) AS visits FROM customer c"
    assert finds(RULE, sql).finding.help.endswith(
        "AS s ON s.customer_id = c.id, and COALESCE(s.result, 0) in its place"
    )


def test_one_list_is_one_finding():
    count = "(SELECT count(*) FROM visits v WHERE v.customer_id = c.id)"
    sql = f"SELECT c.id, {TOTAL} AS total, {count} AS visits FROM customer c"
    assert finds(RULE, sql).finding.message == "runs once for each row of c, like 1 more in this list"
    assert places(RULE, f"{sql};\n{sql} UNION ALL {sql}") == [TOTAL] * 3
    schema = "CREATE TABLE orders (customer_id int PRIMARY KEY)"
    assert places(RULE, sql, schema=schema) == [count]


@pytest.mark.parametrize(
    "sql",
    [
        f"SELECT coalesce({TOTAL}, 0) AS total FROM customer c JOIN city y ON y.c = c.city WHERE y.a > 3",
        f"SELECT CASE WHEN {TOTAL} > 10 THEN 'big' END FROM customer c",
        f"INSERT INTO report (a, b) SELECT c.id, {TOTAL} FROM customer c",
        "SELECT t.a, (SELECT count(*) FROM u WHERE u.t_id = t.id AND u.kind = 'x') AS n FROM s.t WHERE t.b > 3",
        "SELECT t.a, (SELECT u.b FROM u WHERE u.t_id = t.id ORDER BY u.ts DESC LIMIT 1) AS last FROM t",
        f"WITH c AS (SELECT id FROM customer WHERE a) SELECT c.id, {TOTAL} AS total FROM c",
    ],
)
def test_expressions_joins_and_latest_rows_count(sql):
    finds(RULE, sql)


@pytest.mark.parametrize(
    "sql",
    [
        f"SELECT c.id, {TOTAL} AS total FROM customer c ORDER BY c.name LIMIT 10",
        f"SELECT c.id, {TOTAL} AS total FROM customer c WHERE c.id = $1",
        "SELECT o.id, (SELECT max(c.name) FROM customer c WHERE c.id = o.customer_id) AS name FROM orders o",
        "SELECT o.id, (SELECT c.name FROM customer c WHERE c.nr = o.nr) AS name FROM orders o",
        "SELECT o.id, (SELECT c.name FROM customer c WHERE c.nr = o.nr LIMIT 1) AS name FROM orders o",
        "SELECT c.id, (SELECT max(total) FROM orders) AS top FROM customer c",
        "SELECT id, (SELECT max(total) FROM orders WHERE customer = id) AS top FROM customer",
        "SELECT c.id FROM customer c WHERE (SELECT max(o.total) FROM orders o WHERE o.customer_id = c.id) > 5",
        "SELECT c.id, EXISTS (SELECT max(o.a) FROM orders o WHERE o.customer_id = c.id) FROM customer c",
        "SELECT c.id, (SELECT json_agg(o) FROM orders o WHERE o.customer_id = c.id) AS orders FROM customer c",
        "SELECT c.id, (SELECT string_agg(o.a, ',') FROM orders o WHERE o.customer_id = c.id) AS a FROM customer c",
        "SELECT t.id, (SELECT max(x) FROM unnest(t.list) AS x) AS top FROM t",
        "SELECT g.n, (SELECT count(*) FROM t WHERE t.day = g.n) AS c FROM generate_series(1, 7) AS g (n)",
        "SELECT c.oid, (SELECT count(*) FROM pg_index i WHERE i.indrelid = c.oid) FROM pg_class c",
        "UPDATE customer c SET total = (SELECT sum(o.total) FROM orders o WHERE o.customer_id = c.id)",
        "SELECT (SELECT max(c.a) FROM orders c WHERE c.b = c.d) AS x FROM customer c",
    ],
)
def test_single_rows_look_ups_and_collections_are_fine(sql):
    clean(RULE, sql)


def test_old_views_come_back_as_they_were():
    sql = f"CREATE VIEW v AS SELECT c.id, {TOTAL} AS total FROM customer c"
    finds(RULE, sql, path="migrations/1.up.sql")
    clean(RULE, sql, path="migrations/1.down.sql")


def test_the_project_knows_keys():
    sql = "SELECT o.id, (SELECT max(c.name) FROM customer c WHERE c.nr = o.nr) AS name FROM orders o"
    finds(RULE, sql)
    clean(RULE, sql, schema="CREATE TABLE customer (nr int PRIMARY KEY, name text)")
    clean(RULE, sql, schema="CREATE TABLE customer (nr int, name text); CREATE UNIQUE INDEX u ON customer (nr)")
    finds(RULE, sql, schema="CREATE TABLE customer (nr int, name text); CREATE INDEX u ON customer (nr)")
    outer = "SELECT c.id, (SELECT sum(o.total) FROM orders o WHERE o.c = c.id) AS total FROM customer c WHERE c.nr = 7"
    finds(RULE, outer)
    clean(RULE, outer, schema="CREATE TABLE customer (nr int PRIMARY KEY, name text)")


def test_planners_of_warehouses_join_it_themselves():
    clean(RULE, f"SELECT c.id, {TOTAL} AS total FROM customer c", "bigquery")
    clean(RULE, f"SELECT c.id, {TOTAL} AS total FROM customer c", "tsql")
    finds(RULE, f"SELECT c.id, {TOTAL} AS total FROM customer c", "mysql")


def test_nobody_waits_for_tests():
    sql = "SELECT c.id, (SELECT max(o.total) FROM orders o WHERE o.customer_id = c.uid) AS m FROM customer c"
    finds(RULE, sql)
    clean(RULE, sql, path="testdata/a.sql")

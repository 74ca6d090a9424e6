from perftool.lint.rules.distinct_over_join import RULE
from tests.lint.kit import clean, finds, places


def test_the_join_repeats_and_distinct_takes_back():
    sql = "SELECT DISTINCT c.id, c.name AS n FROM customer c JOIN app.orders o ON o.customer_id = c.id"
    assert places(RULE, sql) == ["DISTINCT"]
    found = finds(RULE, sql).finding
    assert "repeats rows of customer for each match in app.orders," in found.message
    assert found.help == "read customer alone, and test for a match in app.orders with EXISTS"
    finds(RULE, "SELECT DISTINCT c.* FROM c JOIN o ON o.c = c.id", "bigquery")


def test_values_that_repeat_by_themselves_need_it():
    clean(RULE, "SELECT DISTINCT c.city FROM customer c JOIN orders o ON o.customer_id = c.id")
    clean(RULE, "SELECT DISTINCT c.id, o.state FROM c JOIN o ON o.c = c.id")
    clean(RULE, "SELECT DISTINCT id FROM c JOIN o ON o.c = c.id")
    clean(RULE, "SELECT DISTINCT c.id, lower(c.name) FROM c JOIN o ON o.c = c.id")
    clean(RULE, "SELECT DISTINCT ON (c.id) c.id FROM c JOIN o ON o.c = c.id")
    clean(RULE, "SELECT DISTINCT c.id FROM c")
    clean(RULE, "SELECT count(DISTINCT c.id) FROM c JOIN o ON o.c = c.id")


def test_joins_by_the_joined_key_repeat_nothing():
    clean(RULE, "SELECT DISTINCT o.id FROM orders o JOIN customer c ON c.id = o.customer_id")
    clean(RULE, "SELECT DISTINCT c.id FROM c CROSS JOIN unnest(c.tags) AS t (tag)")
    clean(RULE, "WITH c AS (SELECT id FROM t) SELECT DISTINCT c.id FROM c JOIN o ON o.c = c.id")


def test_the_defined_key_decides():
    sql = "SELECT DISTINCT c.code FROM c JOIN o ON o.c = c.code"
    clean(RULE, sql)
    finds(RULE, sql, schema="CREATE TABLE c (code text PRIMARY KEY)")
    clean(
        RULE,
        "SELECT DISTINCT c.id FROM c JOIN o ON o.c = c.id",
        schema="CREATE TABLE c (id int, v int, PRIMARY KEY (id, v))",
    )

import pytest

from perftool.lint.rules.outer_join_undone import RULE
from tests.lint.kit import clean, finds, places

JOIN = "SELECT a.id FROM a LEFT JOIN b ON b.a_id = a.id WHERE "


@pytest.mark.parametrize(
    "condition",
    [
        "b.kind = 2",
        "2 < b.kind",
        "b.kind <> 2",
        "b.kind IN (1, 2)",
        "b.kind NOT IN (1, 2)",
        "b.kind IN (SELECT k FROM c)",
        "b.day BETWEEN '2024-01-01' AND '2024-02-01'",
        "b.name LIKE 'é%'",
        "b.name NOT LIKE 'x%'",
        "lower(b.name) = 'x'",
        "CAST(b.kind AS int) = 2",
        "b.day::date > a.day",
        "b.price * b.number > 10",
        "NOT (b.kind = 2)",
    ],
)
def test_conditions_that_reject_null(condition):
    assert places(RULE, JOIN + f"a.x = 1 AND {condition}") == [condition]


@pytest.mark.parametrize(
    "condition",
    [
        "a.kind = 2",
        "b.id IS NULL",
        "b.id IS NOT NULL",
        "b.kind IS DISTINCT FROM 2",
        "coalesce(b.kind, 2) = 2",
        "(b.kind = 2 OR b.kind IS NULL)",
        "(b.kind = 2 OR a.kind = 2)",
        "CASE WHEN b.kind = 2 THEN a.x END = 1",
        "b.kind <> ALL (SELECT k FROM c)",
        "b.kind NOT IN (SELECT k FROM c)",
        "b.name || '' = ''",
        "NOT EXISTS (SELECT 1 FROM c WHERE c.kind = b.kind)",
        "($1 IS NULL OR b.kind = $1)",
        "b.id IS NOT NULL AND b.kind = 2",
    ],
)
def test_conditions_that_do_not(condition):
    clean(RULE, JOIN + condition)


def test_which_side_is_optional():
    finds(RULE, "SELECT b.id FROM a RIGHT JOIN b ON b.a_id = a.id WHERE a.kind = 2")
    clean(RULE, "SELECT b.id FROM a RIGHT JOIN b ON b.a_id = a.id WHERE b.kind = 2")
    finds(RULE, "SELECT b.id FROM a FULL JOIN b ON b.a_id = a.id WHERE a.kind = 2 AND b.kind = 2", count=2)
    clean(RULE, "SELECT a.id FROM a JOIN b ON b.a_id = a.id WHERE b.kind = 2")


def test_what_is_left_of_the_join():
    left = finds(RULE, JOIN + "b.kind = 2").finding
    assert "the LEFT JOIN keeps without a match in b: the join works as an inner one" in left.message
    right = finds(
        RULE, "SELECT 1 FROM a RIGHT JOIN b ON b.a_id = a.id LEFT JOIN c ON c.id = b.c WHERE a.kind = 2"
    ).finding
    assert "the RIGHT JOIN keeps without a match in a: the join works as an inner one" in right.message
    for_one = "SELECT 1 FROM a FULL JOIN b ON b.a_id = a.id WHERE {}.kind = 2"
    for name in ("a", "b"):
        full = finds(RULE, for_one.format(name)).finding
        assert (
            full.message
            == f"drops every row that the FULL JOIN keeps without a match in {name}: only one side is still kept"
        )
        assert f"keeps {name} alone" in full.help


def test_one_condition_is_told_of_once():
    both = finds(RULE, "SELECT 1 FROM a FULL JOIN b ON b.a_id = a.id WHERE a.n < b.n").finding
    assert both.message.endswith("the FULL JOIN keeps without a match in a: the join works as an inner one")
    finds(RULE, "SELECT 1 FROM a LEFT JOIN b ON b.a = a.id LEFT JOIN c ON c.a = a.id WHERE b.n < c.n")


def test_a_subquery_without_a_name():
    sql = "WITH a AS (SELECT id FROM t) SELECT * FROM a LEFT JOIN (SELECT id, day FROM b) USING (id) WHERE day > 7"
    assert "without a match in the subquery:" in finds(RULE, sql, "bigquery").finding.message


def test_tests_try_out_such_joins():
    clean(RULE, JOIN + "b.kind = 2", path="internal/testdata/join_left/query.sql")


def test_one_finding_for_each_table_with_what_to_write():
    one = finds(RULE, JOIN + "b.kind = 2 AND b.size > 3")
    assert "b.kind = 2" in one.finding.help
    assert "LEFT JOIN" in one.finding.message


def test_only_the_query_s_own_tables():
    clean(RULE, "SELECT a.id FROM a LEFT JOIN b ON b.a_id = a.id WHERE EXISTS (SELECT 1 FROM c AS b WHERE b.kind = 2)")
    clean(RULE, "SELECT a.id FROM a LEFT JOIN (SELECT a_id, k FROM b) AS s ON s.a_id = a.id WHERE k = 2")
    finds(RULE, "SELECT a.id FROM a LEFT JOIN (SELECT a_id, k FROM b) AS s ON s.a_id = a.id WHERE s.k = 2")


def test_clickhouse_fills_with_defaults():
    clean(RULE, JOIN + "b.kind = 0", "clickhouse")

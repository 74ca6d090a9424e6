from perftool.lint.rules.large_in_list import RULE
from tests.lint.kit import clean, finds, places

NUMBERS = ", ".join(map(str, range(101)))


def test_more_than_a_hundred_literals_are_a_table():
    sql = f"SELECT id FROM t WHERE t.k NOT IN ({NUMBERS})"
    assert places(RULE, sql) == ["t.k NOT IN"]
    found = finds(RULE, sql).finding
    assert found.message.startswith("tests t.k against 101 literals")
    assert "t.k = ANY ($1)" in found.help
    assert "UNNEST" in finds(RULE, sql, "bigquery").finding.help
    assert places(RULE, f"DELETE FROM t WHERE lower(k) IN ('é', {NUMBERS})", "mysql") == ["lower(k) IN"]


def test_a_hundred_are_let_pass():
    clean(RULE, f"SELECT id FROM t WHERE k IN ({NUMBERS.removeprefix('0, ')})")
    clean(RULE, f"SELECT id FROM t WHERE k IN (a, {NUMBERS})")
    clean(RULE, "SELECT id FROM t WHERE k IN (SELECT k FROM u)")


def test_the_most_is_an_option():
    finds(RULE, "SELECT id FROM t WHERE k IN (1, -2, 'x')", options={"max-in-list": 2})
    clean(RULE, "SELECT id FROM t WHERE k IN (1, 2)", options={"max-in-list": 2})


def test_statements_that_run_once_may_list():
    clean(RULE, f"DELETE FROM t WHERE k IN ({NUMBERS})", path="migrations/1.sql")
    clean(RULE, f"SELECT id FROM t WHERE k IN ({NUMBERS})", path="tests/t.sql")


def test_text_that_is_stored_is_always_the_same():
    clean(RULE, f"CREATE VIEW v AS SELECT id FROM t WHERE k IN ({NUMBERS})")
    clean(RULE, f"CREATE FUNCTION d.f(x INT64) RETURNS BOOL AS (x IN ({NUMBERS}))", "bigquery")
    finds(RULE, f"CREATE TABLE u AS SELECT id FROM t WHERE k IN ({NUMBERS})")

import pytest

from perftool.lint.rules.union_not_all import RULE
from tests.lint.kit import clean, finds, places


def test_a_plain_union_is_worth_a_question():
    found = finds(RULE, "SELECT a, b FROM t UNION SELECT a, b FROM u").finding
    assert found.severity is None
    assert RULE.severity == "info"
    assert not found.edits


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 'new' AS kind, a FROM t UNION SELECT 'old', a FROM u",
        "SELECT a, 1 FROM t UNION SELECT a, 2 FROM t UNION SELECT a, 3 FROM t",
        "SELECT kind, a FROM t WHERE kind = 'x' AND b > 3 UNION SELECT kind, a FROM t WHERE 'y' = kind",
        "SELECT t.kind, a FROM t WHERE t.kind = 1 UNION (SELECT 2, a FROM u)",
        "SELECT kind, a FROM t WHERE kind = 'x' UNION SELECT CAST('y' AS text), a FROM t",
    ],
)
def test_arms_that_a_constant_tells_apart_share_no_row(sql):
    found = finds(RULE, sql).finding
    assert found.severity == "warning"
    assert "cannot be equal" in found.message


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a FROM t WHERE kind = 'x' UNION SELECT a FROM t WHERE kind = 'y'",
        "SELECT kind, a FROM t WHERE kind = 'x' OR b UNION SELECT kind, a FROM t WHERE kind = 'y' OR b",
        "SELECT kind, a FROM t WHERE kind = 'x' UNION SELECT kind, a FROM t WHERE kind = 'X '",
        "SELECT * FROM t WHERE a = 1 UNION SELECT * FROM t WHERE b = 2",
        "SELECT *, 'x' FROM t UNION SELECT *, 'y' FROM t",
    ],
)
def test_duplicates_within_one_table_are_meant_to_go(sql):
    clean(RULE, sql)


def test_a_predicate_over_it_does_not_mind():
    sql = "SELECT a FROM x WHERE id IN (SELECT a FROM t UNION SELECT a FROM t WHERE b)"
    assert "for nothing" in finds(RULE, sql).finding.message
    clean(RULE, "SELECT a FROM x WHERE id IN (SELECT t_id FROM t UNION SELECT t_id FROM u LIMIT 5)")


def test_a_chain_is_one_finding():
    assert places(RULE, "SELECT a FROM t UNION SELECT a FROM u\nUNION SELECT 'é' FROM v") == ["UNION"]
    assert len(places(RULE, "SELECT a FROM t UNION SELECT a FROM u UNION ALL SELECT a FROM v")) == 1
    assert len(places(RULE, "SELECT a FROM t UNION ALL SELECT a FROM u UNION SELECT a FROM v")) == 1


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a FROM t UNION ALL SELECT a FROM u",
        "SELECT a FROM t EXCEPT SELECT a FROM u",
        "SELECT a, b FROM t UNION DISTINCT SELECT a, b FROM u",
        "WITH RECURSIVE r AS (SELECT a FROM t UNION SELECT t.a FROM t JOIN r ON r.a = t.b) SELECT a FROM r",
        "SELECT 1 AS a UNION SELECT 2",
        "SELECT user_id FROM t UNION SELECT user_id FROM u",
        "SELECT email, name FROM t UNION SELECT email, name FROM u",
        "SELECT s.a FROM (SELECT a, b FROM t UNION SELECT a, b FROM u) s JOIN v ON v.a = s.a",
    ],
)
def test_where_duplicates_decide_it_is_silent(sql):
    clean(RULE, sql)


def test_recursion_needs_no_word_on_some_engines():
    sql = "WITH r AS (SELECT a FROM t UNION SELECT t.a FROM t JOIN r ON r.a = t.b) SELECT a FROM r"
    clean(RULE, sql, "tsql")
    clean(RULE, "SELECT a, b FROM t UNION DISTINCT SELECT a, b FROM u", "bigquery")
    clean(RULE, "SELECT 'x', b FROM t UNION DISTINCT SELECT 'y', b FROM u", "bigquery")
    found = finds(
        RULE, "SELECT DISTINCT 'x', b FROM t UNION DISTINCT SELECT DISTINCT 'y', b FROM u", "bigquery"
    ).finding
    assert (found.severity, found.help) == ("warning", "UNION ALL")


def test_nobody_waits_for_tests():
    finds(RULE, "SELECT a, b FROM t UNION SELECT a, b FROM u")
    clean(RULE, "SELECT a, b FROM t UNION SELECT a, b FROM u", path="testdata/a.sql")


def test_true_and_false_tell_rows_apart():
    found = finds(RULE, "SELECT a, true AS on_ FROM t UNION SELECT a, false FROM u", "trino").finding
    assert found.severity == "warning"
    assert found.message == "compares rows that cannot be equal: column 2 is true in one arm and false in another"
    assert finds(RULE, "SELECT a, true AS b FROM t UNION SELECT a, true FROM u", "trino").finding.severity is None


def test_constants_are_told_as_they_are_written():
    message = finds(RULE, "SELECT 'Debit' AS kind, a FROM t UNION SELECT 'Bob''s ', a FROM u").finding.message
    assert "column 1 is 'Debit' in one arm and 'Bob''s ' in another" in message
    assert finds(RULE, "SELECT 'New', a FROM t UNION SELECT 'NEW', a FROM u").finding.severity is None


def test_sets_and_single_rows_are_fine():
    clean(RULE, "SELECT DISTINCT a, b FROM t UNION SELECT DISTINCT a, b FROM u", "trino")
    clean(RULE, "SELECT DISTINCT a, b FROM t UNION SELECT DISTINCT a, b FROM u UNION SELECT 1, 2", "trino")
    clean(RULE, "SELECT contract AS address FROM t UNION SELECT owner AS address FROM u", "trino")
    clean(RULE, "SELECT max(a), min(b) FROM t UNION SELECT max(a), min(b) FROM u")
    finds(RULE, "SELECT max(a), min(b) FROM t UNION SELECT a, b FROM u")


def test_a_star_of_a_common_table_is_what_that_selects():
    sql = "WITH x AS (SELECT DISTINCT a, 'x' AS l FROM t), y AS (SELECT DISTINCT a, 'y' AS l FROM u) "
    found = finds(RULE, sql + "SELECT * FROM x UNION SELECT * FROM y").finding
    assert (found.severity, found.help) == ("warning", "UNION ALL")
    clean(RULE, sql.replace("'y'", "'x'") + "SELECT * FROM x UNION SELECT * FROM y")
    sets = (
        "WITH x AS (SELECT a, b, c FROM d UNION SELECT a, b, c FROM e) SELECT * FROM x UNION SELECT DISTINCT * FROM f"
    )
    finds(RULE, sets, count=1)
    clean(RULE, sets.replace("UNION SELECT a, b, c FROM e", "UNION DISTINCT SELECT a, b, c FROM e"), "bigquery")


def test_arms_of_one_row_each_hardly_need_comparing():
    one = "SELECT '{0}' AS label, count(*) AS n FROM t"
    clean(RULE, f"{one.format('a')} UNION {one.format('b')} UNION SELECT 'c', n FROM totals WHERE kind = 1")
    finds(RULE, f"SELECT 'a' AS label, n FROM t UNION {one.format('b')}")

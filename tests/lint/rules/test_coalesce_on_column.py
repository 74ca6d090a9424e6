import pytest

from perftool.lint.rules.coalesce_on_column import RULE
from tests.lint.kit import clean, finds, places


def where(test: str) -> str:
    return f"SELECT id FROM t WHERE {test}"


@pytest.mark.parametrize(
    ("dialect", "test", "advice"),
    [
        ("postgres", "coalesce(status, 'new') = 'new'", "status = 'new' OR status IS NULL"),
        ("postgres", "coalesce(status, 'new') = 'old'", "status = 'old'"),
        ("mysql", "IFNULL(n, 0) > 5", "n > 5"),
        ("tsql", "ISNULL([n], 10) > 5", "[n] > 5 OR [n] IS NULL"),
        ("oracle", "NVL(n, 0) <= 0", "n <= 0 OR n IS NULL"),
    ],
)
def test_the_two_tests_say_the_same(dialect, test, advice):
    assert places(RULE, where(f"{test} AND a > 1"), dialect) == [test]
    assert finds(RULE, where(test), dialect).finding.help == advice


def test_what_literals_do_not_tell_is_told_in_words():
    assert "may pass" in finds(RULE, where("coalesce(a, $1) = $1")).finding.help
    assert "may pass" in finds(RULE, where("coalesce(a, 0, 1) >= 5")).finding.help


def test_other_coalesces_hide_no_index():
    clean(RULE, where("a = coalesce($1, 5) AND coalesce($1, a) = 5 AND coalesce(a, b) = 5"))
    clean(RULE, where("coalesce(deleted, false) = false AND coalesce(is_open, 0) = 0"))
    clean(RULE, "SELECT coalesce(a, 0) FROM t ORDER BY coalesce(a, 0)")
    clean(RULE, "SELECT t.id FROM t LEFT JOIN u ON u.t = t.id WHERE coalesce(u.n, 0) = 0")
    clean(RULE, "SELECT id FROM (SELECT id, a FROM t) x WHERE coalesce(x.a, 0) = 0")
    clean(RULE, where("coalesce(a, '') <> ''"))
    clean(RULE, where("t_id = 7 AND coalesce(a, 0) = 0"))


def test_an_index_on_the_expression_serves_it():
    clean(RULE, where("coalesce(t.a, 0) = 5"), schema="CREATE INDEX i ON t (coalesce(a, 0))")
    finds(RULE, where("coalesce(t.a, 0) = 5"), schema="CREATE INDEX i ON t (coalesce(a, 1))")


def test_another_test_may_find_the_rows():
    sql = where("kind IN (1, 2) AND coalesce(a, 0) = 0")
    clean(RULE, sql)
    clean(RULE, sql, schema="CREATE TABLE t (id int PRIMARY KEY, kind int, a int)")
    finds(RULE, where("gone = true AND coalesce(a, 0) = 7"), schema="CREATE TABLE t (id int, gone boolean, a int)")
    clean(RULE, sql, schema="CREATE TABLE t (id int PRIMARY KEY, kind int, a int); CREATE INDEX i ON t (kind)")

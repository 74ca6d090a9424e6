import pytest

from perftool.lint.rules.catch_all_predicate import RULE
from tests.lint.kit import clean, finds, places


def where(test: str) -> str:
    return f"SELECT id FROM t WHERE {test}"


@pytest.mark.parametrize(
    ("dialect", "test"),
    [
        ("postgres", "a = $1 OR $1 IS NULL"),
        ("postgres", "$1::int IS NULL OR a = $1::int"),
        ("postgres", "a = :x OR :x IS NULL"),
        ("mysql", "a = ? OR ? IS NULL"),
        ("mysql", "? IS NULL OR a LIKE ?"),
        ("tsql", "a = @p OR @p IS NULL"),
        ("tsql", "@p = 0 OR a = @p"),
        ("oracle", ":x IS NULL OR a >= :x"),
    ],
)
def test_a_parameter_switches_the_filter_off(dialect, test):
    assert places(RULE, where(f"b > 1 AND ({test})"), dialect) == [test]


def test_the_column_may_be_its_own_default():
    assert places(RULE, where("a = coalesce($1, a) AND b > 1")) == ["a = coalesce($1, a)"]
    clean(RULE, where("a = coalesce($1, b) AND a = coalesce($1, 5)"))


def test_several_switches_are_one_finding():
    found = finds(RULE, where("(a = $1 OR $1 IS NULL) AND (b = $2 OR $2 IS NULL)")).finding
    assert "filter on a" in found.message
    assert "leave the test of a out" in found.help


def test_plans_that_are_made_anew_know_the_parameter():
    clean(RULE, where("(a = @p OR @p IS NULL) OPTION (RECOMPILE)"), "tsql")
    assert "RECOMPILE" in finds(RULE, where("a = @p OR @p IS NULL"), "tsql").finding.help


def test_other_alternatives_are_no_switches():
    clean(RULE, where("a = $1 OR a IS NULL"))
    clean(RULE, where("a = $1 OR b = $2"))
    clean(RULE, where("a = $1 OR $2 IS NULL"))
    clean(RULE, where("a = 5 OR $1 IS NOT NULL"))
    clean(RULE, where("a <> $1 OR $1 IS NULL"))
    clean(RULE, where("a LIKE '%' || $1 || '%' OR $1 = ''"))
    clean(RULE, where("lower(a) = $1 OR $1 IS NULL"))
    clean(RULE, where("$1 IS NULL OR $1 IN (a, b)"))
    clean(RULE, "WITH x AS (SELECT a FROM t) SELECT a FROM x WHERE a = $1 OR $1 IS NULL")
    clean(RULE, "SELECT 1 FROM sys.objects WHERE name = @p OR @p IS NULL", "tsql")
    clean(RULE, "SELECT a = $1 OR $1 IS NULL FROM t")
    clean(RULE, where("tenant_id = $2 AND (a = $1 OR $1 IS NULL)"))
    clean(RULE, where("a = $1 OR $1 IS NULL"), "snowflake")

import pytest

from perftool.lint.rules.constant_predicate import RULE
from tests.lint.kit import clean, finds, places


def test_a_column_with_itself():
    assert places(RULE, "SELECT id FROM t WHERE a = a AND b = 1") == ["a = a"]
    assert "never" in finds(RULE, "SELECT id FROM t WHERE t.a <> t.a").finding.message
    finds(RULE, "SELECT 1 FROM a JOIN b ON a.id = a.id")
    clean(RULE, "SELECT 1 FROM a JOIN b ON a.id = b.id")
    clean(RULE, "SELECT a <> a AS is_nan FROM t")
    clean(RULE, "UPDATE t SET a = a WHERE b = 1")
    clean(RULE, "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET a = a")


def test_two_constants():
    assert places(RULE, "SELECT id FROM t WHERE a = 1 AND 'state' = 'open'") == ["'state' = 'open'"]
    finds(RULE, "SELECT id FROM t WHERE a = 1 OR 1 = 1")
    finds(RULE, "SELECT id FROM t WHERE b = 1 AND 'é' = 'x'")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM t WHERE 1 = 1 AND a = 2",
        "SELECT id FROM t WHERE 1=1",
        "CREATE TABLE u AS SELECT id FROM t WHERE 1 = 0",
        "SELECT id FROM t WHERE (1 = 0)",
        "SELECT id FROM t WHERE 1 = 0 OR a = 2",
        "SELECT id FROM t WHERE 1 != 1 AND a = 2",
        "SELECT id FROM t WHERE a = 2 AND (1 = 2)",
        "SELECT id FROM t WHERE b = 1 AND 2.0 <> 2",
        "SELECT id FROM t WHERE a = 1 AND '${ENV}' = 'prod'",
        "SELECT id FROM t WHERE a = 1 AND 'a' = 'A'",
        "SELECT id FROM t WHERE a = 1 AND $1 = 2",
        "SELECT id FROM t WHERE a = 1 AND 1 = '2'",
        "SELECT a.id FROM a JOIN b ON 1 = 1",
        "SELECT 1 = 2 AS no FROM t",
    ],
)
def test_what_builders_and_copies_write(sql):
    clean(RULE, sql)


def test_tests_try_out_such_conditions():
    finds(RULE, "SELECT id FROM t WHERE a = 1 OR 1 = 1")
    clean(RULE, "SELECT id FROM t WHERE a = 1 OR 1 = 1", path="tests/pruning.sql")


def test_bounds_in_the_wrong_order():
    one = finds(RULE, "SELECT id FROM t WHERE a BETWEEN 10 AND 1")
    assert one.finding.help == "BETWEEN 1 AND 10"
    finds(RULE, "SELECT id FROM t WHERE a BETWEEN '2024-02-01' AND '2024-01-01'")
    clean(RULE, "SELECT id FROM t WHERE a BETWEEN 1 AND 10")
    clean(RULE, "SELECT id FROM t WHERE a BETWEEN SYMMETRIC 10 AND 1")
    clean(RULE, "SELECT id FROM t WHERE a BETWEEN 'x' AND 'b'")


def test_equalities_that_exclude_each_other():
    assert places(RULE, "SELECT id FROM t WHERE a = 1 AND b = 2 AND (a = 3)") == ["a = 3"]
    clean(RULE, "SELECT id FROM t WHERE a = 1 OR a = 3")
    clean(RULE, "SELECT id FROM t WHERE a = 1 AND a = 1.0")
    clean(RULE, "SELECT x.id FROM t x, t y WHERE x.a = 1 AND y.a = 3")

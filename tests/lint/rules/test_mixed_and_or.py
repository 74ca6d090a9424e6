from perftool.lint.rules.mixed_and_or import RULE
from tests.lint.kit import clean, finds, places


def test_a_single_test_beside_a_list_of_and():
    one = finds(RULE, "SELECT id FROM t WHERE a = 1 OR b = 2 AND c = 3")
    assert one.finding.help.startswith("a = 1 OR (b = 2 AND c = 3)")
    assert places(RULE, "SELECT 'é' FROM t WHERE a = 1 AND b = 2 OR c = 3") == ["a = 1 AND b = 2 OR c = 3"]
    finds(RULE, "SELECT 1 FROM a JOIN b ON a.id = b.id AND a.x = 1 OR b.y = 2")
    finds(RULE, "DELETE FROM t WHERE a = 1 OR b = 2 OR c = 3 AND d = 4")


def test_brackets_say_what_is_meant():
    clean(RULE, "SELECT id FROM t WHERE a = 1 OR (b = 2 AND c = 3)")
    clean(RULE, "SELECT id FROM t WHERE (a = 1 OR b = 2) AND c = 3")
    clean(RULE, "SELECT id FROM t WHERE a = 1 OR b = 2 OR c = 3")


def test_alternatives_that_are_written_out():
    clean(RULE, "SELECT id FROM t WHERE a = 1 AND b = 2 OR a = 3 AND b = 4")


def test_equality_with_null_is_an_idiom():
    clean(RULE, "SELECT id FROM t WHERE a = b OR a IS NULL AND b IS NULL")


def test_columns_compared_in_turn():
    clean(RULE, "SELECT id FROM t WHERE day < $1 OR day = $1 AND hour < $2")


def test_bounds_of_one_column_read_as_one():
    clean(RULE, "SELECT id FROM t WHERE a IS NULL OR a >= 1 AND a < 5")
    finds(RULE, "SELECT id FROM t WHERE a IS NULL OR a >= 1 AND b < 5")


def test_only_what_filters_by_itself():
    finds(RULE, "SELECT k, max(a) FROM t GROUP BY k HAVING max(a) > 4 AND min(a) < 1 OR count(*) > 10")
    clean(RULE, "SELECT id FROM t WHERE x = 1 AND (a = 1 OR b = 2 AND c = 3)")
    clean(RULE, "SELECT CASE WHEN a = 1 OR b = 2 AND c = 3 THEN 1 END FROM t")
    clean(RULE, "SELECT a OR b AND c AS flag FROM t")
    clean(RULE, "SELECT reduce(x, false, (r, e) -> e <> y AND e = z OR r, r -> r) FROM t", "trino")


def test_tests_try_out_such_conditions():
    clean(RULE, "SELECT id FROM t WHERE a = 1 OR b = 2 AND c = 3", path="src/test/regress/sql/router.sql")


def test_long_conditions_get_advice_only():
    long = " AND ".join(f"column_{n} = {n}" for n in range(30))
    assert "brackets" in finds(RULE, f"SELECT id FROM t WHERE a = 1 OR {long}").finding.help

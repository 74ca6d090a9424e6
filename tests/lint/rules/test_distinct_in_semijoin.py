import pytest

from perftool.lint.rules.distinct_in_semijoin import RULE
from tests.lint.kit import clean, finds, fixed, places


@pytest.mark.parametrize(
    ("predicate", "word"),
    [
        ("x IN (SELECT DISTINCT x FROM b)", "IN"),
        ("x NOT IN (SELECT DISTINCT x FROM b)", "IN"),
        ("EXISTS (SELECT DISTINCT b.x FROM b WHERE b.x = a.x)", "EXISTS"),
        ("x = ANY (SELECT DISTINCT x FROM b)", "ANY"),
        ("x > ALL (SELECT DISTINCT x FROM b)", "ALL"),
    ],
)
def test_predicates_do_not_mind_duplicates(predicate, word):
    sql = f"SELECT id FROM a WHERE {predicate}"
    assert f": {word} gives" in finds(RULE, sql).finding.message
    assert fixed(RULE, sql) == sql.replace(" DISTINCT", "")


def test_it_stands_on_the_word():
    assert places(RULE, "SELECT DISTINCT id FROM a WHERE x IN (SELECT distinct x FROM b)") == ["distinct"]
    assert places(RULE, "SELECT 'é' FROM a WHERE x IN (SELECT DISTINCT CASE WHEN y THEN 1 END FROM b)") == ["DISTINCT"]


def test_the_fix_keeps_everything_else():
    sql = "SELECT id FROM a WHERE x IN (\n  SELECT -- once\n    DISTINCT x, /* all */ FROM b)".replace("x,", "x")
    assert fixed(RULE, sql) == "SELECT id FROM a WHERE x IN (\n  SELECT -- once\n     x /* all */ FROM b)"
    assert (
        fixed(RULE, "SELECT id FROM a WHERE x IN (SELECT DISTINCT(x) FROM b)")
        == "SELECT id FROM a WHERE x IN (SELECT(x) FROM b)"
    )


def test_a_common_table_inside_is_no_hindrance():
    sql = "SELECT id FROM a WHERE x IN (WITH c AS (SELECT DISTINCT y FROM d) SELECT DISTINCT y FROM c)"
    assert fixed(RULE, sql) == "SELECT id FROM a WHERE x IN (WITH c AS (SELECT DISTINCT y FROM d) SELECT y FROM c)"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM a WHERE x IN (SELECT DISTINCT x FROM b LIMIT 5)",
        "SELECT id FROM a WHERE x IN (SELECT DISTINCT ON (y) x FROM b ORDER BY y, z)",
        "SELECT id FROM a WHERE x = (SELECT DISTINCT x FROM b)",
        "SELECT id FROM a JOIN (SELECT DISTINCT x FROM b) s ON s.x = a.x",
        "WITH s AS (SELECT DISTINCT x FROM b) SELECT id FROM a WHERE x IN (SELECT x FROM s)",
        "SELECT id FROM a WHERE x IN (SELECT count(DISTINCT x) FROM b)",
        "SELECT ARRAY(SELECT DISTINCT x FROM b)",
        "SELECT DISTINCT id FROM a WHERE x IN (1, 2)",
        "SELECT id FROM a WHERE x IN (SELECT x FROM (SELECT DISTINCT x, y FROM b) s)",
    ],
)
def test_elsewhere_distinct_has_a_meaning(sql):
    clean(RULE, sql)


def test_what_goes_over_the_network_may_be_made_distinct():
    clean(RULE, "SELECT id FROM a WHERE x GLOBAL IN (SELECT DISTINCT x FROM b)", "clickhouse")
    finds(RULE, "SELECT id FROM a WHERE x IN (SELECT DISTINCT x FROM b)", "clickhouse")
    clean(RULE, "SELECT id FROM a WHERE x IN (SELECT DISTINCT TOP 3 x FROM b)", "tsql")


def test_nobody_waits_for_tests():
    finds(RULE, "SELECT id FROM a WHERE x IN (SELECT DISTINCT x FROM b)")
    clean(RULE, "SELECT id FROM a WHERE x IN (SELECT DISTINCT x FROM b)", path="testdata/a.sql")


def test_rows_that_are_written_out_cost_nothing():
    clean(
        RULE,
        "WITH p AS (SELECT * FROM (VALUES (1), (1)) AS v (x)) SELECT id FROM a WHERE x IN (SELECT DISTINCT x FROM p)",
    )
    finds(RULE, "WITH p AS (SELECT x FROM b) SELECT id FROM a WHERE x IN (SELECT DISTINCT x FROM p)")

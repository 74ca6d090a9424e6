import pytest

from perftool.lint.rules import arithmetic_on_column, coalesce_on_column, function_on_column
from perftool.lint.rules.cast_on_column import RULE
from tests.lint.kit import clean, finds, fixed, places


def where(test: str) -> str:
    return f"SELECT id FROM ev WHERE {test}"


def test_the_whole_test_is_underlined():
    assert places(RULE, where("c::date = DATE '2024-05-01' AND a > 1")) == ["c::date = DATE '2024-05-01'"]
    assert places(RULE, where("CAST(c AS date) >= $1 LIMIT 1")) == ["CAST(c AS date) >= $1"]
    assert places(RULE, where("'x' = c::uuid\nORDER BY 1")) == ["'x' = c::uuid"]
    assert "every row of ev" in finds(RULE, where("c::date = $1")).finding.message


@pytest.mark.parametrize(
    ("dialect", "test", "expected"),
    [
        ("postgres", "c::date = DATE '2024-02-28'", "c >= DATE '2024-02-28' AND c < DATE '2024-02-29'"),
        ("postgres", "e.c::date = '2024-05-31'::date", "e.c >= '2024-05-31'::date AND e.c < '2024-06-01'::date"),
        ("postgres", "'2024-05-31' >= c::date", "c < '2024-06-01'"),
        ("postgres", "c::date > '2024-12-31'", "c >= '2025-01-01'"),
        ("postgres", "(c)::date < '2024-12-31'", "c < '2024-12-31'"),
        ("mysql", "CAST(c AS DATE) = '2024-05-01'", "c >= '2024-05-01' AND c < '2024-05-02'"),
        ("postgres", "c::date BETWEEN '2024-05-01' AND '2024-05-31'", "c >= '2024-05-01' AND c < '2024-06-01'"),
    ],
)
def test_casts_to_date_become_half_open_ranges(dialect, test, expected):
    assert (
        fixed(RULE, f"SELECT id FROM ev e WHERE {test} /* k */", dialect)
        == f"SELECT id FROM ev e WHERE {expected} /* k */"
    )


def test_what_is_not_exact_is_a_hint():
    for test in (
        "c::date = $1",
        "c::date = current_date",
        "(c AT TIME ZONE 'UTC')::date = '2024-05-01'",
        "c::date IN ('2024-05-01')",
    ):
        assert not finds(RULE, where(test)).finding.edits
    assert not finds(RULE, where("CAST(c AS DATE) = DATE '2024-05-01'"), "oracle").finding.edits
    assert finds(RULE, where("c::date = '2024-05-01'"), schema="CREATE TABLE ev (c timestamp)").finding.safe
    assert not finds(RULE, where("c::date = '2024-05-01'")).finding.safe


def test_a_day_that_is_computed_has_its_range_as_a_hint():
    found = finds(RULE, where("c::date = current_date")).finding
    assert found.help == "c >= current_date AND c < current_date + INTERVAL '1 day'"


def test_casts_that_change_nothing_cost_nothing():
    clean(RULE, where("c::date = '2024-05-01'"), schema="CREATE TABLE ev (c date)")
    clean(RULE, where("((name)::text = 'x'::text) AND (account_id)::text = 'y'::text"))
    clean(RULE, where("name::text = 'x'"), schema="CREATE TABLE ev (name varchar(20))")
    clean(RULE, where("state::text = 'x'"), schema="CREATE TABLE ev (state my_enum)")
    finds(RULE, where("state::text = 'x'"), schema="CREATE TABLE ev (state uuid)")
    finds(RULE, where("order_id::text = $1"))


def test_sql_server_seeks_through_a_cast_to_date():
    clean(RULE, where("CAST(c AS date) = @day AND CONVERT(date, c) = @day"), "tsql")
    finds(RULE, where("CONVERT(varchar(8), c, 112) = '20240501'"), "tsql")


def test_casts_elsewhere_are_no_filters():
    clean(RULE, where("c = '2024-05-01'::date AND c > CAST($1 AS date) AND (data ->> 'a')::int = 5"))
    clean(RULE, "SELECT c::date FROM ev GROUP BY c::date ORDER BY c::date")
    clean(RULE, "WITH x AS (SELECT c FROM ev) SELECT c FROM x WHERE c::date = '2024-05-01'")
    clean(RULE, where("id = 5 AND c::date = '2024-05-01'"))
    clean(RULE, where("c::date <> '2024-05-01'"))
    clean(RULE, where("c::date = '2024-05-01'"), "snowflake")
    clean(RULE, "DELETE FROM ev WHERE c::date = '2024-05-01'", path="migrations/2.sql")


@pytest.mark.parametrize(
    "test",
    [
        "lower(a::text) = 'x'",
        "(lower(a))::text = 'x'",
        "coalesce(c::date, $1) = $2",
        "c::date + 1 = $1",
        "date(c) = $1",
    ],
)
def test_one_test_is_one_finding(test):
    rules = [RULE, function_on_column.RULE, arithmetic_on_column.RULE, coalesce_on_column.RULE]
    from perftool.lint.check import check

    assert len(check({"a.sql": where(test)}, "postgres", rules=rules)["a.sql"]) <= 1

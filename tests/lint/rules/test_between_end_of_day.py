import pytest

from perftool.lint.rules.between_end_of_day import RULE
from tests.lint.kit import clean, finds, fixed, places

JANUARY = "BETWEEN '2024-01-01' AND '2024-01-31'"


def test_the_last_day_is_missing():
    one = finds(RULE, f"SELECT id FROM ev WHERE created_at {JANUARY}")
    assert "2024-01-31" in one.finding.message
    assert one.finding.help == "created_at >= '2024-01-01' AND created_at < '2024-02-01'"
    assert not one.finding.safe
    assert places(RULE, f"SELECT 'é' FROM ev WHERE ev.\"createdAt\" {JANUARY}") == [f'ev."createdAt" {JANUARY}']


def test_the_fix_knows_the_calendar():
    sql = "SELECT id FROM ev WHERE a = 1 AND e.login_ts BETWEEN DATE '2024-02-01' AND DATE '2024-02-28' -- x"
    rewritten = (
        "SELECT id FROM ev WHERE a = 1 AND e.login_ts >= DATE '2024-02-01' AND e.login_ts < DATE '2024-02-29' -- x"
    )
    assert fixed(RULE, sql) == rewritten
    assert "'2025-01-01'" in fixed(RULE, "SELECT id FROM ev WHERE start_time BETWEEN '2024-12-01' AND '2024-12-31'")
    assert not finds(RULE, f"SELECT id FROM ev WHERE created_at NOT {JANUARY}").finding.edits


@pytest.mark.parametrize(
    ("type_", "count"),
    [("date", 0), ("text", 0), ("timestamp with time zone", 1), ("timestamptz", 1), ("datetime(6)", 1)],
)
def test_the_type_decides_where_it_is_known(type_, count):
    for column in ("created_at", "d"):
        sql = f"CREATE TABLE ev (created_at {type_}, d {type_}); SELECT id FROM ev WHERE {column} {JANUARY}"
        assert len(places(RULE, sql)) == count


@pytest.mark.parametrize(
    "condition",
    [
        f"created_date {JANUARY}",
        f"day {JANUARY}",
        "created_at BETWEEN '2024-01-01' AND '2024-01-31 23:59:59'",
        "created_at BETWEEN '2024-01-01' AND $1",
        "created_at BETWEEN '2024-01-01' AND current_date",
        "created_at BETWEEN '2024-01-01' AND '2024-02-01'",
        "created_at BETWEEN '2024-01-01' AND '2024-13-31'",
        "created_at BETWEEN 1 AND 31",
    ],
)
def test_what_is_not_judged(condition):
    clean(RULE, f"SELECT id FROM ev WHERE {condition}")


def test_tests_try_it_out():
    sql = "SELECT id FROM ev WHERE created_at BETWEEN '2024-01-01' AND '2024-01-31'"
    finds(RULE, sql)
    clean(RULE, sql, path="test/sql/chunks.sql")

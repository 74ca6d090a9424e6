import datetime as dt
import operator

from hypothesis import given
from hypothesis import strategies as st

from perftool.lint.periods import Period, as_range, month, template_of, turned, unit_from, year

OPERATORS = {"=": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
STARTS = {
    "year": lambda day: day.replace(month=1, day=1),
    "quarter": lambda day: day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1),
    "month": lambda day: day.replace(day=1),
    "week": lambda day: day - dt.timedelta(days=day.weekday()),
    "day": lambda day: day,
}
DAYS = st.dates(dt.date(1900, 1, 1), dt.date(2200, 12, 31))


def holds(test: str, column: dt.date) -> bool:
    """Evaluate ``c >= 'YYYY-MM-DD' AND c < …`` for one value of c."""
    for part in test.split(" AND "):
        _, sign, literal = part.split()
        if not OPERATORS[sign](column, dt.date.fromisoformat(literal.strip("'"))):
            return False
    return True


@given(st.sampled_from(list(STARTS)), st.sampled_from(list(OPERATORS)), DAYS, st.integers(-400, 400))
def test_a_range_holds_just_where_the_period_compares_so(unit, sign, day, offset):
    start = STARTS[unit](day)
    period = unit_from(unit, start.isoformat())
    assert period is not None
    column = day + dt.timedelta(days=offset)
    assert holds(as_range("c", sign, period, period, "'{}'"), column) == OPERATORS[sign](STARTS[unit](column), start)


@given(DAYS, DAYS, DAYS)
def test_between_takes_both_ends_in(low, high, column):
    test = as_range("c", "between", unit_from("day", str(low)), unit_from("day", str(high)), "'{}'")
    assert holds(test, column) == (low <= column <= high)


@given(st.sampled_from(list(STARTS)), DAYS)
def test_only_the_start_of_a_unit_stands_for_it(unit, day):
    assert (unit_from(unit, str(day)) is not None) == (STARTS[unit](day) == day)


@given(st.sampled_from(list(OPERATORS)), st.integers(), st.integers())
def test_turning_exchanges_the_sides(sign, left, right):
    assert OPERATORS[sign](left, right) == OPERATORS[turned(sign)](right, left)


def test_the_calendar_decides():
    assert unit_from("day", "2024-02-28") == Period(dt.date(2024, 2, 28), dt.date(2024, 2, 29))
    assert unit_from("day", "2023-02-29") is None
    assert unit_from("day", "9999-12-31") is None
    assert year(2024) == Period(dt.date(2024, 1, 1), dt.date(2025, 1, 1))
    assert month(2024, 12) == Period(dt.date(2024, 12, 1), dt.date(2025, 1, 1))
    assert month(2024, 13) is None
    assert year(0) is year(9999) is None


def test_only_dates_and_midnights_are_read():
    assert (
        unit_from("day", "2024-05-01 00:00:00")
        == unit_from("day", "2024-05-01T00:00")
        == unit_from("day", "2024-05-01")
    )
    for text in ("2024-05-01 10:00", "2024-5-1", "20240501", "x", "", "2024-05-011", "2024-05-01Z"):
        assert unit_from("day", text) is None
    assert unit_from("hour", "2024-05-01") is None


def test_a_literal_keeps_its_form():
    assert template_of("DATE '2024-05-01'") == "DATE '{}'"
    assert template_of("'2024-05-01'::date") == "'{}'::date"
    assert template_of("'2024'") is None
    assert template_of("'2024-05-01' || '2024-05-02'") is None

"""Write a test of the year, the month or the day of a point in time as a half-open range of the column itself."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final, NamedTuple

_DATE: Final = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_MIDNIGHT: Final = re.compile(r"(?:[ T]00:00(?::00(?:\.0+)?)?)?\Z")
_MONTHS: Final = {"year": 12, "quarter": 3, "month": 1}
_TURNED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Period(NamedTuple):
    """The days from ``start`` up to, and without, ``end``."""

    start: dt.date
    end: dt.date


def year(number: int) -> Period | None:
    """Return the days of a year; None beyond the calendar."""
    return _from_months(number, 1, 12)


def month(of_year: int, number: int) -> Period | None:
    """Return the days of a month; None if there is no such month."""
    return _from_months(of_year, number, 1) if 1 <= number <= 12 else None


def unit_from(unit: str, text: str) -> Period | None:
    """Return the ``unit`` (year, quarter, month, week, day) that begins with the date in ``text``.

    ``text`` is a string literal's: an ISO date, or midnight of one. None where it is anything else, or lies within
    the unit instead of at its start.
    """
    found = _DATE.match(text)
    if found is None or not _MIDNIGHT.match(text, found.end()):
        return None
    try:
        start = dt.date(int(found[1]), int(found[2]), int(found[3]))
        if unit == "day":
            return Period(start, start + dt.timedelta(days=1))
        if unit == "week":
            return Period(start, start + dt.timedelta(weeks=1)) if start.weekday() == 0 else None
    except (ValueError, OverflowError):
        return None
    months = _MONTHS.get(unit)
    if months is None or start.day != 1 or (start.month - 1) % months:
        return None
    return _from_months(start.year, start.month, months)


def _from_months(of_year: int, number: int, count: int) -> Period | None:
    ahead = of_year * 12 + number - 1 + count
    try:
        return Period(dt.date(of_year, number, 1), dt.date(ahead // 12, ahead % 12 + 1, 1))
    except (ValueError, OverflowError):
        return None


def turned(operator: str) -> str:
    """Return the operator that says the same with its sides exchanged."""
    return _TURNED.get(operator, operator)


def as_range(column: str, operator: str, low: Period, high: Period, template: str) -> str:
    """Return the test of ``column`` that holds just where its period is ``operator`` the one given.

    ``operator`` is =, <, <=, >, >= or between, the last one with ``high`` as its end. ``template`` is a literal with
    ``{}`` where its date stands: ``DATE '{}'``.
    """
    start = f"{column} >= {template.format(low.start)}"
    if operator == ">=":
        return start
    if operator == ">":
        return f"{column} >= {template.format(low.end)}"
    if operator == "<":
        return f"{column} < {template.format(low.start)}"
    end = f"{column} < {template.format(high.end)}"
    return end if operator == "<=" else f"{start} AND {end}"


def template_of(literal: str) -> str | None:
    """Return a literal as it is written with ``{}`` where its date stands; None if it holds none, or several."""
    if len(_DATE.findall(literal)) != 1:
        return None
    return _DATE.sub("{}", literal.replace("{", "{{").replace("}", "}}"))

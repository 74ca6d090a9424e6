"""Which period a function of a point in time speaks of, compared with a literal: YEAR, DATE, TRUNC, TO_CHAR …"""

from __future__ import annotations

from typing import Final

from perftool.lint.date_ranges import date_text
from perftool.lint.periods import Period, unit_from, year
from perftool.sql.nodes import Node, exp

_FORMATS: Final = {"%Y": ("year", "{}-01-01"), "%Y-%m": ("month", "{}-01"), "%Y-%m-%d": ("day", "{}")}
# Oracle's words, which the parser translates only where it knows that something is a date.
_ORACLE_FORMATS: Final = {"YYYY": "%Y", "YYYY-MM": "%Y-%m", "YYYY-MM-DD": "%Y-%m-%d"}
_ORACLE_UNITS: Final = {"": "day", "dd": "day", "mm": "month", "yyyy": "year", "yy": "year", "q": "quarter"}
_TRUNCATING: Final = (exp.TimestampTrunc, exp.DateTrunc, exp.DatetimeTrunc)


def period_of(node: Node, value: Node) -> Period | None:
    """Return the period that a column lies in where ``node``, a function of it, equals ``value``; None if unclear."""
    if isinstance(node, exp.Year) or (isinstance(node, exp.Extract) and node.name.upper() == "YEAR"):
        number = number_of(value)
        return year(number) if number else None
    if isinstance(node, _TRUNCATING):
        unit = node.args.get("unit")
        return _unit(unit.name.lower(), value) if unit is not None else None
    if isinstance(node, (exp.Date, exp.TsOrDsToDate)):
        return unit_from("day", date_text(value))
    if isinstance(node, exp.Anonymous) and node.name.lower() == "trunc" and not isinstance(value, exp.Literal):
        return _unit(node.expressions[1].name.lower() if len(node.expressions) > 1 else "", value)
    shape = node.args.get("format")
    if isinstance(node, (exp.TimeToStr, exp.ToChar)) and isinstance(shape, exp.Literal):
        found = _FORMATS.get(_ORACLE_FORMATS.get(shape.name, shape.name))
        return unit_from(found[0], found[1].format(date_text(value))) if found is not None else None
    return None


def _unit(name: str, value: Node) -> Period | None:
    return unit_from(_ORACLE_UNITS.get(name, name), date_text(value))


def number_of(value: Node) -> int:
    """Return a year that is written as a number of four digits; 0 for anything else."""
    return int(value.name) if isinstance(value, exp.Literal) and value.name.isdecimal() and len(value.name) == 4 else 0

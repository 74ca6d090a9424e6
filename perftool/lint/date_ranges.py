"""Turn a test of the period that a column lies in into a range of the column, where literals make it exact."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from perftool.lint.api import Edit
from perftool.lint.column_types import family, type_of
from perftool.lint.periods import Period, as_range, template_of, turned
from perftool.sql.nodes import Node, exp
from perftool.sql.tokens import comments

if TYPE_CHECKING:
    from collections.abc import Callable

    from perftool.lint.api import Finding
    from perftool.lint.comparisons import Filter
    from perftool.lint.place import Place
    from perftool.lint.statement import Statement
    from perftool.lint.written import Written

    Reader = Callable[[Node], Period | None]

#: How a date is written that means the same whatever the session's settings are.
_LITERALS: Final = {"oracle": "DATE '{}'", "tsql": "'{:%Y%m%d}'"}
_NEXT_DAY: Final = {
    "": "+ INTERVAL '1' DAY",
    "postgres": "+ INTERVAL '1 day'",
    "mysql": "+ INTERVAL 1 DAY",
    "oracle": "+ 1",
}
_AND: Final = re.compile(r"\band\b", re.IGNORECASE)
_OPERATORS: Final = frozenset({"=", "<", "<=", ">", ">="})


def range_of(found: Filter, how: Written, at: Statement, read: Reader) -> str:
    """Return the range that says what the test says; "" where its constants are no literals or do not fit.

    ``read`` tells the period that a constant stands for.
    """
    operator = "=" if how.operator == "==" else how.operator
    other = how.left if found.turned else how.right
    if operator == "between":
        low, high = read(found.test.args["low"]), read(found.test.args["high"])
        sides = _AND.split(other)
        other = sides[0].strip()
        if len(sides) != 2 or template_of(other) != template_of(sides[1].strip()):
            return ""
    elif operator in _OPERATORS:
        low = high = read(found.test.this if found.turned else found.test.expression)
    else:
        return ""
    if low is None or high is None:
        return ""
    template = template_of(other) or _LITERALS.get(at.dialect, "'{}'")
    if found.turned:
        operator = turned(operator)
    return as_range(at.source(found.column), operator, low, high, template)


def replacing(found: Filter, how: Written, at: Statement, text: str) -> tuple[Edit, ...]:
    """Return the edit that puts ``text`` in the place of a test, in brackets where OR stands beside it.

    None where that would take a comment away.
    """
    if not text or holds_comment(at, how.start, how.end):
        return ()
    both = " AND " in text and isinstance(found.test.parent, exp.Or)
    return (Edit(how.start, how.end, f"({text})" if both else text),)


def holds_comment(at: Statement, start: int, end: int) -> bool:
    """Say whether a comment stands anywhere between ``start`` and ``end``."""
    return any(first < end and start < last for first, last in comments(at.text, at.dialect))


def on_day(found: Filter, how: Written, at: Statement) -> str:
    """Return the range of the day that a column's date equals where that is computed (CURDATE()); "" elsewhere."""
    step = _NEXT_DAY.get(at.dialect)
    side = found.side
    of_day = isinstance(side, (exp.Date, exp.TsOrDsToDate, exp.Cast)) or (
        isinstance(side, exp.Anonymous) and len(side.expressions) == 1 and side.name.lower() == "trunc"
    )
    if step is None or not of_day or how.operator != "=" or argument_of(side) is not found.column:
        return ""
    # What a parameter or a literal holds may be any text: only dates can be added to.
    if isinstance(
        found.test.this if found.turned else found.test.expression, (exp.Parameter, exp.Placeholder, exp.Literal)
    ):
        return ""
    column, other = at.source(found.column), how.left if found.turned else how.right
    return f"{column} >= {other} AND {column} < {other} {step}"


def argument_of(node: Node) -> Node:
    """Return what a function of time is applied to, without the conversions that only the tree has."""
    if isinstance(node, exp.Anonymous):
        inner: Node = node.expressions[0] if node.expressions else node
    else:
        inner = node.expression if isinstance(node, exp.Extract) else node.this
    while isinstance(inner, (exp.TsOrDsToDate, exp.TsOrDsToTimestamp, exp.Paren)):
        inner = inner.this
    return inner


def date_text(value: Node) -> str:
    """Return the date within a literal of a date: '…', DATE '…', '…'::date, TO_DATE('…', …); "" for anything else."""
    if isinstance(value, (exp.StrToDate, exp.StrToTime)):
        shape = value.args.get("format")
        value = value.this if isinstance(shape, exp.Literal) and shape.name == "%Y-%m-%d" else value
    elif isinstance(value, (exp.Cast, exp.DateStrToDate)):
        value = value.this
    return value.name if isinstance(value, exp.Literal) and value.args.get("is_string") else ""


def settled(finding: Finding, place: Place) -> Finding:
    """Return the finding with edits that are safe where the column is known to be a date or a time, none if it is not.

    Where nobody defines the column it might be a text, which a range would compare otherwise.
    """
    if not finding.edits:
        return finding
    type_ = type_of(finding.facts, place)
    if family(type_, place.dialect) in ("date", "timestamp"):
        return msgspec.structs.replace(finding, safe=True)
    return msgspec.structs.replace(finding, edits=()) if type_ else finding

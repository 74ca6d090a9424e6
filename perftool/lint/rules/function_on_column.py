"""Find filters on a function of a column, which an index on the column cannot serve.

Why: an index holds the values of the column itself. Compared through a function, every row is read and computed.
Bad: SELECT id FROM ev WHERE extract(year FROM created_at) = 2024
Good: SELECT id FROM ev WHERE created_at >= '2024-01-01' AND created_at < '2025-01-01'
Limits: silent where an index on the expression is defined, where a key or another indexed column finds the rows, in
migrations and seeds, in outer joins' optional tables, and for parts of a date that recur (month, weekday, hour) and
pick many rows anyway. Two findings on one column are one. The range is written only where literals make it exact, and
is safe where the column is known to be a date or a timestamp.
Source: Winand, SQL Performance Explained, chapter 2, "Functions"
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.lint.api import ROW_STORES, Edit, Rule
from perftool.lint.comparisons import HIDING, Filter, filter_of, searches_anywhere, worth_saying
from perftool.lint.date_ranges import argument_of, holds_comment, on_day, range_of, replacing, settled
from perftool.lint.function_periods import number_of, period_of
from perftool.lint.periods import Period, month
from perftool.lint.written import Written, short, written
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.api import Finding
    from perftool.lint.place import Place
    from perftool.lint.statement import Statement

_TELLING_PARTS: Final = frozenset({"YEAR", "EPOCH", "DECADE", "CENTURY", "ISOYEAR"})
_NAMED: Final = frozenset(
    {"trunc", "unaccent", "age", "julianday", "strftime", "to_timestamp", "date_format", "to_date", "to_number",
     "btrim", "unix_timestamp", "unixepoch"}
)  # fmt: skip
_YEARS: Final = ("%Y", "%y", "YY", "yy", "RR", "rr")
_CONVERTING: Final = (exp.UnixToTime, exp.UnixToStr, exp.StrToDate, exp.StrToTime)
_OF_TIME: Final = (
    exp.Extract, exp.Year, exp.Date, exp.TsOrDsToDate, exp.TimestampTrunc, exp.DateTrunc, exp.DatetimeTrunc,
    exp.TimeToStr, exp.ToChar, exp.TimeToUnix, exp.DateDiff, exp.TimestampDiff, exp.LastDay, exp.Anonymous,
)  # fmt: skip


def _function(node: Node, at: Statement) -> Iterator[Finding]:
    found = filter_of(node)
    if found is None or not _is_telling(found) or searches_anywhere(found.test):
        return
    how = written(at, found.test)
    side = (how.right if found.turned else how.left) or at.source(node)
    column = found.column.name
    range_ = _range(found, how, at)
    edits = replacing(found, how, at, range_) if at.dialect != "sqlite" else ()
    beside = _month_beside(found) if edits else None
    if beside is not None:
        range_, edits = _with_month(found, how, at, beside)
    yield at.found(
        node,
        f"computes {short(side)} for every row of {found.table}: an index on {column} cannot serve it",
        help=range_ or _advice(found, how, at, side),
        edits=edits,
        safe=False,
        facts=found.facts(side),
        span=(how.start, how.end),
    )


def _is_telling(found: Filter) -> bool:
    """Say whether the function may leave few rows, so that an index would have been worth it."""
    node = found.side
    if isinstance(node, exp.Extract):
        return node.name.upper() in _TELLING_PARTS
    if isinstance(node, (exp.TimeToStr, exp.ToChar)):
        shape = node.args.get("format")
        return not isinstance(shape, exp.Literal) or any(part in shape.name for part in _YEARS)
    if isinstance(node, exp.Trim):
        other = found.test.this if found.turned else found.test.args.get("expression")
        return not (isinstance(other, exp.Literal) and other.name == "")
    if isinstance(node, exp.Anonymous):
        return node.name.lower() in _NAMED
    return True


def _range(found: Filter, how: Written, at: Statement) -> str:
    node = found.side
    if not isinstance(node, _OF_TIME) or node.args.get("zone") or argument_of(node) is not found.column:
        return ""
    return range_of(found, how, at, lambda value: period_of(node, value))


def _month_beside(found: Filter) -> Node | None:
    """Return the test of the same column's month right before or behind a test of its year."""
    test, above = found.test, found.test.parent
    if (
        not isinstance(found.side, (exp.Extract, exp.Year))
        or not isinstance(test, exp.EQ)
        or not isinstance(above, exp.And)
    ):
        return None
    near: list[Node | None] = []
    if test is above.this:
        near.append(above.expression)
    else:
        near.append(above.this.expression if isinstance(above.this, exp.And) else above.this)
        if isinstance(above.parent, exp.And) and above is above.parent.this:
            near.append(above.parent.expression)
    for one in near:
        side = one.this if isinstance(one, exp.EQ) else None
        if isinstance(side, exp.Month) or (isinstance(side, exp.Extract) and side.name.upper() == "MONTH"):
            column = argument_of(side)
            if column == found.column and isinstance(one, exp.EQ) and one.expression.is_int:
                return one
    return None


def _with_month(found: Filter, how: Written, at: Statement, beside: Node) -> tuple[str, tuple[Edit, ...]]:
    """Return the range and the edit for a test of the year and the one of the month ``beside`` it."""
    number = int(beside.expression.name)

    def read(value: Node) -> Period | None:
        return month(number_of(value), number) if number_of(value) else None

    range_ = range_of(found, how, at, read)
    other = written(at, beside)
    start, end = min(how.start, other.start), max(how.end, other.end)
    between = at.text[min(how.end, other.end) : max(how.start, other.start)]
    if not range_ or between.strip().lower() != "and" or holds_comment(at, start, end):
        return range_, ()
    return range_, (Edit(start, end, range_),)


def _advice(found: Filter, how: Written, at: Statement, side: str) -> str:
    node, column = found.side, at.source(found.column)
    if isinstance(node, _OF_TIME):
        return on_day(found, how, at) or f"compare {column} itself with a point in time, or with two"
    if isinstance(node, _CONVERTING):
        return f"compare {column} itself, and convert the other side instead"
    prefix = _prefix(found)
    if prefix:
        return f"{column} LIKE '{prefix}%'"
    bare = " ".join(side.replace(column, found.column.name).split())
    if at.dialect == "tsql":
        return f"store {bare} in a computed column and index that, or compare {column} itself if its collation allows"
    if at.dialect == "mysql":
        return f"CREATE INDEX i ON {found.table} (({bare}))"
    return f"CREATE INDEX i ON {found.table} ({bare})"


def _prefix(found: Filter) -> str:
    """Return the text that a column must begin with, if that is what a test of its first characters asks for."""
    node, value = found.side, found.test.args.get("expression")
    if not isinstance(found.test, exp.EQ) or not isinstance(value, exp.Literal) or not value.args.get("is_string"):
        return ""
    if isinstance(node, exp.Left):
        length = node.expression
    elif isinstance(node, exp.Substring) and _is_one(node.args.get("start")):
        length = node.args.get("length")
    else:
        return ""
    plain = not set(value.name) & set("%_'\\")
    return value.name if plain and isinstance(length, exp.Literal) and length.name == str(len(value.name)) else ""


def _is_one(node: Node | None) -> bool:
    return isinstance(node, exp.Literal) and node.name == "1"


def _judge(finding: Finding, place: Place) -> Finding | None:
    return worth_saying(settled(finding, place), place)


RULE = Rule(
    code="PERF010",
    name="function-on-column",
    severity="warning",
    sets=frozenset({"oltp"}),
    dialects=ROW_STORES,
    fix="safe",
    queries=True,
    nodes=dict.fromkeys((*HIDING, exp.Anonymous), _function),
    judge=_judge,
)

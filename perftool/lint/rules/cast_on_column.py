"""Find filters on a cast of a column, which an index on the column cannot serve.

Why: an index holds the values of the column itself. Compared through a cast, every row is read and converted.
Bad: SELECT id FROM ev WHERE created_at::date = DATE '2024-05-01'
Good: SELECT id FROM ev WHERE created_at >= DATE '2024-05-01' AND created_at < DATE '2024-05-02'
Limits: silent where the cast changes nothing (the column is known to be of that type, or is cast to text and nothing
says that it is none), for SQL Server's cast to date, which seeks, where a key or another indexed column finds the rows,
and in migrations and seeds. The range is written for casts to date compared with literals; it is safe where the column
is known to be a timestamp.
Source: Winand, SQL Performance Explained, chapter 2, "Date Types"
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.lint.api import ROW_STORES, Rule
from perftool.lint.column_types import family, type_of
from perftool.lint.comparisons import Filter, filter_of, is_key_like, searches_anywhere, worth_saying
from perftool.lint.date_ranges import date_text, on_day, range_of, replacing, settled
from perftool.lint.periods import unit_from
from perftool.lint.queries import identifier, unwrapped
from perftool.lint.written import short, written
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.api import Finding
    from perftool.lint.place import Place
    from perftool.lint.statement import Statement

_FAMILIES: Final = {
    "text": exp.DataType.TEXT_TYPES,
    "timestamp": exp.DataType.TEMPORAL_TYPES - {exp.DataType.Type.DATE, exp.DataType.Type.TIME},
    "number": exp.DataType.NUMERIC_TYPES,
    "uuid": {exp.DataType.Type.UUID},
}
_TIME_ENDS: Final = ("_at", "_on", "_date", "_time", "_ts", "_day")
# There a cast to date keeps the time of day, or gives a number.
_OTHER_DATES: Final = frozenset({"oracle", "sqlite"})


def _cast(node: Node, at: Statement) -> Iterator[Finding]:
    converts = isinstance(node, exp.Convert)
    operand = unwrapped(node.expression if converts else node.this)
    if not isinstance(operand, (exp.Column, exp.AtTimeZone)):
        return
    target = _target(node.this if converts else node.args.get("to"))
    if not target or (target == "date" and at.dialect == "tsql"):
        return
    found = filter_of(node)
    if found is None or searches_anywhere(found.test):
        return
    how = written(at, found.test)
    side = (how.right if found.turned else how.left) or at.source(node)
    column = at.source(found.column)
    range_ = ""
    if target == "date" and operand is found.column and not isinstance(node, exp.TryCast):
        range_ = range_of(found, how, at, lambda value: unit_from("day", date_text(value)))
    exact = range_ and at.dialect not in _OTHER_DATES
    yield at.found(
        node,
        f"converts {found.column.name} for every row of {found.table}: its index cannot serve {short(side)}",
        help=range_ or (on_day(found, how, at) if target == "date" else "") or _advice(target, column),
        edits=replacing(found, how, at, range_) if exact else (),
        safe=False,
        facts=found.facts(side)
        | {"target": target, "unsure": target == "text" and not _is_surely_no_text(found, node)},
        span=(how.start, how.end),
    )


def _target(type_: Node | None) -> str:
    """Return the family of the type that is cast to; "" where an index could not have helped."""
    kind = type_.this if isinstance(type_, exp.DataType) else None
    if kind == exp.DataType.Type.DATE:
        return "date"
    return next((name for name, kinds in _FAMILIES.items() if kind in kinds), "")


def _is_surely_no_text(found: Filter, node: Node) -> bool:
    """Say whether a column that is cast to text is called like a number or a time.

    Views that an engine prints back hold casts to text on both sides, which change nothing.
    """
    if node.args.get("style") is not None:
        return True
    other = found.test.this if found.turned else found.test.args.get("expression")
    name = identifier(found.column.this)
    return not isinstance(other, exp.Cast) and (is_key_like(name) or name.endswith(_TIME_ENDS))


def _advice(target: str, column: str) -> str:
    if target in ("date", "timestamp"):
        return f"compare {column} itself with a point in time, or with two"
    return f"compare {column} itself, and give the constant its type"


def _judge(finding: Finding, place: Place) -> Finding | None:
    known = family(type_of(finding.facts, place), place.dialect)
    if finding.facts.get("unsure") and known in ("", "text"):
        return None
    if known == finding.facts.get("target") and known != "number":
        return None
    return worth_saying(settled(finding, place), place)


RULE = Rule(
    code="PERF011",
    name="cast-on-column",
    severity="warning",
    sets=frozenset({"oltp"}),
    dialects=ROW_STORES,
    fix="safe",
    queries=True,
    nodes={exp.Cast: _cast, exp.TryCast: _cast, exp.Convert: _cast},
    judge=_judge,
)

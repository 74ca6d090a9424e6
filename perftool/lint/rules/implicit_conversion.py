"""Find text columns that are compared with numbers, so that the engine converts the column of every row.

Why: engines rank numbers above text, so it is the column that is converted: its index is of no use, values that are no
numbers fail or count as 0, and PostgreSQL refuses the statement.
Bad:
  CREATE TABLE u (phone VARCHAR(20));
  SELECT phone FROM u WHERE phone = 5551234
Good:
  CREATE TABLE u (phone VARCHAR(20));
  SELECT phone FROM u WHERE phone = '5551234'
Limits: = and IN, where the column's type is known from definitions in the project. SQLite converts the number instead:
silent. On SQL Server also N'…' compared with a varchar column. Only whole numbers are quoted by the fix; it is safe on
PostgreSQL, where the statement fails without it, and elsewhere unsafe, as other spellings of a number ('007') are equal
no more.
Source: MySQL manual, 14.3, "Type Conversion in Expression Evaluation"; SQL Server manual, "Data type precedence"
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from perftool.lint.api import ROW_STORES, Edit, Rule
from perftool.lint.column_types import family, type_of
from perftool.lint.comparisons import filtered_by, table_of, table_read
from perftool.lint.queries import identifier
from perftool.lint.written import noted
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from perftool.lint.api import Finding
    from perftool.lint.place import Place
    from perftool.lint.statement import Statement

_REFUSING: Final = frozenset({"postgres", "materialize", "risingwave"})
_BYTES: Final = frozenset({"varchar", "char", "text", "character"})
_SLOW: Final = "converts {column} ({type}) to {other} for every row of {table}: its index cannot serve the test"
_REFUSED: Final = "fails: {column} is {type}, which PostgreSQL does not compare with a number"


def _equality(node: Node, at: Statement) -> Iterable[Finding]:
    args = node.args
    column, constant = args["this"], args["expression"]
    if column.__class__ is not exp.Column:
        if constant.__class__ is not exp.Column:
            return ()
        column, constant = constant, column
    return _candidate(node, column, [constant], at) if _is_candidate(constant, at) else ()


def _list(node: Node, at: Statement) -> Iterable[Finding]:
    values = node.args.get("expressions")
    if not values or node.this.__class__ is not exp.Column or not all(_is_candidate(value, at) for value in values):
        return ()
    return _candidate(node, node.this, values, at)


def _is_candidate(value: Node, at: Statement) -> bool:
    kind = value.__class__
    if kind is exp.Literal:
        return not value.args["is_string"]
    return kind is exp.National and at.dialect == "tsql"


def _candidate(node: Node, column: Node, values: Sequence[Node], at: Statement) -> Iterator[Finding]:
    """Yield what is wrong if the column is a text: only the judge knows, so this looks at nothing that costs."""
    query = filtered_by(node)
    table = table_read(column, query) if query is not None else None
    span = noted(column, *values) if table is not None else None
    if table is None or span is None:
        return
    if isinstance(node, exp.In):
        closing = at.text.find(")", span[1])
        span = (span[0], closing + 1 if closing >= 0 and not at.text[span[1] : closing].strip() else span[1])
    national = isinstance(values[0], exp.National)
    edits = [edit for value in values if (edit := _edit(value, at, national=national)) is not None]
    yield at.found(
        node,
        "compares a text with a number",
        edits=edits if len(edits) == len(values) else (),
        safe=False,
        facts={"table": (table.name, table.schema), "column": identifier(column.this), "national": national},
        span=span,
    )


def _edit(value: Node, at: Statement, *, national: bool) -> Edit | None:
    """Return the edit that gives a literal the column's type, None where it may be another value then."""
    start, end = noted(value) or (0, 0)
    text = at.text[start:end]
    if national:
        return Edit(start, start + 1, "") if text.isascii() and text[:1] in ("n", "N") else None
    return Edit(start, end, f"'{text}'") if text.isdecimal() and (text == "0" or text[0] != "0") else None


def _judge(finding: Finding, place: Place) -> Finding | None:
    type_ = type_of(finding.facts, place)
    if family(type_, place.dialect) != "text" or place.dialect == "sqlite":
        return None
    national = bool(finding.facts["national"])
    refused = place.dialect in _REFUSING
    if (national and type_.partition("(")[0] not in _BYTES) or place.is_seed:
        return None
    column, table = str(finding.facts["column"]), table_of(finding)
    known = place.project.table(table)
    if known is not None and known.fewest:
        # Several tables of one name: which of their types it is cannot be told.
        return None
    other = "nvarchar" if national else "a number"
    message = (_REFUSED if refused else _SLOW).format(column=column, type=type_, table=table, other=other)
    advice = (
        f"write '…' without N, as {column} is {type_}"
        if national
        else f"put the number in quotes, as {column} is {type_}"
    )
    severity = "error" if refused else None
    return msgspec.structs.replace(finding, message=message, help=advice, severity=severity, safe=refused or national)


RULE = Rule(
    code="PERF016",
    name="implicit-conversion",
    severity="warning",
    sets=frozenset({"all"}),
    dialects=ROW_STORES,
    fix="safe",
    needs="project",
    queries=True,
    nodes={exp.EQ: _equality, exp.In: _list},
    judge=_judge,
)

"""Find INSERT that does not name its columns.

Why: the values go to the columns in the order of the table's definition; a column added or moved later makes the
statement fail, or put values where they do not belong.
Bad: INSERT INTO t VALUES (1, 2)
Good: INSERT INTO t (a, b) VALUES (1, 2)
Limits: one finding for each table of a file. Silent for temporary tables, tables made in the same file, seeds, tests,
INSERT … SELECT *, which copies a table as it is, INSERT OVERWRITE, BY NAME and PARTITION, and where the engine has no
column list (Hive).
Source: Karwin, "SQL Antipatterns", chapter "Implicit Columns"
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from perftool.lint import queries
from perftool.lint.api import Finding, Rule
from perftool.sql.actions import Name
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.place import Place
    from perftool.lint.statement import Statement

_NO_LIST: Final = frozenset({"hive", "spark2"})
_VERB: Final = re.compile(r"\b(?:insert|replace)\b", re.IGNORECASE)
_MOST_COLUMNS: Final = 12


def _insert(node: Node, at: Statement) -> Iterator[Finding]:
    table, args = node.this, node.args
    if (
        not isinstance(table, exp.Table)
        or at.dialect in _NO_LIST
        or isinstance(node.parent, (exp.When, exp.MultitableInserts))
    ):
        return
    if any(args.get(one) for one in ("overwrite", "by_name", "partition", "is_function", "default", "settings")):
        return
    if not isinstance(table.this, exp.Identifier) or table.this.args.get("temporary") or table.args.get("partition"):
        return
    width = _width(node.args.get("expression"))
    if width == 0:
        return
    name = queries.table_name(table)
    if name.name.startswith(("#", "@")):
        return
    yield at.found(
        node,
        f"puts values into {name} by position: it breaks when a column is added or moved",
        help=f"INSERT INTO {name} (column, …)",
        span=_place(table, at),
        facts={"table": name.name, "schema": name.schema, "width": width},
    )


def _place(table: Node, at: Statement) -> tuple[int, int]:
    """Return where INSERT INTO with the table's name stands, without cutting the values that follow into tokens."""
    parts = [part for one in ("catalog", "db", "this") if isinstance(part := table.args.get(one), Node)]
    starts = [start for part in parts if (start := part.meta_get("start")) is not None]
    end = table.this.meta_get("end")
    if not starts or end is None:
        return at.span(table)
    verbs = list(_VERB.finditer(at.text, 0, min(starts)))
    return (verbs[-1].start() if verbs else min(starts)), end + 1


def _width(source: Node | None) -> int:
    """Return how many values a row has; 0 where there is nothing to name."""
    while isinstance(source, exp.Subquery):
        source = source.this
    while isinstance(source, exp.SetOperation):
        source = source.this
        source = source.this if isinstance(source, exp.Subquery) else source
    if isinstance(source, exp.Values) and source.expressions:
        return len(source.expressions[0].expressions)
    if isinstance(source, exp.Select) and not any(one.is_star for one in source.expressions):
        return len(source.expressions)
    return 0


def _judge(finding: Finding, place: Place) -> Finding | None:
    name = Name(str(finding.facts["table"]), str(finding.facts["schema"]))
    if place.is_seed or place.file.down or place.is_new(name) or place.is_temporary(name) or str(name) in place.memory:
        return None
    place.memory[str(name)] = True
    table = place.project.table(name)
    columns = list(table.columns) if table is not None and table.complete else []
    if columns and len(columns) == finding.facts["width"] and len(columns) <= _MOST_COLUMNS:
        return msgspec.structs.replace(finding, help=f"INSERT INTO {name} ({', '.join(columns)})")
    return finding


RULE = Rule(
    code="COR008",
    name="insert-without-columns",
    severity="warning",
    sets=frozenset({"all"}),
    needs="project",
    queries=True,
    nodes={exp.Insert: _insert},
    judge=_judge,
)

"""Find UPDATE and DELETE that have no WHERE and so change every row.

Why: a forgotten WHERE changes or deletes the whole table at once, and no later statement brings the rows back.
Bad: DELETE FROM t
Good: DELETE FROM t WHERE id = 7
Limits: silent for temporary and staging tables (by their name), tables made in the same file, columns added or changed
in the same file (a backfill), statements that join another table or have a LIMIT, moves of rows (DELETE … RETURNING in
WITH), a DELETE from a table that the same file then fills again or gives a column that only an empty table can take,
tables of one row by their name (settings, version), in down migrations, seeds and tests. In migrations UPDATE is not
reported, since data follow the schema there, and DELETE is a warning.
WHERE TRUE or WHERE 1 = 1 says that all rows are meant.
Source: Karwin, "SQL Antipatterns"; MySQL manual, sql_safe_updates
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from perftool.lint import queries
from perftool.lint.api import Finding, Rule
from perftool.lint.names import same
from perftool.lint.new_columns import fails
from perftool.lint.paths import names_sqlite
from perftool.lint.small_tables import holds_settings_or_version
from perftool.sql.actions import Action, AddColumn, AlterColumn, Name, Write
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.place import Place
    from perftool.lint.statement import Statement

_PASSING: Final = re.compile(
    r"(?:^|[_.$])(?:tmp|temp|stg|stage|staging|scratch|work|wrk|bak|backup|cache|test|queue)\d*(?:$|[_.$])|^#",
    re.IGNORECASE,
)
_MEANT: Final = "if every row is meant, say so with WHERE TRUE"
_MEANT_PLAIN: Final = "if every row is meant, say so with WHERE 1 = 1"
_TRUNCATE: Final = ", or with TRUNCATE TABLE "
_NO_BOOLEANS: Final = frozenset({"tsql", "oracle", "fabric", "teradata"})
_NEW_COLUMNS: Final = "changed columns"


def _write(node: Node, at: Statement) -> Iterator[Finding]:
    args = node.args
    if args.get("where") is not None or args.get("limit") is not None or isinstance(node.parent, exp.When):
        return
    table = node.this
    if not isinstance(table, exp.Table) or not isinstance(table.this, exp.Identifier):
        return
    if args.get("using") or args.get("tables") or table.args.get("joins") or table.args.get("partition"):
        return
    if table.this.args.get("temporary") or (args.get("returning") is not None and node.parent is not None):
        return
    source = args.get("from_")
    if source is not None and _restricts(source):
        return
    name = queries.table_name(table)
    if _PASSING.search(name.name) or _PASSING.search(name.schema) or queries.common_table(table) is not None:
        return
    update = isinstance(node, exp.Update)
    if update and (holds_settings_or_version(name.name) or not node.expressions):
        return
    assigned = [one.this for one in node.expressions if isinstance(one, exp.EQ)] if update else []
    meant = _MEANT_PLAIN if at.dialect in _NO_BOOLEANS else _MEANT
    start = at.word_before(at.span(table)[0], "update", "delete")
    yield at.found(
        node,
        f"{'changes' if update else 'deletes'} every row of {name}: there is no WHERE",
        help=f"add WHERE; {meant}" + ("" if update or at.dialect == "sqlite" else f"{_TRUNCATE}{name}"),
        span=(start.start, at.span(table)[1]) if start is not None else at.span(table),
        facts={
            "table": name.name,
            "schema": name.schema,
            "update": update,
            "columns": tuple(queries.identifier(one.this) for one in assigned if isinstance(one, exp.Column)),
        },
    )


def _restricts(source: Node) -> bool:
    """Say whether FROM joins another table by a condition, which limits the rows as WHERE would."""
    table = source.this
    return isinstance(table, Node) and bool(table.args.get("joins"))


def _judge(finding: Finding, place: Place) -> Finding | None:
    facts = finding.facts
    table = Name(str(facts["table"]), str(facts["schema"]))
    if place.is_seed or place.file.down or place.is_new(table) or place.is_temporary(table):
        return None
    columns = facts["columns"]
    if facts["update"] and isinstance(columns, tuple):
        changed = place.memory.get(_NEW_COLUMNS)
        if isinstance(changed, set) and any((table.name, column) in changed for column in columns):
            return None
        if place.is_migration:
            # The data of all rows follow the schema: that is what these files are for.
            return None
    elif _is_refilled(table, place):
        return None
    if names_sqlite(place.path):
        finding = msgspec.structs.replace(finding, help=finding.help.partition(_TRUNCATE)[0])
    return msgspec.structs.replace(finding, severity="warning") if place.is_migration else finding


def _is_refilled(table: Name, place: Place) -> bool:
    """Say whether the file goes on with what a table is emptied for: new rows, or a column that must not be NULL."""
    for action in place.later():
        if isinstance(action, Write):
            if action.verb in ("insert", "copy", "replace") and same(action.table, table):
                return True
        elif isinstance(action, AddColumn) and fails(action.column) and same(action.table, table):
            return True
    return False


def _changed(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, (AddColumn, AlterColumn))
    changed = place.memory.setdefault(_NEW_COLUMNS, set())
    assert isinstance(changed, set)
    changed.add((action.table.name, action.column.name))
    yield from ()


RULE = Rule(
    code="COR007",
    name="dml-without-where",
    severity="error",
    sets=frozenset({"all"}),
    fix="none",
    needs="project",
    queries=True,
    nodes={exp.Update: _write, exp.Delete: _write},
    judge=_judge,
    actions={AddColumn: _changed, AlterColumn: _changed},
)

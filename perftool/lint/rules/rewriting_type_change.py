"""Find changes of a column's type that write the whole table anew.

Why: ALTER COLUMN … TYPE writes every row and every index anew under an ACCESS EXCLUSIVE lock, unless the stored values
are the same in both types: reads and writes wait until it is done.
Bad: ALTER TABLE orders ALTER COLUMN id TYPE bigint
Good: ALTER TABLE orders ADD COLUMN id_wide bigint
Limits: what the type was comes from the project's definitions. Where they do not tell, a change to text, varchar,
numeric or to a time with a precision is taken for one that only widens, and not reported. Longer varchar, varchar to
text, numeric with more digits before the point and the same after it, and timestamp to timestamptz in a session whose
time zone is UTC are free; USING with an expression never is. Silent for tables made in the same file, and where a file
takes a migration back: what the type is then cannot be told. MySQL: see mysql-table-copy.
Source: PostgreSQL manual, ALTER TABLE, Notes; release notes of PostgreSQL 9.2 and 12
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.lint.api import POSTGRES, Finding, Rule
from perftool.lint.locks import in_use
from perftool.lint.widening import postgres_change, postgres_type
from perftool.sql.actions import Action, AddColumn, AlterColumn
from perftool.sql.ddl.cursor import Cursor
from perftool.sql.tokens import scan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.place import Place
    from perftool.sql.actions import Name

_LONGEST: Final = 500
_UTC: Final = frozenset({"utc", "gmt", "etc/utc", "etc/gmt", "0", "zulu"})


def _added(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, AddColumn)
    place.memory[f"{action.table.name}.{action.column.name}"] = action.column.type
    return iter(())


def _changed(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, AlterColumn)
    if action.change != "set type" or not in_use(action.table, place):
        return
    table, column, new = action.table, action.column.name, action.column.type
    olds = _types_before(table, column, new, place)
    place.memory[f"{table.name}.{column}"] = new
    if place.file.down:
        # The files that lead here are run in another order than they are read in.
        return
    changes = {old: postgres_change(old, new) for old in olds}
    if not _is_plain(action.using, column, new):
        # Whatever the types are, an expression is computed for each row.
        changes = dict.fromkeys(changes, "rewrite")
    utc = place.file.options.get("timezone", "").strip("'\"").lower() in _UTC
    worst = next((old for old, change in changes.items() if change == "rewrite" or (change == "utc" and not utc)), None)
    if worst is None:
        return
    goes = f"goes from {worst} to {new}" if worst else f"becomes {new}"
    help_ = f"add a column of type {new}, fill it in batches, and let it take the place of {column}"
    if changes[worst] == "utc":
        help_ = "if the values are in UTC: SET timezone = 'UTC' before it, and no row is written (PostgreSQL 12)"
    yield Finding(
        start=action.start,
        end=action.end,
        message=f"writes all of {table} and its indexes anew under an ACCESS EXCLUSIVE lock: {column} {goes}",
        help=help_,
    )


def _types_before(table: Name, column: str, new: str, place: Place) -> list[str]:
    """Return what the type may have been, "" for not known: the project knows all that it was, in order."""
    remembered = place.memory.get(f"{table.name}.{column}")
    if isinstance(remembered, str) and remembered:
        return [remembered]
    return place.project.history.types_before(table, column, new)


def _is_plain(using: str, column: str, new: str) -> bool:
    """Say whether USING is not there, or is the column itself or a cast of it to the new type."""
    if len(using) > _LONGEST:
        return False
    if not using:
        return True
    cursor = Cursor(using, scan(using, "postgres"), "postgres")
    while cursor.word == "(":
        inside = cursor.brackets()
        if inside is None or not cursor.done:
            return False
        cursor = cursor.sub(inside)
    if cursor.take("cast", "("):
        name = cursor.identifier()
        cast = cursor.take("as")
        kind = cursor.plain(cursor.index, cursor.size - 1)
    else:
        name = cursor.identifier()
        cast = cursor.take("::")
        kind = cursor.plain(cursor.index, cursor.size)
    return name == column and (cast or not kind) and (not kind or postgres_type(kind) == postgres_type(new))


RULE = Rule(
    code="MIG007",
    name="rewriting-type-change",
    severity="warning",
    sets=frozenset({"migration"}),
    dialects=POSTGRES,
    fix="hint",
    needs="project",
    actions={AddColumn: _added, AlterColumn: _changed},
)

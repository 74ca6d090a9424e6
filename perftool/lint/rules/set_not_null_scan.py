"""Find SET NOT NULL that reads the whole table while nobody may use it.

Why: SET NOT NULL looks at every row for a NULL under an ACCESS EXCLUSIVE lock: reads and writes wait meanwhile. A
validated CHECK (column IS NOT NULL) proves the same, and PostgreSQL 12 and later then read nothing.
Bad: ALTER TABLE users ALTER COLUMN email SET NOT NULL
Good: ALTER TABLE users ADD CONSTRAINT users_email_there CHECK (email IS NOT NULL) NOT VALID;
    ALTER TABLE users VALIDATE CONSTRAINT users_email_there;
    ALTER TABLE users ALTER COLUMN email SET NOT NULL
Limits: silent for tables made in the same file, in down migrations, for columns that were NOT NULL all the time, and
where a CHECK on the column was validated before: in this file, or in another one of the project. A VALIDATE of a
constraint that no file defines gets the benefit of the doubt. Silent too where the table gets a required column
without a value, in this statement or before it in the file: that succeeds only where there is no row to be read. One
finding for each ALTER TABLE, which reads the rows once for all of its columns.
Source: PostgreSQL manual, ALTER TABLE, SET NOT NULL
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.lint.api import POSTGRES, Finding, Rule
from perftool.lint.locks import held_up, written
from perftool.lint.names import same
from perftool.lint.new_columns import fails
from perftool.sql.actions import Action, AddColumn, AddConstraint, AlterColumn
from perftool.sql.ddl.cursor import Cursor
from perftool.sql.tokens import scan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.place import Place
    from perftool.sql.actions import Name

_BETWEEN_TESTS: Final = frozenset({"and", "or"})
_LONGEST: Final = 2000


def _not_null(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, AlterColumn)
    if action.change != "set not null" or not _may_hold_rows(action.table, place):
        return
    column, table = action.column.name, action.table
    if _is_proved(table, column, place) or not _is_first(table, place):
        return
    check = written(f"{table.name}_{column}_not_null")
    yield _finding(
        action,
        table,
        column,
        f"ALTER TABLE {written(table)} ADD CONSTRAINT {check} CHECK ({written(column)} IS NOT NULL) NOT VALID, then "
        f"VALIDATE CONSTRAINT {check} in a later transaction, then SET NOT NULL, which reads nothing (PostgreSQL 12)",
    )


def _constraint(action: Action, place: Place) -> Iterator[Finding]:
    """PostgreSQL 18 has NOT NULL as a constraint with a name."""
    assert isinstance(action, AddConstraint)
    constraint = action.constraint
    if constraint.kind != "not null" or constraint.not_valid or not _may_hold_rows(action.table, place):
        return
    column = constraint.columns[0] if constraint.columns else ""
    if not _is_proved(action.table, column, place) and _is_first(action.table, place):
        yield _finding(action, action.table, column, "add NOT VALID, and VALIDATE CONSTRAINT in a later transaction")


def _may_hold_rows(table: Name, place: Place) -> bool:
    """Say whether there may be rows to read by the time that this is done: a required column would have failed."""
    return held_up(table, place) and not any(
        isinstance(one, AddColumn) and one.table == table and fails(one.column) for one in place.actions
    )


def _is_first(table: Name, place: Place) -> bool:
    """Say whether nothing was told of the table in this statement: it is read once for all columns of one ALTER."""
    told = (place.statement, table)
    if place.memory.get("told") == told:
        return False
    place.memory["told"] = told
    return True


def _finding(action: Action, table: Name, column: str, help_: str) -> Finding:
    return Finding(
        start=action.start,
        end=action.end,
        message=f"reads all of {table} for NULLs in {column} under an ACCESS EXCLUSIVE lock: reads and writes wait",
        help=help_,
    )


def _is_proved(table: Name, column: str, place: Place) -> bool:
    if place.project.history.always_required(table, column):
        # There is nothing to be set.
        return True
    state = place.file
    here = [key for key, check in state.checks.items() if same(key[0], table) and proves_not_null(check, column)]
    if here:
        return any(key in state.validated for key in here)
    if any(same(key[0], table) and key not in state.checks for key in state.validated):
        return True
    return any(proves_not_null(check, column) for check in place.project.history.checks(table))


def proves_not_null(check: str, column: str) -> bool:
    """Say whether a CHECK of this text holds only for rows where ``column`` is not NULL: one of its ANDs says so."""
    if len(check) > _LONGEST:
        return False
    return _says(Cursor(check, scan(check, "postgres"), "postgres"), column)


def _says(test: Cursor, column: str) -> bool:
    while test.word == "(":
        inside = test.brackets()
        if inside is None or not test.done:
            test.index = 0
            break
        test = test.sub(inside)
    first = 0
    found = False
    while True:
        joint = test.skip_to(_BETWEEN_TESTS)
        if joint == "or":
            return False
        part = test.sub((first, test.index))
        if part.size == test.size:
            name = part.name()
            return name is not None and name.name == column and part.take("is", "not", "null") and part.done
        found = found or (part.size > 0 and _says(part, column))
        if not joint:
            return found
        test.index += 1
        first = test.index


RULE = Rule(
    code="MIG004",
    name="set-not-null-scan",
    severity="warning",
    sets=frozenset({"migration"}),
    dialects=POSTGRES,
    fix="hint",
    needs="project",
    actions={AlterColumn: _not_null, AddConstraint: _constraint},
)

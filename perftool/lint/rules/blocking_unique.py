"""Find keys and unique constraints whose index is built while nobody may read or write.

Why: ADD UNIQUE, ADD PRIMARY KEY and EXCLUDE build an index under an ACCESS EXCLUSIVE lock: everything waits for it.
Bad: ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email)
Good: CREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email);
    ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key
Limits: silent for tables made in the same file, for partitioned ones, which take no ready index, and in down
migrations. An exclusion constraint has no other way: do it in a quiet hour.
Source: PostgreSQL manual, ALTER TABLE, ADD table_constraint_using_index
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.lint.api import POSTGRES, Finding, Rule
from perftool.lint.locks import held_up, rewrites, written
from perftool.lint.new_columns import fails
from perftool.sql.actions import Action, AddColumn, AddConstraint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.place import Place
    from perftool.sql.actions import Name


def _applies(table: Name, place: Place) -> bool:
    known = place.project.table(table)
    return held_up(table, place) and not (known is not None and known.partition_by)


def _message(table: Name) -> str:
    return f"builds an index under an ACCESS EXCLUSIVE lock: reads and writes of {table} wait until it is done"


def _constraint(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, AddConstraint)
    constraint, table = action.constraint, action.table
    if constraint.kind not in ("unique", "primary key", "exclude") or constraint.index or not _applies(table, place):
        return
    if constraint.kind == "exclude":
        help_ = "no way around it: set lock_timeout, and add it while the table is small or idle"
    else:
        index = written(constraint.name or f"{table.name}_{'pkey' if constraint.kind == 'primary key' else 'key'}")
        columns = ", ".join(map(written, constraint.columns)) or "…"
        help_ = (
            f"CREATE UNIQUE INDEX CONCURRENTLY {index} ON {written(table)} ({columns}), then "
            f"ALTER TABLE {written(table)} ADD CONSTRAINT {index} {constraint.kind.upper()} USING INDEX {index}"
        )
    yield Finding(start=action.start, end=action.end, message=_message(table), help=help_)


def _column(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, AddColumn)
    column, table = action.column, action.table
    # Where every row is written anew, that is what takes the time; and what fails builds nothing.
    if not (column.unique or column.primary_key) or rewrites(column) or fails(column) or not _applies(table, place):
        return
    yield Finding(
        start=action.start,
        end=action.end,
        message=_message(table),
        help=f"add {column.name} alone, then CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT … USING INDEX",
    )


RULE = Rule(
    code="MIG003",
    name="blocking-unique",
    severity="warning",
    sets=frozenset({"migration"}),
    dialects=POSTGRES,
    fix="hint",
    needs="project",
    actions={AddConstraint: _constraint, AddColumn: _column},
)

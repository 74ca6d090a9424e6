"""Find keys and unique constraints whose index is built while nobody may read or write.

Why: ADD UNIQUE, ADD PRIMARY KEY and EXCLUDE build an index under an ACCESS EXCLUSIVE lock: everything waits for it.
Bad: ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email)
Good: CREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email);
    ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key
Limits: silent for tables made in the same file, for partitioned ones, which take no ready index, for short ones by
their name (settings, allowlist), and in down migrations. An exclusion constraint has no other way: do it in a quiet
hour.
Source: PostgreSQL manual, ALTER TABLE, ADD table_constraint_using_index
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.lint.api import POSTGRES, Finding, Rule
from perftool.lint.locks import held_up, rewrites, written
from perftool.lint.names import same
from perftool.lint.new_columns import fails
from perftool.sql.actions import Action, AddColumn, AddConstraint, DropColumn, DropConstraint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.place import Place
    from perftool.sql.actions import Constraint, Name


_GONE: Final = "keys that are dropped"


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
        name = constraint.name or _usual_name(table, constraint)
        dropped = _old_key(table, place) if constraint.kind == "primary key" else ""
        if dropped and name == f"{table.name}_pkey":
            # The index is built while the old key still has that name.
            name = f"{table.name}_new_pkey"
        index = written(name)
        columns = ", ".join(map(written, constraint.columns)) or "…"
        add = f"ADD CONSTRAINT {index} {constraint.kind.upper()} USING INDEX {index}"
        help_ = (
            f"CREATE UNIQUE INDEX CONCURRENTLY {index} ON {written(table)} ({columns}), then "
            f"ALTER TABLE {written(table)} {dropped}{add}"
        )
        if dropped:
            help_ += ": the old key goes first"
    yield Finding(start=action.start, end=action.end, message=_message(table), help=help_)


def _usual_name(table: Name, constraint: Constraint) -> str:
    """Return the name that PostgreSQL gives a constraint that was given none."""
    if constraint.kind == "primary key":
        return f"{table.name}_pkey"
    return "_".join((table.name, *constraint.columns, "key"))


def _old_key(table: Name, place: Place) -> str:
    """Return the clause that drops the key which the table has before the new one comes; "" where the file has none.

    A table with a key takes no other: so the file drops it, in this statement or before.
    """
    gone = place.memory.get(_GONE)
    clauses = list(gone) if isinstance(gone, list) else []
    clauses += [(one.table, _dropped(one)) for one in place.actions if isinstance(one, (DropConstraint, DropColumn))]
    return next((f"{clause}, " for owner, clause in clauses if clause and same(owner, table)), "")


def _dropped(action: DropConstraint | DropColumn) -> str:
    """Return the clause that drops a primary key, by its name or its column's; "" if it drops something else."""
    usual = f"{action.table.name}_pkey"
    if isinstance(action, DropColumn):
        return f"DROP COLUMN {written(action.column)}" if action.column == "id" else ""
    if action.kind == "primary key" or action.name == usual:
        return f"DROP CONSTRAINT {written(action.name or usual)}"
    return ""


def _gone(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, (DropConstraint, DropColumn))
    clause = _dropped(action)
    if clause:
        known = place.memory.setdefault(_GONE, [])
        assert isinstance(known, list)
        known.append((action.table, clause))
    yield from ()


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
    actions={AddConstraint: _constraint, AddColumn: _column, DropConstraint: _gone, DropColumn: _gone},
)

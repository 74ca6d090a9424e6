"""Find transactions that go on working while they keep a table locked.

Why: a lock is kept until COMMIT. After an ALTER TABLE nobody reads or writes the table until every later statement of
the transaction is done, so a backfill or the check of a constraint there is an outage as long as it takes. With a
second table locked like that, a query that takes the two in the other order ends in a deadlock.
Bad: BEGIN;
    ALTER TABLE users ADD COLUMN age int;
    UPDATE users SET age = 1;
    COMMIT
Good: ALTER TABLE users ADD COLUMN age int;
    UPDATE users SET age = 1 WHERE id BETWEEN 1 AND 1000
Limits: knows of BEGIN in the file, and of runners that wrap files in a transaction where the configuration says so. In
each transaction the first backfill and the first further table are reported. An UPDATE or DELETE with a WHERE counts
where it changes the locked table. Silent for tables made in the same file, for tables that are dropped, and where a
file takes a migration back. A column that is given a type made in the same file is no further table: all columns of
an enum have to change at once. MySQL commits before and after each definition, so no lock outlives its statement there.
Source: PostgreSQL manual, "Explicit Locking", Table-Level Locks and Deadlocks
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.lint.api import POSTGRES, Finding, Rule
from perftool.lint.locks import ACCESS_EXCLUSIVE, in_use, taken
from perftool.lint.names import same
from perftool.sql.actions import (
    Action,
    AddColumn,
    AddConstraint,
    AlterColumn,
    AlterTable,
    CreateOther,
    DropColumn,
    DropConstraint,
    Name,
    Rename,
    Transaction,
    Truncate,
    ValidateConstraint,
    Write,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.place import Place

_TYPES: Final = "types"


def _transaction(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, Transaction)
    # Whatever the step, the locks taken before it are gone.
    types = place.memory.get(_TYPES)
    place.memory.clear()
    if types is not None:
        place.memory[_TYPES] = types
    return iter(())


def _made(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, CreateOther)
    if action.kind == "type" and action.name is not None:
        types = place.memory.setdefault(_TYPES, set())
        assert isinstance(types, set)
        types.add(action.name.name.lower())
    return iter(())


def _is_swap(action: Action, place: Place) -> bool:
    """Say whether a column gets a type that this file made, or an array of it."""
    types = place.memory.get(_TYPES)
    if not isinstance(types, set) or not isinstance(action, AlterColumn) or action.change != "set type":
        return False
    kind = action.column.type.lower().removesuffix(" array").partition("[")[0]
    return kind.rpartition(".")[2].strip(' "') in types


def _lock(action: Action, place: Place) -> Iterator[Finding]:
    if not place.file.in_transaction or place.file.down:
        return
    for table, mode in taken(action):
        if mode != ACCESS_EXCLUSIVE or not in_use(table, place):
            continue
        held = place.memory.setdefault("held", (table, place.statement))
        assert isinstance(held, tuple)
        first: Name = held[0]
        if same(first, table) or place.memory.get("second") or _is_swap(action, place):
            continue
        place.memory["second"] = True
        yield Finding(
            start=action.start,
            end=action.end,
            message=f"locks {table} while {first} stays locked until COMMIT: queries on both can end in a deadlock",
            help=f"change {table} in a transaction of its own",
            severity="info",
        )


def _work(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, (Write, ValidateConstraint))
    held = place.memory.get("held")
    if not isinstance(held, tuple) or held[1] == place.statement or place.memory.get("worked"):
        return
    locked: Name = held[0]
    table = action.table
    if isinstance(action, ValidateConstraint):
        doing = f"every row of {table} is checked"
    elif _is_backfill(action, locked) and in_use(table, place):
        doing = f"rows of {table} are written"
    else:
        return
    place.memory["worked"] = True
    yield Finding(
        start=action.start,
        end=action.end,
        message=f"keeps {locked} locked (ACCESS EXCLUSIVE) while {doing}: its reads and writes wait until COMMIT",
        help=f"COMMIT the change of {locked} first, then do this in batches or in a transaction of its own",
    )


def _is_backfill(action: Write, locked: Name) -> bool:
    """Say whether it may touch many rows: all of a table, some of the locked one, or what a query gives."""
    if action.verb in ("update", "delete"):
        return not action.where or same(action.table, locked)
    return action.verb in ("merge", "copy") or not action.rows


RULE = Rule(
    code="MIG013",
    name="long-lock-window",
    severity="warning",
    sets=frozenset({"migration"}),
    dialects=POSTGRES,
    fix="hint",
    needs="project",
    actions={
        Transaction: _transaction,
        CreateOther: _made,
        Write: _work,
        ValidateConstraint: _work,
        **dict.fromkeys(
            (AddColumn, AddConstraint, AlterColumn, AlterTable, DropColumn, DropConstraint, Rename, Truncate), _lock
        ),
    },
)

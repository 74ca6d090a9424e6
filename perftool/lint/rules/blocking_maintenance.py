"""Find maintenance that keeps everybody out of a table until it is done.

Why: VACUUM FULL, CLUSTER, LOCK TABLE, DETACH PARTITION, DROP INDEX and REFRESH MATERIALIZED VIEW take an ACCESS
EXCLUSIVE lock, under which nobody reads; REINDEX stops all writes, and the reads that would use the index.
Bad: REFRESH MATERIALIZED VIEW sales_by_day
Good: REFRESH MATERIALIZED VIEW CONCURRENTLY sales_by_day
Limits: silent for what the same file made, for lock modes that let writes pass, and for DROP INDEX where a file takes a
migration back, or locks the index's table like that anyway (ALTER TABLE). In a transaction, which keeps its locks, the
indexes of one table are told once; elsewhere three and more of them, without a fix. CONCURRENTLY is no help in a
transaction (but for REFRESH), for the index of a partitioned table, or with CASCADE; a view needs a unique index for
it, and the fix is offered only where the project defines one.
Source: PostgreSQL manual, "Explicit Locking"; REINDEX, "Rebuilding Indexes Concurrently"; REFRESH MATERIALIZED VIEW
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from perftool.lint.api import POSTGRES, Edit, Finding, Rule
from perftool.lint.locks import ACCESS_EXCLUSIVE, in_use, taken
from perftool.lint.names import same
from perftool.sql.actions import (
    Action,
    AddColumn,
    AddConstraint,
    AlterColumn,
    AlterTable,
    CreateIndex,
    CreateOther,
    CreateTable,
    Drop,
    DropColumn,
    DropConstraint,
    Maintain,
    Name,
    Rename,
    Transaction,
    Truncate,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.place import Place

_REINDEXED: Final = frozenset({"index", "table", "schema", "database"})
_OUTSIDE: Final = ", outside a transaction"
#: So many indexes of one table, dropped one by one, are one plan and told as one.
_MANY: Final = 3


def _own(place: Place) -> set[str]:
    """The names of what this file made, apart from tables."""
    known = place.memory.setdefault("made", set())
    assert isinstance(known, set)
    return known


def _made(action: Action, place: Place) -> Iterator[Finding]:
    if isinstance(action, CreateIndex):
        _own(place).add(action.index.name)
    elif isinstance(action, CreateTable):
        _own(place).update(index.name for index in action.indexes)
    elif isinstance(action, CreateOther) and action.name is not None:
        _own(place).add(action.name.name)
    return iter(())


def _drop(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, Drop)
    if not _holds_up(action) or place.file.down or place.is_seed:
        yield from _locks(action, place)
        return
    owners = {name: place.project.owner(name) for name in action.names if name.name not in _own(place)}
    told = _told(place)
    names = [
        name for name, table in owners.items() if table not in told and (table is None or not _is_locked(table, place))
    ]
    if not names:
        return
    others = _others(action, {owners[name] for name in names}, place)
    more = f" and {others} more index{'es' if others > 1 else ''}" if others else ""
    alone = len(action.names) == 1 and not action.cascade
    # An edit cannot reach into the statements that this finding speaks for, and half of them would be no fix.
    exact = alone and not others and not place.file.in_transaction
    yield Finding(
        start=action.start,
        end=action.end,
        message=(
            f"takes an ACCESS EXCLUSIVE lock on the table of {_listed(names)}{more}: it waits for every query there, "
            "and all that come later wait behind it"
        ),
        help=f"DROP INDEX CONCURRENTLY{'' if alone and not others else ', each index alone'}{_OUTSIDE}",
        edits=(Edit(action.keyword_end, action.keyword_end, " CONCURRENTLY"),) if exact else (),
    )


def _holds_up(action: Drop) -> bool:
    return action.kind == "index" and not action.concurrently and action.table is None


def _locks(action: Action, place: Place) -> Iterator[Finding]:
    """Note which tables the file locks against everybody by other means."""
    if not place.file.down:
        _note_locks(action, place)
    return iter(())


def _note_locks(action: Action, place: Place) -> None:
    # By the name, as files may lock many tables, and then with the schemas that it was given with.
    locked = place.memory.setdefault("locked", {})
    assert isinstance(locked, dict)
    for table, mode in taken(action):
        if mode == ACCESS_EXCLUSIVE:
            locked.setdefault(table.name, set()).add(table.schema)


def _is_locked(table: Name, place: Place) -> bool:
    """Say whether the file keeps everybody out of ``table`` anyway, before this statement or behind it."""
    if "looked ahead" not in place.memory:
        place.memory["looked ahead"] = True
        for one in place.later():
            _note_locks(one, place)
    locked = place.memory.get("locked")
    schemas = locked.get(table.name, ()) if isinstance(locked, dict) else ()
    return any(same(table, Name(table.name, schema)) for schema in schemas)


def _told(place: Place) -> set[Name]:
    """The tables of which the dropped indexes were told together: of this transaction, or outside one."""
    told = place.memory.setdefault("told", set())
    assert isinstance(told, set)
    return told


def _others(action: Drop, tables: set[Name | None], place: Place) -> int:
    """Count the indexes of ``tables`` that are dropped behind ``action`` and told with it.

    A transaction keeps its locks: all are. Outside one each is a lock and a fix of its own, and only many are one.
    """
    dropped = place.memory.get("dropped")
    if not isinstance(dropped, Counter):
        # Counted once for the transaction, or what lies outside one, from its first DROP INDEX on.
        made = set(_own(place))
        dropped = place.memory["dropped"] = Counter(_owners(action, made, place))
        for one in place.later():
            if isinstance(one, Transaction):
                break
            if isinstance(one, CreateIndex):
                made.add(one.index.name)
            elif isinstance(one, Drop) and _holds_up(one):
                dropped.update(_owners(one, made, place))
    here = Counter(_owners(action, _own(place), place))
    least = 1 if place.file.in_transaction else _MANY
    known = {table for table in tables if table is not None and dropped[table] >= least}
    _told(place).update(known)
    return sum(max(dropped[table] - here[table], 0) for table in known)


def _owners(action: Drop, made: set[str], place: Place) -> Iterator[Name]:
    dropped = (name for name in action.names if name.name not in made)
    return (table for name in dropped if (table := place.project.owner(name)) is not None)


def _transaction(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, Transaction)
    place.memory.pop("told", None)
    place.memory.pop("dropped", None)
    return iter(())


def _detach(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, AlterTable)
    yield from _locks(action, place)
    if action.clause == "detach partition" and not action.concurrently and in_use(action.table, place):
        yield Finding(
            start=action.start,
            end=action.end,
            message=f"takes an ACCESS EXCLUSIVE lock on {action.table}: reads and writes of all its partitions wait",
            help=f"add CONCURRENTLY behind it{_OUTSIDE} (PostgreSQL 14)",
        )


def _maintain(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, Maintain)
    yield from _locks(action, place)
    names = [name for name in action.names if in_use(name, place) and name.name not in _own(place)]
    if action.concurrently or place.is_seed or (action.names and not names):
        return
    what = _listed(names) or "the whole database"
    if action.work == "refresh":
        yield _refresh(action, what, place)
    elif action.work == "reindex" and action.kind in _REINDEXED:
        exact = not place.file.in_transaction and len(action.names) <= 1
        yield Finding(
            start=action.start,
            end=action.end,
            message=f"stops all writes while {what} is indexed anew, and the reads that would use the index",
            help=f"REINDEX {action.kind.upper()} CONCURRENTLY{_OUTSIDE} (PostgreSQL 12)",
            edits=(Edit(action.keyword_end, action.keyword_end, " CONCURRENTLY"),) if exact else (),
        )
    elif action.work == "cluster" or (action.work == "vacuum" and action.full):
        yield Finding(
            start=action.start,
            end=action.end,
            message=f"writes all of {what} anew under an ACCESS EXCLUSIVE lock: reads and writes wait",
            help="plain VACUUM keeps nobody out; pg_repack gives the space back without the long lock",
        )
    elif action.work == "lock":
        mode = next((mode for _, mode in taken(action)), "")
        if mode:
            whom = "reads and writes" if mode == "ACCESS EXCLUSIVE" else "writes"
            yield Finding(
                start=action.start,
                end=action.end,
                message=f"keeps all {whom} of {what} out until the transaction ends ({mode})",
                help="take the weakest mode that does, or lock rows with SELECT … FOR UPDATE",
            )


def _refresh(action: Maintain, what: str, place: Place) -> Finding:
    known = place.project.table(action.names[0]) if action.names else None
    unique = known is not None and any(
        index.unique and not index.where and index.columns and all(column.name for column in index.columns)
        for index in known.indexes
    )
    needs = "" if unique else ", which needs a unique index on the view"
    return Finding(
        start=action.start,
        end=action.end,
        message=f"takes an ACCESS EXCLUSIVE lock on {what}: nobody reads it until its query is done",
        help=f"REFRESH MATERIALIZED VIEW CONCURRENTLY{needs}",
        edits=(Edit(action.keyword_end, action.keyword_end, " CONCURRENTLY"),) if unique else (),
    )


def _listed(names: list[Name]) -> str:
    return ", ".join(str(name) for name in names)


RULE = Rule(
    code="MIG012",
    name="blocking-maintenance",
    severity="warning",
    sets=frozenset({"migration"}),
    dialects=POSTGRES,
    fix="safe",
    needs="project",
    actions={
        Drop: _drop,
        AlterTable: _detach,
        Maintain: _maintain,
        CreateIndex: _made,
        CreateTable: _made,
        CreateOther: _made,
        Transaction: _transaction,
        **dict.fromkeys((AddColumn, AddConstraint, AlterColumn, DropColumn, DropConstraint, Rename, Truncate), _locks),
    },
)

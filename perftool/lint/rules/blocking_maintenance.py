"""Find maintenance that keeps everybody out of a table until it is done.

Why: VACUUM FULL, CLUSTER, LOCK TABLE, DETACH PARTITION, DROP INDEX and REFRESH MATERIALIZED VIEW take an ACCESS
EXCLUSIVE lock, under which nobody reads; REINDEX stops all writes, and the reads that would use the index.
Bad: REFRESH MATERIALIZED VIEW sales_by_day
Good: REFRESH MATERIALIZED VIEW CONCURRENTLY sales_by_day
Limits: silent for what the same file made, for lock modes that let writes pass, and for DROP INDEX where a file takes a
migration back. CONCURRENTLY is no help in a transaction (but for REFRESH), for the index of a partitioned table, or
with CASCADE; a view needs a unique index for it, and the fix is offered only where the project defines one.
Source: PostgreSQL manual, "Explicit Locking"; REINDEX, "Rebuilding Indexes Concurrently"; REFRESH MATERIALIZED VIEW
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.lint.api import POSTGRES, Edit, Finding, Rule
from perftool.lint.locks import in_use, taken
from perftool.sql.actions import (
    Action,
    AlterTable,
    CreateIndex,
    CreateOther,
    CreateTable,
    Drop,
    Maintain,
    Name,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.place import Place

_REINDEXED: Final = frozenset({"index", "table", "schema", "database"})
_OUTSIDE: Final = ", outside a transaction"


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
    if action.kind != "index" or action.concurrently or action.table is not None or place.file.down:
        return
    names = [name for name in action.names if name.name not in _own(place)]
    if not names:
        return
    alone = len(action.names) == 1 and not action.cascade
    exact = alone and not place.file.in_transaction
    yield Finding(
        start=action.start,
        end=action.end,
        message=(
            f"takes an ACCESS EXCLUSIVE lock on the table of {_listed(names)}: it waits for every query there, and all "
            "that come later wait behind it"
        ),
        help=f"DROP INDEX CONCURRENTLY{'' if alone else ', each index alone'}{_OUTSIDE}",
        edits=(Edit(action.keyword_end, action.keyword_end, " CONCURRENTLY"),) if exact else (),
    )


def _detach(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, AlterTable)
    if action.clause == "detach partition" and not action.concurrently and in_use(action.table, place):
        yield Finding(
            start=action.start,
            end=action.end,
            message=f"takes an ACCESS EXCLUSIVE lock on {action.table}: reads and writes of all its partitions wait",
            help=f"add CONCURRENTLY behind it{_OUTSIDE} (PostgreSQL 14)",
        )


def _maintain(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, Maintain)
    names = [name for name in action.names if in_use(name, place) and name.name not in _own(place)]
    if action.concurrently or (action.names and not names):
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
    },
)

"""Find indexes that are built while every write to their table waits.

Why: CREATE INDEX holds a SHARE lock until the index is built: readers go on, every INSERT, UPDATE and DELETE waits.
Bad: CREATE INDEX i ON t (a)
Good: CREATE INDEX CONCURRENTLY i ON t (a)
Limits: silent for a table made in the same file, which nobody uses yet, for a short one by its name (settings,
allowlist), and in down migrations. An index on a partitioned table cannot be built concurrently, so there is advice and
no fix; ON ONLY, with which the way around it begins, builds nothing.
Source: PostgreSQL manual, CREATE INDEX, "Building Indexes Concurrently"
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.lint.api import POSTGRES, Edit, Finding, Rule
from perftool.lint.locks import held_up
from perftool.sql.actions import Action, CreateIndex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.place import Place


def _index(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, CreateIndex)
    if action.concurrently or action.only or not held_up(action.table, place):
        return
    known = place.project.table(action.table)
    partitioned = known is not None and bool(known.partition_by)
    # In a transaction the edit would make a statement that fails.
    fails = partitioned or place.file.in_transaction
    help_ = "CREATE INDEX CONCURRENTLY, outside a transaction"
    if partitioned:
        help_ = "CREATE INDEX … ON ONLY, then CONCURRENTLY on each partition, then ALTER INDEX … ATTACH PARTITION"
    yield Finding(
        start=action.start,
        end=action.end,
        message=f"blocks every write to {action.table} until the index is built",
        help=help_,
        edits=() if fails else (Edit(action.keyword_end, action.keyword_end, " CONCURRENTLY"),),
    )


RULE = Rule(
    code="MIG001",
    name="blocking-index-build",
    severity="warning",
    sets=frozenset({"migration"}),
    dialects=POSTGRES,
    fix="safe",
    needs="project",
    actions={CreateIndex: _index},
)

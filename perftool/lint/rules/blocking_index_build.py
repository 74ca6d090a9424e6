"""Find indexes that are built while every write to their table waits.

Why: CREATE INDEX holds a SHARE lock until the index is built: readers go on, every INSERT, UPDATE and DELETE waits.
Bad: CREATE INDEX i ON t (a)
Good: CREATE INDEX CONCURRENTLY i ON t (a)
Limits: silent for a table made in the same file, which nobody uses yet. An index on a partitioned table cannot be
built concurrently: build it on each partition, then attach it.
Source: PostgreSQL manual, CREATE INDEX, "Building Indexes Concurrently"
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.lint.api import POSTGRES, Edit, Finding, Rule
from perftool.sql.actions import Action, CreateIndex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.place import Place


def _index(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, CreateIndex)
    if action.concurrently or place.is_new(action.table) or place.is_temporary(action.table):
        return
    yield Finding(
        start=action.start,
        end=action.end,
        message=f"blocks every write to {action.table} until the index is built",
        help="CREATE INDEX CONCURRENTLY, outside a transaction",
        # In a transaction the edit would make a statement that fails.
        edits=() if place.file.in_transaction else (Edit(action.keyword_end, action.keyword_end, " CONCURRENTLY"),),
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

"""Find CONCURRENTLY where a transaction is open, which fails.

Why: CREATE INDEX, DROP INDEX, REINDEX and DETACH PARTITION run several transactions of their own with CONCURRENTLY, and
refuse to start within another: the migration stops there.
Bad: BEGIN;
    CREATE INDEX CONCURRENTLY users_email ON users (email);
    COMMIT
Good: CREATE INDEX CONCURRENTLY users_email ON users (email)
Limits: knows of BEGIN in the file, and of runners that wrap files in a transaction where the configuration says so.
REFRESH MATERIALIZED VIEW CONCURRENTLY may stand in a transaction.
Source: PostgreSQL manual, CREATE INDEX, DROP INDEX, REINDEX, ALTER TABLE DETACH PARTITION
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.lint.api import POSTGRES, Finding, Rule
from perftool.sql.actions import Action, AlterTable, CreateIndex, Drop, Maintain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.lint.place import Place


def _concurrently(action: Action, place: Place) -> Iterator[Finding]:
    assert isinstance(action, (CreateIndex, Drop, Maintain, AlterTable))
    if not action.concurrently or not place.file.in_transaction:
        return
    if isinstance(action, Maintain) and action.work != "reindex":
        return
    began = place.file.transaction_began
    opened = "the transaction that BEGIN opened" if began else "the transaction that the runner wraps each file in"
    help_ = "COMMIT before it" if began else "a file of its own, which the runner is told not to wrap"
    yield Finding(
        start=action.start,
        end=action.end,
        message=f"fails: CONCURRENTLY cannot run in {opened}",
        help=help_,
    )


RULE = Rule(
    code="MIG011",
    name="concurrently-in-transaction",
    severity="error",
    sets=frozenset({"migration"}),
    dialects=POSTGRES,
    fix="none",
    actions={CreateIndex: _concurrently, Drop: _concurrently, Maintain: _concurrently, AlterTable: _concurrently},
)

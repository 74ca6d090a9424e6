"""Count what a statement costs in SQLite: steps of its virtual machine, which are the same every time."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING, Final

from perftool.databases.address import MEMORY
from perftool.databases.api import Plan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from perftool.databases.api import Connection

#: source: sqlite.org, "The SQLITE_STMT Virtual Table".
EXACT: Final = ("vm-steps/op", "fullscan-steps/op", "sorts/op", "autoindexes/op")
#: Where SQLite was built without that table, whole hundreds of steps are counted, under another name.
COARSE: Final = ("progress-steps/op",)
STRIDE: Final = 100


def units() -> tuple[str, ...]:
    """Return the units that this build of SQLite can count."""
    with contextlib.closing(sqlite3.connect(MEMORY)) as raw:
        known = raw.execute("SELECT 1 FROM pragma_module_list WHERE name = 'sqlite_stmt'").fetchone()
    return EXACT if known else COARSE


def steps(connection: Connection, sql: str) -> dict[str, float]:
    """Execute a statement whose text was never prepared before, and ask SQLite what it cost."""
    _executed(connection, sql)
    found = connection.execute("SELECT nstep, nscan, nsort, naidx FROM sqlite_stmt WHERE sql = ?", (sql,)).rows
    return dict(zip(EXACT, map(float, found[0]), strict=True)) if found else {}


def strides(connection: Connection, sql: str) -> dict[str, float]:
    """Execute a statement whose text was never prepared before, and count how often SQLite reports progress.

    The caller sets its own progress handler again.
    """
    count = 0

    def stride() -> int:
        nonlocal count
        count += 1
        return 0

    connection.raw.set_progress_handler(stride, STRIDE)
    _executed(connection, sql)
    return {COARSE[0]: float(count * STRIDE)}


def _executed(connection: Connection, sql: str) -> None:
    """Run a statement to its end, without keeping its rows."""
    with connection.stream(sql) as stream:
        for _ in stream:
            pass


def plan(connection: Connection, sql: str, counters: Mapping[str, float]) -> Plan:
    """Return the query plan as indented lines, with ``counters`` below it if it was executed."""
    rows = connection.execute(f"EXPLAIN QUERY PLAN {sql}").rows
    depth: dict[int, int] = {0: -1}
    lines = []
    for number, parent, _, detail in rows:
        depth[number] = depth.get(parent, -1) + 1
        lines.append("  " * depth[number] + detail)
    lines += [f"{unit}: {count:g}" for unit, count in counters.items()]
    tree = [{"id": row[0], "parent": row[1], "detail": row[3]} for row in rows]
    return Plan("\n".join(lines), tree, bool(counters))

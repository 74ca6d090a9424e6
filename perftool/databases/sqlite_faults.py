"""What the errors of SQLite mean, by their codes."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Final

from perftool.databases.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from perftool.databases.faults import Kind

#: source: sqlite.org, "Result and Error Codes"; primary codes by their low byte.
_KINDS: Final[Mapping[int, Kind]] = {
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_PROTOCOL: "busy",
    sqlite3.SQLITE_INTERRUPT: "cancelled",
    sqlite3.SQLITE_READONLY: "read-only",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_CANTOPEN: "refused",
    sqlite3.SQLITE_NOTADB: "refused",
}
TRANSIENT: Final[Mapping[str, str]] = {
    "SQLITE_BUSY": "another connection holds the lock",
    "SQLITE_BUSY_RECOVERY": "another connection recovers the write-ahead log",
    "SQLITE_BUSY_SNAPSHOT": "another connection wrote since this transaction read",
    "SQLITE_BUSY_TIMEOUT": "another connection held the lock for too long",
    "SQLITE_LOCKED_SHAREDCACHE": "a connection that shares the cache holds the lock",
    "SQLITE_PROTOCOL": "connections raced for the write-ahead log",
}


def fault(error: BaseException) -> Fault | None:
    """Say what an exception of ``sqlite3``, or of SQLAlchemy around it, means, by its code."""
    error = getattr(error, "orig", None) or error
    if isinstance(error, OverflowError):
        return Fault("statement", "", "an integer has more than 64 bits")
    if not isinstance(error, sqlite3.Error | sqlite3.Warning):
        return None
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        # The library's own: a closed connection, wrong parameters, two statements in one.
        closed = isinstance(error, sqlite3.ProgrammingError) and "closed" in str(error)
        return Fault("lost" if closed else "statement", "", str(error))
    name = str(getattr(error, "sqlite_errorname", code))
    kind: Kind = "conflict" if name == "SQLITE_BUSY_SNAPSHOT" else _KINDS.get(code & 0xFF, "statement")
    return Fault(kind, name, str(error), name in TRANSIENT)

"""One statement on a connection: the operations of the suite ``db``, run in measuring processes.

A connection is opened after the fork, by ``connect``, and is nobody else's. A factory without one only imports: the
process that forks calls it so, and must not connect.
"""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any, Final

from perftool.bench.databases.backends import session, warm

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from perftool.databases.api import Connection

#: How a statement is read: what an operation is.
READINGS: Final = ("all", "first-row", "cold")


class _UndoneError(Exception):
    """Ends a transaction that is to be rolled back."""


def connect(url: str, settings: Mapping[str, str], *, write: bool) -> dict[str, Any]:
    """Open the connection that operations take."""
    return {"connection": session(url, settings, write=write)}


def disconnect(connection: Connection) -> None:
    """Close it."""
    connection.close()


def read(
    url: str,
    settings: Mapping[str, str],
    sql: str,
    reading: str,
    *,
    write: bool,
    connection: Connection | None = None,
) -> Callable[[], object]:
    """Return the operation: all rows, the first row, or all rows of a session of its own ("cold").

    With ``write`` what the statement does is rolled back, in the operation.
    """
    if connection is None:
        warm(url)
        return _nothing
    open_connection = connection
    if reading == "cold":
        return lambda: _cold(url, settings, sql, write=write)
    if write:
        return lambda: undone(open_connection, sql)
    if reading == "first-row":
        return FirstRow(open_connection, sql)
    return lambda: open_connection.execute(sql)


class FirstRow:
    """Runs a statement until its first row is here, and gives up the others.

    Giving up may take longer than the row, a server being told by a second connection: it is not what was asked.
    """

    returns_seconds = True

    def __init__(self, connection: Connection, sql: str) -> None:
        self._connection = connection
        self._sql = sql

    def __call__(self) -> float:
        """Return the seconds until the row."""
        began = time.perf_counter()
        with self._connection.stream(self._sql) as stream:
            next(iter(stream), None)
            return time.perf_counter() - began


def undone(connection: Connection, sql: str) -> None:
    """Run a statement in a transaction that is rolled back."""
    with contextlib.suppress(_UndoneError), connection.transaction():
        connection.execute(sql)
        raise _UndoneError


def _cold(url: str, settings: Mapping[str, str], sql: str, *, write: bool) -> None:
    connection = session(url, settings, write=write)
    try:
        if write:
            undone(connection, sql)
        else:
            connection.execute(sql)
    finally:
        connection.close()


def _nothing() -> None:
    """Stand for an operation in the process that forks."""


def counters(connection: Connection, sql: str) -> Mapping[str, float]:
    """Return what the database counts while it executes the statement."""
    return connection.counters(sql)

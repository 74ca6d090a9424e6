"""Notes what is run through one DB-API connection that the program already has, of whatever module."""

from __future__ import annotations

from .calls import Calls

TYPE_CHECKING = False  # typing would cost the target 10 ms
if TYPE_CHECKING:
    from typing import Any

    from .ledger import Ledger


class RecordingConnection:
    """Stands before a connection and is used in its place; what it does not know goes to the connection itself."""

    def __init__(self, connection: Any, ledger: Ledger) -> None:
        object.__setattr__(self, "_connection", connection)
        system = type(connection).__module__.split(".")[0].lstrip("_")
        object.__setattr__(
            self,
            "_calls",
            Calls(ledger, _SYSTEMS.get(system, system), inside, connection_of=lambda one: one.connection),
        )

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._connection, name, value)

    def __enter__(self) -> RecordingConnection:
        self._connection.__enter__()
        return self

    def __exit__(self, *error: Any) -> Any:
        self._calls.ledger.end(id(self._connection))
        return self._connection.__exit__(*error)

    def cursor(self, *arguments: Any, **named: Any) -> RecordingCursor:
        """Return a cursor whose statements are noted."""
        return RecordingCursor(self._connection.cursor(*arguments, **named), self._connection, self._calls)

    def execute(self, *arguments: Any, **named: Any) -> RecordingCursor:
        """Execute with a new cursor, where the connection can."""
        return self.cursor().execute(*arguments, **named)

    def executemany(self, *arguments: Any, **named: Any) -> RecordingCursor:
        """Execute for many parameters with a new cursor."""
        return self.cursor().executemany(*arguments, **named)

    def commit(self) -> None:
        """End the transaction."""
        self._calls.ledger.end(id(self._connection), real=inside(self._connection) is not False)
        self._connection.commit()

    def rollback(self) -> None:
        """Give the transaction up."""
        self._calls.ledger.end(id(self._connection), real=inside(self._connection) is not False)
        self._connection.rollback()

    def close(self) -> None:
        """Close the connection."""
        self._calls.ledger.end(id(self._connection), real=inside(self._connection) is not False)
        self._connection.close()


class RecordingCursor:
    """Stands before a cursor."""

    def __init__(self, cursor: Any, connection: Any, calls: Calls) -> None:
        kind = type(cursor)
        self._perftool_run: Any | None = None
        self.connection = connection
        self._cursor, self._calls = cursor, calls
        self._execute = calls.execute(lambda one, *given, **named: one._cursor.execute(*given, **named))
        self._many = calls.execute(lambda one, *given, **named: one._cursor.executemany(*given, **named), many=True)
        self._one = calls.fetch(lambda one, *given: one._cursor.fetchone(*given), one=True)
        self._some = calls.fetch(lambda one, *given, **named: one._cursor.fetchmany(*given, **named))
        self._all = calls.fetch(lambda one, *given: one._cursor.fetchall(*given))
        self._rows = calls.iterate(lambda one: kind.__iter__(one._cursor))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def __iter__(self) -> Any:
        return self._rows(self)

    def __next__(self) -> Any:
        return next(self._cursor)

    def __enter__(self) -> RecordingCursor:
        return self

    def __exit__(self, *error: Any) -> None:
        self._cursor.close()

    def execute(self, *arguments: Any, **named: Any) -> RecordingCursor:
        """Execute one statement."""
        self._execute(self, *arguments, **named)
        return self

    def executemany(self, *arguments: Any, **named: Any) -> RecordingCursor:
        """Execute one statement for many parameters."""
        self._many(self, *arguments, **named)
        return self

    def fetchone(self, *arguments: Any) -> Any:
        """Return the next row."""
        return self._one(self, *arguments)

    def fetchmany(self, *arguments: Any, **named: Any) -> Any:
        """Return the next rows."""
        return self._some(self, *arguments, **named)

    def fetchall(self, *arguments: Any) -> Any:
        """Return all rows that are left."""
        return self._all(self, *arguments)


_SYSTEMS = {
    "sqlite3": "sqlite",
    "psycopg2": "postgresql",
    "psycopg": "postgresql",
    "pymysql": "mysql",
    "MySQLdb": "mysql",
}


def inside(connection: Any) -> bool | None:
    """Say whether a connection of any module is in a transaction, None where it does not say."""
    known = getattr(connection, "in_transaction", None)
    if isinstance(known, bool):
        return known
    client = getattr(connection, "pgconn", None)
    if client is not None:
        return bool(client.transaction_status)
    asked = getattr(connection, "get_autocommit", None)
    if asked is not None:
        return not asked()
    return False if getattr(connection, "autocommit", None) is True else None

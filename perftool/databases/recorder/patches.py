"""Enters DB-API modules whose classes are Python's own: their methods note what they do."""

from __future__ import annotations

import functools
import importlib

from .calls import Calls

TYPE_CHECKING = False  # typing would cost the target 10 ms
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .ledger import Ledger


class Patches:
    """Methods that were replaced, to be put back."""

    def __init__(self) -> None:
        self._before: list[tuple[Any, str, Any, Any]] = []

    def put(self, owner: Any, name: str, make: Callable[[Any], Any]) -> None:
        """Replace a method that ``owner`` itself defines."""
        original = vars(owner).get(name)
        if original is None or hasattr(original, "_perftool"):
            return
        made = make(original)
        made._perftool = True
        setattr(owner, name, made)
        self._before.append((owner, name, original, made))

    def leave(self) -> None:
        """Put everything back."""
        for owner, name, original, made in reversed(self._before):
            if vars(owner).get(name) is made:
                setattr(owner, name, original)
        self._before = []


def _by_fetchone(cursor: Any) -> Any:
    """Return the rows of a cursor that iterates by its own ``fetchone``, which would count each once more."""
    fetchone = type(cursor).fetchone
    return iter(functools.partial(getattr(fetchone, "__wrapped__", fetchone), cursor), None)


def _cursor(
    patches: Patches, calls: Calls, owner: type, *, awaited: bool = False, rows: Callable[[Any], Any] | None = None
) -> None:
    execute = calls.awaited_execute if awaited else calls.execute
    fetch = calls.awaited_fetch if awaited else calls.fetch
    patches.put(owner, "execute", execute)
    patches.put(owner, "executemany", lambda original: execute(original, many=True))
    patches.put(owner, "fetchone", lambda original: fetch(original, one=True))
    patches.put(owner, "fetchmany", fetch)
    patches.put(owner, "fetchall", fetch)
    if not awaited:
        patches.put(owner, "__iter__", lambda original: calls.iterate(rows or original))


def _connection(patches: Patches, calls: Calls, owner: type) -> None:
    patches.put(owner, "commit", calls.ending)
    patches.put(owner, "rollback", calls.ending)
    patches.put(owner, "close", lambda original: calls.ending(original, closes=True))


def psycopg(ledger: Ledger, module: Any) -> Callable[[], None]:
    """Enter psycopg 3 and return what leaves it again."""

    def text(cursor: Any, given: Any) -> str:
        if isinstance(given, bytes):
            return given.decode("utf-8", "replace")
        return given if isinstance(given, str) else str(given.as_string(cursor)) if hasattr(given, "as_string") else ""

    # 0 is idle; asking is a look into the client library's memory.
    calls = Calls(ledger, "postgresql", lambda connection: bool(connection.pgconn.transaction_status), text_of=text)
    patches = Patches()
    for name in ("Cursor", "ServerCursor", "ClientCursor", "RawCursor", "RawServerCursor"):
        for kind in ("", "Async"):
            owner = getattr(module, kind + name, None)
            if owner is not None:
                _cursor(patches, calls, owner, awaited=bool(kind))
    _connection(patches, calls, module.Connection)
    for name in ("commit", "rollback", "close"):
        patches.put(module.AsyncConnection, name, calls.ending)
    return patches.leave


def pymysql(ledger: Ledger, module: Any) -> Callable[[], None]:
    """Enter PyMySQL and return what leaves it again."""
    calls = Calls(ledger, "mysql", lambda connection: connection is not None and not connection.get_autocommit())
    patches = Patches()
    for owner in vars(module.cursors).values():
        if isinstance(owner, type):
            _cursor(patches, calls, owner, rows=_by_fetchone)
    _connection(patches, calls, module.connections.Connection)
    return patches.leave


def mysqldb(ledger: Ledger, module: Any) -> Callable[[], None]:
    """Enter mysqlclient and return what leaves it again."""
    connections, cursors = (importlib.import_module(f"{module.__name__}.{name}") for name in ("connections", "cursors"))
    calls = Calls(ledger, "mysql", lambda connection: connection is not None and not connection.get_autocommit())
    patches = Patches()
    for owner in vars(cursors).values():
        if isinstance(owner, type):
            _cursor(patches, calls, owner, rows=_by_fetchone)
    patches.put(connections.Connection, "close", lambda original: calls.ending(original, closes=True))
    return patches.leave


def duckdb(ledger: Ledger, module: Any) -> Callable[[], None]:
    """Enter DuckDB, whose connections are cursors, and return what leaves it again."""
    calls = Calls(ledger, "duckdb", lambda _connection: None, connection_of=lambda cursor: cursor)
    patches = Patches()
    owner = module.DuckDBPyConnection
    _cursor(patches, calls, owner)
    for name in ("fetchdf", "df", "fetchnumpy", "fetch_arrow_table", "arrow", "pl"):
        patches.put(owner, name, calls.fetch)
    for name in ("commit", "rollback"):
        patches.put(owner, name, calls.ending)
    patches.put(owner, "begin", lambda original: _beginning(ledger, original))
    return patches.leave


def _beginning(ledger: Ledger, original: Callable[..., Any]) -> Callable[..., Any]:
    def begin(connection: Any) -> Any:
        ledger.begin(id(connection))
        return original(connection)

    return begin

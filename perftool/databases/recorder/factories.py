"""Enters DB-API modules written in C: their connections and cursors are made of classes that note what they do."""

from __future__ import annotations

import functools
import weakref

from .calls import Calls

TYPE_CHECKING = False  # typing would cost the target 10 ms
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .ledger import Ledger


def sqlite(ledger: Ledger, module: Any) -> Callable[[], None]:
    """Enter sqlite3 and return what leaves it again; ``module`` is ``sqlite3``."""
    calls = Calls(ledger, "sqlite", lambda connection: bool(connection.in_transaction))
    classes = Classes(calls, module.Connection, module.Cursor, at=5, factory="factory", cursor_factory="factory")
    owners = [module, module.dbapi2]
    original = module.connect
    connect = classes.connecting(original)
    for owner in owners:
        owner.connect = connect

    def leave() -> None:
        for owner in owners:
            if owner.connect is connect:
                owner.connect = original

    return leave


def psycopg2(ledger: Ledger, module: Any) -> Callable[[], None]:
    """Enter psycopg2 and return what leaves it again."""
    extensions = module.extensions
    calls = Calls(ledger, "postgresql", lambda connection: bool(connection.get_transaction_status()))
    classes = Classes(
        calls,
        extensions.connection,
        extensions.cursor,
        at=1,
        factory="connection_factory",
        cursor_factory="cursor_factory",
    )
    original = module.connect
    module.connect = classes.connecting(original)

    def leave() -> None:
        module.connect = original

    return leave


class Classes:
    """Makes a class that notes for each class of connections or cursors that a program uses.

    ``at`` is the place of ``factory`` among the arguments of connect, ``cursor_factory`` its name for cursors.
    """

    def __init__(
        self, calls: Calls, connection: Any, cursor: Any, *, at: int, factory: str, cursor_factory: str
    ) -> None:
        self._calls = calls
        self._connection, self._cursor = connection, cursor
        self._at, self._factory, self._cursor_factory = at, factory, cursor_factory
        self._made: dict[type, type] = {}

    def connecting(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Return ``connect`` that gives such connections."""

        @functools.wraps(original)
        def connect(*arguments: Any, **named: Any) -> Any:
            given = list(arguments)
            if len(given) > self._at:
                given[self._at] = self._of(given[self._at], self._connection, self._connections)
            else:
                wanted = named.get(self._factory) or self._connection
                named[self._factory] = self._of(wanted, self._connection, self._connections)
            made = original(*given, **named)
            if isinstance(made, self._connection):
                self._opened(made)
            return made

        return connect

    def _opened(self, connection: Any) -> None:
        self._calls.opened(connection)
        number, ledger = id(connection), self._calls.ledger
        try:
            connection._perftool_gone = weakref.ref(connection)
            weakref.finalize(connection, ledger.holding.drop, number).atexit = False
        except (AttributeError, TypeError):
            return

    def _of(self, wanted: Any, base: type, make: Callable[[type], type]) -> Any:
        if not isinstance(wanted, type) or not issubclass(wanted, base) or hasattr(wanted, "_perftool_quiet"):
            return wanted
        made = self._made.get(wanted)
        if made is None:
            made = self._made[wanted] = make(wanted)
            for name in ("__name__", "__qualname__", "__module__", "__doc__"):
                setattr(made, name, getattr(wanted, name))
        return made

    def _connections(self, base: Any) -> type:
        calls, factory = self._calls, self._cursor_factory
        default, own = self._cursor, self._connection

        def cursor(connection: Any, *arguments: Any, **named: Any) -> Any:
            if base.cursor is not own.cursor:
                # A method of the program's own, which may take other arguments: it is left alone.
                return base.cursor(connection, *arguments, **named)
            if arguments and factory == "factory":
                return base.cursor(connection, self._of(arguments[0], default, self._cursors), *arguments[1:], **named)
            wanted: Any | None = named.pop(factory, None) or getattr(connection, "cursor_factory", None) or default
            return base.cursor(connection, *arguments, **{**named, factory: self._of(wanted, default, self._cursors)})

        def leave(connection: Any, *arguments: Any) -> Any:
            calls.ledger.end(id(connection))
            return base.__exit__(connection, *arguments)

        members = {
            "_perftool_quiet": False,
            "cursor": cursor,
            "commit": calls.ending(base.commit),
            "rollback": calls.ending(base.rollback),
            "close": calls.ending(base.close, closes=True),
            "__exit__": leave,
        }
        for name in ("execute", "executemany", "executescript"):
            if getattr(base, name, None) is getattr(own, name, base):
                members[name] = self._short(name)
        return type(base.__name__, (base,), members)

    def _short(self, name: str) -> Callable[..., Any]:
        """Return a method that makes a cursor and has it execute, as sqlite3 does without asking ``cursor``."""
        own, cursor = self._connection, self._of(self._cursor, self._cursor, self._cursors)

        @functools.wraps(getattr(own, name))
        def execute(connection: Any, *arguments: Any) -> Any:
            return getattr(own.cursor(connection, cursor), name)(*arguments)

        return execute

    def _cursors(self, base: Any) -> type:
        calls = self._calls
        members: dict[str, Any] = {
            "_perftool_quiet": False,
            "_perftool_run": None,
            "execute": calls.execute(base.execute),
            "executemany": calls.execute(base.executemany, many=True),
            "fetchone": calls.fetch(base.fetchone, one=True),
            "fetchmany": calls.fetch(base.fetchmany),
            "fetchall": calls.fetch(base.fetchall),
            "__iter__": calls.iterate(base.__iter__),
        }
        if hasattr(base, "executescript"):
            members["executescript"] = calls.execute(base.executescript, many=True)
        return type(base.__name__, (base,), members)

"""Listens to SQLAlchemy, 1.4 and later: to every engine of the process, or to one."""

from __future__ import annotations

import sys
from time import perf_counter_ns

TYPE_CHECKING = False  # typing would cost the target 10 ms
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .ledger import Ledger

_FETCHES = ("fetchone", "fetchmany", "fetchall")


class Listener:
    """Notes in ``ledger`` what engines of SQLAlchemy do."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._heard: list[tuple[Any, str, Callable[..., Any]]] = []
        self._patched: list[tuple[type, str, Any]] = []

    def start(self, engine: Any = None) -> None:
        """Listen to ``engine``, or to all."""
        import sqlalchemy
        from sqlalchemy import event
        from sqlalchemy.engine import Engine, cursor
        from sqlalchemy.pool import Pool

        self._ledger.libraries["SQLAlchemy"] = sqlalchemy.__version__
        self._ledger.sites.library(sqlalchemy.__path__[0])
        whom, pool = (Engine, Pool) if engine is None else (engine, engine.pool)
        for target, name, call in (
            (whom, "before_cursor_execute", self._before),
            (whom, "after_cursor_execute", self._after),
            (whom, "handle_error", self._failed),
            (whom, "begin", self._begins),
            (whom, "commit", self._ends),
            (whom, "rollback", self._ends),
            (pool, "connect", self._connected),
            (pool, "checkout", self._out),
            (pool, "checkin", self._back),
            (pool, "detach", self._detached),
        ):
            event.listen(target, name, call)
            self._heard.append((target, name, call))
        for one in vars(cursor).values():
            if isinstance(one, type) and issubclass(one, cursor.CursorFetchStrategy):
                for name in _FETCHES:
                    if name in vars(one):
                        self._patch(one, name)

    def stop(self) -> None:
        """Listen no more."""
        from sqlalchemy import event

        for target, name, call in self._heard:
            event.remove(target, name, call)
        for owner, name, call in reversed(self._patched):
            # Who was patched in between by another recording keeps that one's.
            if vars(owner).get(name) is call:
                setattr(owner, name, call.__wrapped__)
        self._heard, self._patched = [], []

    def _patch(self, owner: type, name: str) -> None:
        original = vars(owner)[name]
        ledger, one = self._ledger, name == "fetchone"

        def fetch(self: Any, result: Any, *arguments: Any, **named: Any) -> Any:
            run = result.context.__dict__.get("_perftool_run") if result.context is not None else None
            if run is None or run[0] is not ledger:
                return original(self, result, *arguments, **named)
            began = perf_counter_ns()
            rows = original(self, result, *arguments, **named)
            read = (() if rows is None else (rows,)) if one else rows
            ledger.fetched(run[1], began, read if isinstance(read, (list, tuple)) else list(read))
            return rows

        fetch.__name__ = name
        fetch.__wrapped__ = original  # type: ignore[attr-defined]
        setattr(owner, name, fetch)
        self._patched.append((owner, name, fetch))

    def _before(
        self, connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
    ) -> None:
        if context is not None:
            context._perftool_began = perf_counter_ns()

    def _after(
        self, connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
    ) -> None:
        began = getattr(context, "_perftool_began", None)
        if began is None:
            return
        reads = cursor.description is not None
        context._perftool_run = (
            self._ledger,
            self._ledger.ran(
                statement,
                parameters,
                connection.dialect.name,
                _raw(connection),
                began,
                many=executemany,
                rows=0 if reads else max(0, cursor.rowcount),
                inside=_inside(connection),
                frame=sys._getframe(1),
            ),
        )

    def _failed(self, failure: Any) -> None:
        context = failure.execution_context
        began = getattr(context, "_perftool_began", None)
        if began is None or hasattr(context, "_perftool_run") or failure.connection is None:
            return
        self._ledger.ran(
            failure.statement or "",
            None,
            failure.connection.dialect.name,
            _raw(failure.connection),
            began,
            failed=True,
            frame=sys._getframe(1),
        )

    def _begins(self, connection: Any) -> None:
        self._ledger.begin(_raw(connection), transaction=not _autocommit(connection))

    def _ends(self, connection: Any) -> None:
        self._ledger.end(_raw(connection), real=_inside(connection) is not False)

    def _connected(self, raw: Any, record: Any) -> None:
        """Keep who listens to the driver below from telling the same again, from another thread."""
        driver = getattr(raw, "driver_connection", None) or getattr(raw, "_connection", None)
        below: Any = getattr(driver, "_conn", None)
        if hasattr(below, "_perftool_quiet"):
            below._perftool_quiet = True

    def _out(self, raw: Any, record: Any, proxy: Any) -> None:
        frame = sys._getframe(1)
        site, _ = self._ledger.sites.of(frame)
        self._ledger.holding.take(id(record), site, self._ledger.sites.stack(frame), "pool")

    def _back(self, raw: Any, record: Any) -> None:
        if raw is not None:
            self._ledger.end(id(raw), real=False)
        holding = self._ledger.holding
        (holding.drop if _collected(sys._getframe(1)) else holding.give)(id(record))

    def _detached(self, raw: Any, record: Any) -> None:
        self._ledger.holding.give(id(record))


def _raw(connection: Any) -> int:
    fairy = getattr(connection, "_dbapi_connection", None)
    return id(getattr(fairy, "dbapi_connection", None) or fairy)


def _inside(connection: Any) -> bool | None:
    """Say whether the database is in a transaction, where its driver knows without asking it."""
    fairy = getattr(connection, "_dbapi_connection", None)
    raw = getattr(fairy, "dbapi_connection", None)
    known = getattr(raw, "in_transaction", None)
    if known is None:
        known = getattr(getattr(raw, "driver_connection", None), "in_transaction", None)
    if known is None and getattr(raw, "autocommit", None) is True:
        return False
    return known if isinstance(known, bool) else None


def _autocommit(connection: Any) -> bool:
    """Say whether each statement is a transaction of its own, whatever SQLAlchemy calls one."""
    fairy = getattr(connection, "_dbapi_connection", None)
    raw = getattr(fairy, "dbapi_connection", None)
    if getattr(raw, "autocommit", None) is True:
        return True
    return bool(connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT")


def _collected(frame: Any) -> bool:
    """Say whether it is the garbage collector that gives a connection back."""
    for _ in range(8):
        if frame is None:
            return False
        if frame.f_code.co_name == "_finalize_fairy":
            found = frame.f_locals
            return bool(found.get("is_gc_cleanup", found.get("ref") is not None))
        frame = frame.f_back
    return False

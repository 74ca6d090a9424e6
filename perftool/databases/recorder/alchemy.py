"""Listens to SQLAlchemy, 1.4 and later: to every engine of the process, or to one."""

from __future__ import annotations

import functools
import sys
from time import perf_counter_ns

TYPE_CHECKING = False  # typing would cost the target 10 ms
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .ledger import Ledger

_RUNS = "_perftool_runs"
_FETCHES = ("fetchone", "fetchmany", "fetchall")


class Fetching:
    """The methods by which SQLAlchemy reads rows, as long as somebody listens."""

    def __init__(self) -> None:
        self._users = 0
        self._patched: list[tuple[type, str, Any]] = []

    def enter(self, module: Any) -> None:
        """Note rows that are read; ``module`` is ``sqlalchemy.engine.cursor``."""
        self._users += 1
        if self._users > 1:
            return
        for one in vars(module).values():
            if isinstance(one, type) and issubclass(one, module.CursorFetchStrategy):
                self._patched += [(one, name, vars(one)[name]) for name in _FETCHES if name in vars(one)]
        for owner, name, original in self._patched:
            setattr(owner, name, _noting(original, one=name == "fetchone"))

    def leave(self) -> None:
        """Note no more once nobody listens."""
        self._users -= 1
        if not self._users:
            for owner, name, original in self._patched:
                setattr(owner, name, original)
            self._patched = []


def _noting(original: Callable[..., Any], *, one: bool) -> Callable[..., Any]:
    @functools.wraps(original)
    def fetch(self: Any, result: Any, *arguments: Any, **named: Any) -> Any:
        runs = getattr(result.context, _RUNS, None)
        if not runs:
            return original(self, result, *arguments, **named)
        began = perf_counter_ns()
        rows = original(self, result, *arguments, **named)
        read = (() if rows is None else (rows,)) if one else rows
        for ledger, run, _ in runs.values():
            ledger.fetched(run, began, read if isinstance(read, (list, tuple)) else list(read))
        return rows

    return fetch


_fetching = Fetching()


class Listener:
    """Notes in ``ledger`` what engines of SQLAlchemy do."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._heard: list[tuple[Any, str, Callable[..., Any]]] = []

    def start(self, engine: Any = None) -> None:
        """Listen to ``engine``, or to all."""
        import sqlalchemy
        from sqlalchemy import event
        from sqlalchemy.engine import Engine, cursor
        from sqlalchemy.pool import Pool

        self._ledger.libraries["SQLAlchemy"] = sqlalchemy.__version__
        self._ledger.sites.add_library(sqlalchemy.__path__[0])
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
        _fetching.enter(cursor)

    def stop(self) -> None:
        """Listen no more."""
        from sqlalchemy import event

        for target, name, call in self._heard:
            event.remove(target, name, call)
        if self._heard:
            _fetching.leave()
        self._heard = []

    def _before(
        self, connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
    ) -> None:
        if context is not None:
            # By ledger: an engine may be recorded twice at a time.
            runs = context.__dict__.setdefault(_RUNS, {})
            runs[id(self._ledger)] = (self._ledger, None, perf_counter_ns())

    def _after(
        self, connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
    ) -> None:
        began = self._began(context)
        if not began:
            return
        reads = cursor.description is not None
        run = self._ledger.ran(
            statement,
            parameters,
            connection.dialect.name,
            _raw(connection),
            began,
            many=executemany,
            rows=0 if reads else max(0, cursor.rowcount),
            inside=_inside(connection),
            frame=sys._getframe(1),
        )
        context.__dict__[_RUNS][id(self._ledger)] = (self._ledger, run, 0)

    def _failed(self, failure: Any) -> None:
        began = self._began(failure.execution_context)
        if not began or failure.connection is None:
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

    def _began(self, context: Any) -> int:
        """Return when a statement was begun that has not been noted yet, else 0."""
        runs = getattr(context, _RUNS, None) or {}
        return int(runs.get(id(self._ledger), (None, None, 0))[2])

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
        self._ledger.holding.take(id(record), self._ledger.sites.stack(sys._getframe(1)), "pool")

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

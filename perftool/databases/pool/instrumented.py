"""The same figures for the pool of any SQLAlchemy engine: by its events, and by its ``connect``, which is timed."""

from __future__ import annotations

import threading
import time
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import event, exc

from perftool.databases.pool import alarms, registry, stacks
from perftool.databases.pool.digest import digest
from perftool.databases.pool.meter import Meter
from perftool.databases.pool.slot import Loan, late
from perftool.model.database import PoolSettings

if TYPE_CHECKING:
    from types import TracebackType

    from perftool.model.database import PoolFigures

_LOAN: Final = "perftool.seen"


def instrument(engine: Any, *, name: str = "", leak_s: float = 0.0) -> Instrumented:
    """Watch the pool of an engine (asynchronous ones too) from now on; ``stop`` ends it, as does the ``with`` block.

    ``name`` is how figures call it, by default the system and the name of the database. From ``leak_s`` seconds on a
    connection that is out counts as leaked, and the stack that took it is told.
    """
    return Instrumented(getattr(engine, "sync_engine", engine), name, leak_s)


class Instrumented:
    """What is known of the pool of an engine."""

    def __init__(self, engine: Any, name: str, leak_s: float) -> None:
        self._engine = engine
        self.name = self.family = name or _called(engine)
        self._leak_s = leak_s
        self._lock = threading.Lock()
        self._now = time.monotonic
        self._meter = Meter(self._now)
        self._out: dict[int, Loan] = {}
        self._waiting = 0
        self._pool: Any = None
        self._listeners = (
            ("connect", self._connected),
            ("close", self._closed),
            ("invalidate", self._invalidated),
            # A listener for "checkout" would cost more than all of this: SQLAlchemy takes a longer way with one.
            ("checkin", self._given),
        )
        self.settings = PoolSettings()
        for what, listener in self._listeners:
            event.listen(engine, what, listener)
        event.listen(engine, "engine_disposed", self._disposed)
        self._time()
        registry.add(self)

    def _time(self) -> None:
        """Stand before the ``connect`` of the pool that the engine has now."""
        self._pool = self._engine.pool
        self.settings = _settings(self._pool, self._leak_s)
        plain = self._pool.connect

        def connect() -> Any:
            began = self._now()
            queues = self._queues()
            try:
                proxy = plain()
            except exc.TimeoutError:
                with self._lock:
                    self._meter.timeouts += 1
                raise
            finally:
                if queues:
                    with self._lock:
                        self._waiting -= 1
                        self._meter.served(self._waiting)
            self._taken(proxy, began)
            return proxy

        self._pool.connect = connect

    def _queues(self) -> bool:
        """Say whether all connections are out, so that this checkout will wait."""
        most = self.settings.maximum + self.settings.overflow
        if not most or len(self._out) < most:
            return False
        with self._lock:
            self._waiting += 1
            self._meter.queued(self._waiting)
            return True

    def _connected(self, _connection: Any, _record: Any) -> None:
        with self._lock:
            self._meter.created += 1

    def _closed(self, _connection: Any, _record: Any) -> None:
        with self._lock:
            self._meter.closed_for["closed"] += 1

    def _invalidated(self, _connection: Any, _record: Any, _error: Any) -> None:
        with self._lock:
            self._meter.invalidated += 1

    def _taken(self, proxy: Any, began: float) -> None:
        taken = self._now()
        who = threading.get_ident()
        loan = Loan(taken, who, stacks.capture() if self._leak_s else ())
        proxy.record_info[_LOAN] = loan
        with self._lock:
            self._out[id(loan)] = loan
            self._meter.took(taken - began, who, len(self._out))

    def _given(self, _connection: Any, record: Any) -> None:
        loan = record.record_info.pop(_LOAN, None)
        if loan is None:  # taken before anybody watched
            return
        given = self._now()
        with self._lock:
            if self._out.pop(id(loan), None) is not None:
                self._meter.hold.add(given - loan.taken)

    def _disposed(self, _engine: Any) -> None:
        self._time()

    def figures(self) -> PoolFigures:
        """Say what the pool did since it is watched, how it stands, and what is alarming about it."""
        idle = getattr(self._pool, "checkedin", lambda: 0)()
        with self._lock:
            leaks = late(self._out.values(), self._now(), self._leak_s) if self._leak_s else ()
            found = self._meter.figures(
                self.name, digest(self.settings), self.settings, in_use=len(self._out), idle=idle, leaks=leaks
            )
        return alarms.raised(found, pools=registry.count(self.name))

    def after_fork(self) -> None:
        """Count anew in a child process."""
        self._lock = threading.Lock()
        self._meter = Meter(self._now)
        self._out = {}
        self._waiting = 0

    def stop(self) -> None:
        """Watch no more; may be called twice."""
        if self._pool is None:
            return
        for what, listener in self._listeners:
            event.remove(self._engine, what, listener)
        event.remove(self._engine, "engine_disposed", self._disposed)
        del self._pool.connect
        self._pool = None
        registry.remove(self)

    def __enter__(self) -> Instrumented:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _called(engine: Any) -> str:
    database = PurePath(engine.url.database or "").name
    return f"{engine.url.get_backend_name()}:{database}" if database else str(engine.url.get_backend_name())


def _settings(pool: Any, leak_s: float) -> PoolSettings:
    """Return what is known of the settings of a pool; 0 where it has no such limit."""
    size = getattr(pool, "size", None)
    return PoolSettings(
        maximum=size() if size is not None else 0,
        overflow=max(getattr(pool, "_max_overflow", 0), 0),
        timeout_s=float(getattr(pool, "_timeout", 0.0)),
        recycle_s=float(max(getattr(pool, "_recycle", -1), 0)),
        pre_ping=bool(getattr(pool, "_pre_ping", False)),
        fair=False,
        leak_s=leak_s,
    )

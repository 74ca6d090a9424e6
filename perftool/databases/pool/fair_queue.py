"""Fair pools for SQLAlchemy: ``create_engine(url, poolclass=FairQueuePool)``, and the same for asynchronous engines."""

from __future__ import annotations

import asyncio
import itertools
import threading
import weakref
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace
from sqlalchemy import event, exc
from sqlalchemy.pool import Pool

from perftool.databases.pool.digest import digest
from perftool.databases.pool.lending import Lender
from perftool.databases.pool.slot import PoolTimeoutError
from perftool.databases.pool.tickets import TaskTicket
from perftool.model.database import PoolFigures, PoolSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.pool import ConnectionPoolEntry

    from perftool.databases.pool.meter import Meter

    _Meters = weakref.WeakKeyDictionary[Any, Meter]
    _Lenders = weakref.WeakKeyDictionary[Any, Lender[ConnectionPoolEntry]]

_LOAN: Final = "perftool.loan"
_KNOWN: Final = "perftool.known"
_CLOSING: Final = "perftool.closing"
_INVALID: Final = "perftool.invalid"


class FairQueuePool(Pool):
    """A pool that serves threads in the order in which they asked, and says what it did (``figures``).

    It takes what ``QueuePool`` takes. ``pool_settings`` says everything at once, and more: idle clean-up, health
    checks, maximum uses, leaks, alarms. Its figures go on when the engine is disposed of.
    """

    def __init__(
        self,
        creator: Callable[..., Any],
        pool_size: int = 5,
        max_overflow: int = 10,
        timeout: float = 30.0,
        pool_settings: PoolSettings | None = None,
        **kw: Any,
    ) -> None:
        name = kw.pop("_name", None) or kw.get("logging_name") or "sqlalchemy"
        former: tuple[_Lenders, _Meters] | None = kw.pop("_former", None)
        if pool_settings is not None:
            kw["recycle"] = pool_settings.recycle_s or -1
            kw["pre_ping"] = pool_settings.pre_ping
        super().__init__(creator, **kw)
        self._settings = pool_settings or PoolSettings(
            maximum=pool_size,
            overflow=max_overflow,
            timeout_s=timeout,
            recycle_s=max(kw.get("recycle", -1), 0),
            pre_ping=kw.get("pre_ping", False),
        )
        self._name = name
        self._making = threading.Lock()
        # Looking a place up costs more than all the rest of a checkout.
        self._one: Lender[ConnectionPoolEntry] | None = None
        self._lenders: _Lenders
        self._meters: _Meters
        self._lenders, self._meters = former or (weakref.WeakKeyDictionary(), weakref.WeakKeyDictionary())
        for lender in self._lenders.values():
            lender.opener.pool = weakref.ref(self)  # type: ignore[attr-defined]
        if former is None:
            # A pool that is made anew for the same engine gets these listeners from the one before.
            event.listen(self, "connect", _opened)
            event.listen(self, "close", _closed)
            event.listen(self, "invalidate", _invalidated)

    def _lender(self) -> Lender[ConnectionPoolEntry]:
        """Return whoever lends connections here."""
        return self._one or self._lender_of(_SOLE)

    def _lender_of(self, place: Any) -> Lender[ConnectionPoolEntry]:
        """Return the lender for what connections belong to: all threads, or an event loop."""
        with self._making:
            lender = self._lenders.get(place)
            if lender is None:
                lender = self._lenders[place] = self._made(place)
            if place is _SOLE:
                self._one = lender
            return lender

    def _made(self, place: Any) -> Lender[ConnectionPoolEntry]:
        # SQLAlchemy itself recycles and pings.
        settings = replace(self._settings, recycle_s=0.0, pre_ping=False)
        lender: Lender[ConnectionPoolEntry] = Lender(
            _RecordOpener(self),
            settings,
            name=self._called(place),
            family=self._name,
            meter=self._meters.get(place),
            **self._manners(),
        )
        self._meters[place] = lender.meter
        return lender

    def _called(self, _place: Any) -> str:
        return self._name

    def _manners(self) -> dict[str, Any]:
        return {}

    def _do_get(self) -> ConnectionPoolEntry:
        lender = self._lender()
        try:
            slot = lender.take()
        except PoolTimeoutError as error:
            raise exc.TimeoutError(str(error), code="3o7r") from error
        record = slot.connection
        assert record is not None
        record.record_info[_LOAN] = (lender, slot)  # type: ignore[index]
        return record

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        lender, slot = record.record_info[_LOAN]  # type: ignore[index]
        lender.give(slot)

    def figures(self) -> PoolFigures:
        """Say what the pool did so far, how it stands, and what is alarming about it; of the present event loop."""
        found = self._lender().figures()
        return replace(found, settings=self._settings, digest=digest(self._settings))

    def status(self) -> str:
        """Return a brief description of the state, as SQLAlchemy's own pools do."""
        found = self.figures()
        return f"{found.in_use} in use, {found.idle} idle, at most {self._settings.maximum + self._settings.overflow}"

    def recreate(self) -> FairQueuePool:
        """Return a pool with the same settings, whose figures go on."""
        return type(self)(
            self._creator,
            pool_settings=self._settings,
            echo=self.echo,
            logging_name=self._orig_logging_name,
            reset_on_return=self._reset_on_return,
            _dispatch=self.dispatch,
            dialect=self._dialect,
            _name=self._name,
            _former=(self._lenders, self._meters),
        )

    def dispose(self) -> None:
        """Close what is idle; what is out is closed when it comes back. Other event loops keep their connections."""
        lender = self._lenders.pop(self._here(), None)
        self._one = None
        if lender is not None:
            lender.close()

    def _here(self) -> Any:
        """Return what connections belong to that are used here and now."""
        return _SOLE


class AsyncFairQueuePool(FairQueuePool):
    """The fair pool for ``create_async_engine(url, poolclass=AsyncFairQueuePool)``.

    Connections belong to the event loop that opened them: each loop that uses the engine has connections, a queue and
    figures of its own. What is due at an interval is done at the next checkout: there is no thread.
    """

    _is_asyncio = True

    def _lender(self) -> Lender[ConnectionPoolEntry]:
        loop = asyncio.get_running_loop()
        return self._lenders.get(loop) or self._lender_of(loop)

    def _here(self) -> Any:
        return asyncio.get_running_loop()

    def _called(self, place: Any) -> str:
        if place not in _loops:
            _loops[place] = next(_numbers)
        return f"{self._name} (event loop {_loops[place]})"

    def _manners(self) -> dict[str, Any]:
        return {"ticket": TaskTicket, "borrower": _task, "threads": False}


class _Place:
    """Where the connections of a pool for threads belong: there is but one place."""


_SOLE: Final = _Place()
_loops: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
_numbers: Final = itertools.count(1)


def _task() -> int:
    return id(asyncio.current_task())


class _RecordOpener:
    """Opens SQLAlchemy's connection records. What it holds is weak: the pool holds the lender."""

    def __init__(self, pool: FairQueuePool) -> None:
        self.pool = weakref.ref(pool)

    def open(self) -> ConnectionPoolEntry:
        """Make a record, which connects."""
        pool = self.pool()
        assert pool is not None
        return pool._create_connection()  # noqa: SLF001 - what SQLAlchemy gives to subclasses of Pool

    def ping(self, record: ConnectionPoolEntry) -> bool:
        """Say whether its session still answers."""
        pool = self.pool()
        if pool is None or record.dbapi_connection is None:
            return False
        dialect: Any = pool._dialect  # noqa: SLF001 - it has no public name
        return bool(dialect.do_ping(record.dbapi_connection))

    def reset(self, record: ConnectionPoolEntry) -> None:
        """Do nothing: SQLAlchemy rolled back before it returned the record."""

    def close(self, record: ConnectionPoolEntry) -> None:
        """Close its session."""
        record.record_info[_CLOSING] = True  # type: ignore[index]
        record.close()


def _opened(_connection: Any, record: Any) -> None:
    """Count a session that SQLAlchemy opened in the place of another; the lender counts the first of a record."""
    if record.record_info.get(_KNOWN):
        lender, _ = record.record_info[_LOAN]
        lender.replaced(opened=1)
    record.record_info[_KNOWN] = True


def _closed(_connection: Any, record: Any) -> None:
    told = record.record_info
    invalid = told.pop(_INVALID, False)
    if not told.pop(_CLOSING, False) and _LOAN in told:
        told[_LOAN][0].replaced(closed="invalidated" if invalid else "recycle")


def _invalidated(_connection: Any, record: Any, _error: Any) -> None:
    record.record_info[_INVALID] = True
    if _LOAN in record.record_info:
        record.record_info[_LOAN][0].replaced(invalidated=1)

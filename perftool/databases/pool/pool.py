"""A pool of connections that serves waiters in their order and says what it did."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter, deque
from typing import TYPE_CHECKING

import msgspec

from perftool.clock import SystemClock
from perftool.errors import UnavailableError
from perftool.model.database import PoolFigures, PoolSettings, Spread

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from perftool.clock import Clock
    from perftool.databases.api import Connection


class Checkout:
    """A connection on loan: ``with pool.checkout() as connection``."""

    def __init__(self, pool: Pool, connection: Connection, wait_s: float) -> None:
        self._pool = pool
        self.connection = connection
        self.wait_s = wait_s
        self.taken = pool.clock.monotonic()

    def release(self, *, broken: bool = False) -> None:
        """Give the connection back; ``broken`` ones are closed."""
        self._pool.give_back(self, broken=broken)

    def __enter__(self) -> Connection:
        return self.connection

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        from perftool.databases.faults import ConnectionLostError

        self.release(broken=isinstance(error, ConnectionLostError))


class Pool:
    """Connections that ``connect`` opens, handed out in the order in which they were asked for."""

    def __init__(
        self, connect: Callable[[], Connection], settings: PoolSettings, *, name: str, clock: Clock | None = None
    ) -> None:
        self.settings = settings
        self.name = name
        self.clock = clock or SystemClock()
        self._connect = connect
        self._free: list[Connection] = []
        self._queue: deque[threading.Event] = deque()
        self._lock = threading.Lock()
        self._waits: list[float] = []
        self._holds: list[float] = []
        self._counts: Counter[str] = Counter()
        self._threads: Counter[int] = Counter()
        self._out = 0
        self._most = 0

    def checkout(self, *, timeout_s: float | None = None) -> Checkout:
        """Take a connection, waiting for one where all are out.

        raises: UnavailableError when none came back in time.
        """
        limit = self.settings.timeout_s if timeout_s is None else timeout_s
        began = self.clock.monotonic()
        turn = threading.Event()
        with self._lock:
            if self._queue or self._out >= self.settings.maximum + self.settings.overflow:
                self._queue.append(turn)
                self._counts["exhausted"] += 1
            else:
                self._out += 1
                turn.set()
        if not turn.wait(limit or None):
            with self._lock:
                if not turn.is_set():
                    self._queue.remove(turn)
                    self._counts["timeouts"] += 1
                    raise UnavailableError(
                        f"{self.name}: no connection became free within {limit:g} s ({self._out} are out)"
                    )
        return self._taken(began)

    def _taken(self, began: float) -> Checkout:
        with self._lock:
            connection = self._free.pop() if self._free else None
        if connection is None:
            try:
                connection = self._connect()
            except BaseException:
                self._next()
                raise
            self._counts["created"] += 1
        wait = self.clock.monotonic() - began
        with self._lock:
            self._most = max(self._most, self._out)
            self._waits.append(wait)
            self._threads[threading.get_ident()] += 1
        return Checkout(self, connection, wait)

    def give_back(self, checkout: Checkout, *, broken: bool) -> None:
        """Take a connection back, for the one who waits longest."""
        self._holds.append(self.clock.monotonic() - checkout.taken)
        if broken:
            self._counts["invalidated"] += 1
            self._counts["closed"] += 1
            checkout.connection.close()
        else:
            checkout.connection.reset()
            self._free.append(checkout.connection)
        self._next()

    def _next(self) -> None:
        with self._lock:
            if self._queue:
                self._queue.popleft().set()
            else:
                self._out -= 1

    def figures(self) -> PoolFigures:
        """Say what the pool did so far."""
        checkouts = len(self._waits)
        return PoolFigures(
            name=self.name,
            digest=digest(self.settings),
            settings=self.settings,
            checkouts=checkouts,
            created=self._counts["created"],
            closed=self._counts["closed"],
            invalidated=self._counts["invalidated"],
            health_failures=0,
            timeouts=self._counts["timeouts"],
            exhausted=self._counts["exhausted"],
            exhausted_s=0.0,
            in_use=self._out,
            idle=len(self._free),
            most_in_use=self._most,
            wait=spread(self._waits),
            hold=spread(self._holds),
            shares=tuple(n / checkouts for _, n in self._threads.most_common()) if checkouts else (),
        )

    def close(self) -> None:
        """Close every connection that is not out."""
        while self._free:
            self._free.pop().close()
            self._counts["closed"] += 1


def digest(settings: PoolSettings) -> str:
    """Return a digest by which pools of equal settings are known."""
    return hashlib.sha256(msgspec.json.encode(settings)).hexdigest()[:12]


def spread(values: Sequence[float]) -> Spread | None:
    """Return nearest-rank percentiles of times in seconds, None without any."""
    if not values:
        return None
    ordered = sorted(values)

    def at(percent: int) -> float:
        return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]

    return Spread(count=len(ordered), p50=at(50), p95=at(95), p99=at(99), maximum=ordered[-1], total=sum(ordered))

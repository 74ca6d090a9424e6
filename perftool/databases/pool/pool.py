"""A pool over the connections of the port: every driver's, those without any SQLAlchemy among them."""

from __future__ import annotations

import sys
from collections import deque
from typing import TYPE_CHECKING

from perftool.databases.faults import ConnectionLostError
from perftool.databases.pool.digest import digest
from perftool.databases.pool.lending import Lender
from perftool.databases.pool.slot import PoolTimeoutError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from perftool.clock import Clock
    from perftool.databases.api import Connection
    from perftool.databases.pool.slot import Slot
    from perftool.model.database import PoolFigures, PoolSettings

__all__ = ["Checkout", "Pool", "PoolTimeoutError", "digest"]


class Checkout:
    """A connection on loan: ``with pool.checkout() as connection``.

    Without ``with``, keep the checkout for as long as its ``connection`` is used: one that is collected without having
    been released counts as a leak, and its connection is closed.
    """

    __slots__ = ("_pool", "_slot", "connection", "wait_s")

    def __init__(self, pool: Pool, slot: Slot[Connection], wait_s: float) -> None:
        self._pool = pool
        self._slot: Slot[Connection] | None = slot
        assert slot.connection is not None
        self.connection = slot.connection
        self.wait_s = wait_s

    def release(self, *, broken: bool = False) -> None:
        """Give the connection back; a ``broken`` one is closed. Only the first call counts."""
        slot, self._slot = self._slot, None
        if slot is not None:
            self._pool.give_back(slot, broken=broken)

    def __enter__(self) -> Connection:
        return self.connection

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # An interrupt may have hit in the middle of an exchange with the server: what it would answer next is unknown.
        interrupted = error is not None and not isinstance(error, (Exception, GeneratorExit))
        self.release(broken=interrupted or isinstance(error, ConnectionLostError))

    def __del__(self) -> None:
        if self._slot is not None and not sys.is_finalizing():
            self._pool.forgotten(self._slot)


class Pool:
    """Connections that ``connect`` opens, handed out in the order in which they were asked for."""

    def __init__(
        self, connect: Callable[[], Connection], settings: PoolSettings, *, name: str, clock: Clock | None = None
    ) -> None:
        self.settings = settings
        self.name = name
        self._forgotten: deque[Slot[Connection]] = deque()
        self._lender: Lender[Connection] = Lender(_PortOpener(connect), settings, name=name, clock=clock)

    def checkout(self, *, timeout_s: float | None = None) -> Checkout:
        """Take a connection, waiting in turn where all are out.

        raises: PoolTimeoutError (an UnavailableError) when none came back in time.
        """
        if self._forgotten:
            self._take_back()
        lender = self._lender
        began = lender.now()
        slot = lender.take(timeout_s)
        return Checkout(self, slot, slot.taken - began)

    def give_back(self, slot: Slot[Connection], *, broken: bool) -> None:
        """Take a connection back, for the one who waits longest."""
        self._lender.give(slot, broken=broken)
        if self._forgotten:
            self._take_back()

    def forgotten(self, slot: Slot[Connection]) -> None:
        """Hear of a checkout that was collected. This may happen anywhere, even while this thread holds the lock."""
        self._forgotten.append(slot)
        if self._lender.unlocked():
            self._take_back()

    def _take_back(self) -> None:
        while self._forgotten:
            try:
                slot = self._forgotten.popleft()
            except IndexError:  # another thread was quicker
                return
            self._lender.abandon(slot)

    def figures(self) -> PoolFigures:
        """Say what the pool did so far, how it stands, and what is alarming about it."""
        self._take_back()
        return self._lender.figures()

    def tend(self) -> None:
        """Close what was idle for too long, ask the others whether they live, and keep the minimum open."""
        self._lender.tend()

    @property
    def waiting(self) -> int:
        """Return how many wait for a connection now."""
        return self._lender.waiting

    def close(self) -> None:
        """Close every connection that is not out; those that are out are closed when they come back."""
        self._take_back()
        self._lender.close()


class _PortOpener:
    """Opens what a driver connects to."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self.open = connect

    @staticmethod
    def ping(connection: Connection) -> bool:
        """Say whether the session still answers."""
        return connection.ping()

    @staticmethod
    def reset(connection: Connection) -> None:
        """Roll back what is open, forget session state."""
        connection.reset()

    @staticmethod
    def close(connection: Connection) -> None:
        """End the session."""
        connection.close()

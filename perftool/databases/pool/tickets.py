"""A place in the queue of a pool: for a thread, or for a task of an event loop."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from perftool.databases.pool.slot import Slot


class Ticket(Protocol):
    """One who waits; ``slot`` is what was handed over."""

    slot: Slot[Any] | None

    def wait(self, timeout_s: float | None) -> bool:
        """Wait to be woken; False when that did not happen in time."""

    def wake(self) -> None:
        """End the waiting, from any thread."""


class ThreadTicket:
    """A thread that waits: a lock costs a tenth of what an event does."""

    __slots__ = ("_lock", "slot")

    def __init__(self) -> None:
        self.slot: Slot[Any] | None = None
        self._lock = threading.Lock()
        self._lock.acquire()

    def wait(self, timeout_s: float | None) -> bool:
        """Wait to be woken; False when that did not happen in time."""
        return self._lock.acquire(timeout=-1 if timeout_s is None else timeout_s)

    def wake(self) -> None:
        """End the waiting, from any thread."""
        self._lock.release()


class TaskTicket:
    """A task that waits inside SQLAlchemy's greenlet: the event loop goes on meanwhile."""

    __slots__ = ("_future", "_loop", "slot")

    def __init__(self) -> None:
        self.slot: Slot[Any] | None = None
        self._loop = asyncio.get_running_loop()
        self._future: asyncio.Future[None] = self._loop.create_future()

    def wait(self, timeout_s: float | None) -> bool:
        """Wait to be woken; False when that did not happen in time."""
        from sqlalchemy.util import await_only

        return await_only(self._woken(timeout_s))

    async def _woken(self, timeout_s: float | None) -> bool:
        try:
            await asyncio.wait_for(self._future, timeout_s)
        except TimeoutError:
            return False
        return True

    def wake(self) -> None:
        """End the waiting, from any thread."""
        self._loop.call_soon_threadsafe(self._end)

    def _end(self) -> None:
        if not self._future.done():
            self._future.set_result(None)

"""Whose turn it is: the slots of a pool, and the queue of those who wait for one.

Every slot is idle, in somebody's hands, or does not exist; as long as somebody queues, no slot is idle. What comes back
is handed to the one who waits longest: nobody who comes later can take it, which is what makes the pool fair.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

from perftool.databases.pool.slot import PoolTimeoutError, Slot
from perftool.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from perftool.databases.pool.meter import Meter
    from perftool.databases.pool.tickets import Ticket
    from perftool.model.database import PoolSettings

T = TypeVar("T")


class Turns(Generic[T]):
    """Slots, some idle, and a queue. ``lock`` guards everything here, and the meter.

    ``surplus`` are slots that are to be closed: handed to somebody who gave up waiting at that very moment.
    """

    def __init__(
        self, settings: PoolSettings, meter: Meter, ticket: Callable[[], Ticket], now: Callable[[], float], name: str
    ) -> None:
        self.lock = threading.Lock()
        self.idle: list[Slot[T]] = []
        self.slots: set[Slot[T]] = set()
        self.queue: deque[Ticket] = deque()
        self.surplus: list[Slot[T]] = []
        self.closed = False
        self.most = settings.maximum + settings.overflow
        self._settings = settings
        self._meter = meter
        self._ticket = ticket
        self._now = now
        self._name = name

    def take(self, began: float, limit: float) -> Slot[T]:
        """Take a slot, waiting in turn since ``began`` for at most ``limit`` seconds, 0 for however long.

        raises: PoolTimeoutError, and UnavailableError once the pool is closed.
        """
        with self.lock:
            slot = self._free()
            if slot is not None:
                return slot
            ticket = self._queued()
        while True:
            try:
                woken = ticket.wait(max(0.0, limit - (self._now() - began)) if limit else None)
            except BaseException:
                self._leave(ticket)
                raise
            with self.lock:
                if ticket.slot is not None:
                    return ticket.slot
                # Not fair, or closed: woken to try again, and somebody else may be quicker.
                slot = self._free() if woken or ticket not in self.queue else None
                if slot is not None:
                    return slot
                if not woken:
                    self._drop(ticket)
                    self._meter.timeouts += 1
                    raise self._timed_out(limit)
                ticket = self._queued(again=True)

    def _free(self) -> Slot[T] | None:
        """Return an idle slot, the one used last, or a new one; None where somebody has to come back first."""
        if self.idle:
            return self.idle.pop()
        if self.closed:
            raise UnavailableError(f"{self._name}: the pool is closed")
        return self.new() if len(self.slots) < self.most else None

    def new(self) -> Slot[T]:
        """Make a slot, to be opened by the caller."""
        slot: Slot[T] = Slot()
        self.slots.add(slot)
        return slot

    def _queued(self, *, again: bool = False) -> Ticket:
        ticket = self._ticket()
        if again:
            self.queue.appendleft(ticket)
        else:
            self.queue.append(ticket)
        self._meter.queued(len(self.queue), again=again)
        return ticket

    def _drop(self, ticket: Ticket) -> None:
        if ticket in self.queue:
            self.queue.remove(ticket)
            self._meter.served(len(self.queue))

    def _timed_out(self, limit: float) -> PoolTimeoutError:
        now = self._now()
        longest = max((now - slot.taken for slot in self.slots if slot.taken), default=0.0)
        return PoolTimeoutError(
            f"{self._name}: no connection became free within {limit:g} s: {self.most} of {self.most} are out, "
            f"the longest for {longest:.3g} s",
            hint="hold connections for shorter, or allow more: perftool tune pool finds how many help",
        )

    def _leave(self, ticket: Ticket) -> None:
        """Give up waiting; what was handed over at that very moment goes to the next."""
        with self.lock:
            slot = ticket.slot
            if slot is not None:
                if not self.place(slot):
                    self.surplus.append(slot)
            elif ticket in self.queue:
                self._drop(ticket)
            elif self.queue:
                self._wake()

    def place(self, slot: Slot[T], since: float | None = None) -> bool:
        """Give a slot to the one who waits longest, or keep it; False where it is one too many, or empty.

        ``since`` is when somebody used it last, None for now. Called with the lock held.
        """
        if self.queue and self._settings.fair:
            ticket = self.queue.popleft()
            ticket.slot = slot
            self._meter.served(len(self.queue))
            ticket.wake()
            return True
        if slot.connection is None and self.queue:
            self.slots.discard(slot)
            self._wake()
            return True
        if slot.connection is None or self.closed or (len(self.slots) > self._settings.maximum and not self.queue):
            return False
        self.idle.append(slot)
        if since is None:
            slot.idle_since = self._now()
        else:
            slot.idle_since = since
            self.idle.sort(key=lambda slot: slot.idle_since)
        if self.queue:
            self._wake()
        return True

    def _wake(self) -> None:
        """Tell the one who waits longest to try again."""
        ticket = self.queue.popleft()
        self._meter.served(len(self.queue))
        ticket.wake()

    def remove(self, slot: Slot[T]) -> None:
        """Forget a slot that was closed, unless somebody came to wait meanwhile. Called with the lock held."""
        if not (self.queue and self.place(slot)):
            self.slots.discard(slot)

    def end(self) -> list[Slot[T]]:
        """Close the queue: who waits is told. Returns the slots that were idle. Called with the lock held."""
        self.closed = True
        idle, self.idle = self.idle, []
        while self.queue:
            self._wake()
        return idle

    @property
    def in_use(self) -> int:
        """Return how many slots are out."""
        return len(self.slots) - len(self.idle)

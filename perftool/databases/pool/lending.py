"""The pool itself, over anything that can be opened, asked whether it lives, made clean, and closed."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Generic, TypeVar

from perftool.databases.pool import alarms, inherited, registry, stacks
from perftool.databases.pool.caretaker import Caretaker, interval
from perftool.databases.pool.digest import digest
from perftool.databases.pool.meter import Meter
from perftool.databases.pool.slot import late, leak_of
from perftool.databases.pool.tickets import ThreadTicket
from perftool.databases.pool.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Callable

    from perftool.clock import Clock
    from perftool.databases.pool.slot import Opener, Slot
    from perftool.databases.pool.tickets import Ticket
    from perftool.model.database import PoolFigures, PoolSettings

T = TypeVar("T")


class Lender(Generic[T]):
    """A fair pool over an ``Opener``: ``take`` a slot with an open connection, and ``give`` it back.

    ``ticket`` makes the places of the queue, ``borrower`` tells who takes: a thread or a task. Without ``threads``,
    what is due at an interval is done by whoever takes a connection next. ``meter`` goes on with the figures of another
    pool. Pools of one ``family`` are counted together: those of one engine for several event loops.
    """

    def __init__(
        self,
        opener: Opener[T],
        settings: PoolSettings,
        *,
        name: str,
        clock: Clock | None = None,
        ticket: Callable[[], Ticket] = ThreadTicket,
        borrower: Callable[[], int] = threading.get_ident,
        meter: Meter | None = None,
        threads: bool = True,
        family: str = "",
    ) -> None:
        self.opener = opener
        self.settings = settings
        self.name = name
        self.family = family or name
        self.digest = digest(settings)
        self.now = time.monotonic if clock is None else clock.monotonic
        self.meter = meter or Meter(self.now)
        self._ticket = ticket
        self._borrower = borrower
        self._checked = settings.pre_ping or settings.recycle_s > 0
        self._plain = not self._checked and not settings.leak_s
        self._wears = settings.recycle_s > 0 or settings.maximum_uses > 0
        self._turns: Turns[T] = Turns(settings, self.meter, ticket, self.now, name)
        self._lock = self._turns.lock
        self._interval = interval(settings)
        self._threads = threads
        self._due = self.now() + self._interval if self._interval and not threads else 0.0
        self._caretaker: Caretaker | None = None
        registry.add(self)
        if settings.warm_up:
            try:
                self.fill()
            except BaseException:
                self.close()
                raise

    def take(self, timeout_s: float | None = None) -> Slot[T]:
        """Take a slot with an open connection, waiting in turn where all are out.

        raises: PoolTimeoutError when none came in time (None: the pool's own time, 0: however long), UnavailableError
        from a closed pool, and whatever opening raises.
        """
        began = self.now()
        if self._due and began >= self._due:
            self._due = began + self._interval
            self.tend()
        if self._plain:
            with self._lock:
                turns = self._turns
                idle = turns.idle
                if idle and not idle[-1].suspect:  # the usual case, in as few steps as can be
                    slot = idle.pop()
                    slot.borrower = who = self._borrower()
                    slot.taken = taken = self.now()
                    self.meter.took(taken - began, who, len(turns.slots) - len(idle))
                    return slot
        try:
            slot = self._turns.take(began, self.settings.timeout_s if timeout_s is None else timeout_s)
        except BaseException:
            while self._turns.surplus:
                self._retire(self._turns.surplus.pop())
            raise
        if slot.connection is None or self._checked or slot.suspect:
            self._prepare(slot)
        if self.settings.leak_s:
            slot.stack = stacks.capture()
        slot.borrower = who = self._borrower()
        slot.taken = taken = self.now()
        with self._lock:
            self.meter.took(taken - began, who, self._turns.in_use)
        return slot

    def _prepare(self, slot: Slot[T]) -> None:
        """See to it that the slot has a connection that works."""
        try:
            if slot.connection is not None:
                reason = self._worn(slot) or ("ping" if self._dead(slot) else "")
                if reason:
                    self._shut(slot, reason)
            if slot.connection is None:
                slot.connection = self.opener.open()
                slot.born = self.now()
                slot.uses = 0
                with self._lock:
                    self.meter.created += 1
                if self._interval and self._threads and self._caretaker is None:
                    self._caretaker = Caretaker(self.tend, self._interval, self.name)
            slot.suspect = False
        except BaseException:
            self._put(slot)
            raise

    def _worn(self, slot: Slot[T]) -> str:
        """Say why the connection of a slot has served its time, "" while it has not."""
        if self.settings.recycle_s and self.now() - slot.born >= self.settings.recycle_s:
            return "recycle"
        if self.settings.maximum_uses and slot.uses >= self.settings.maximum_uses:
            return "uses"
        return ""

    def _dead(self, slot: Slot[T], *, asked: bool = False) -> bool:
        if not (asked or self.settings.pre_ping or slot.suspect):
            return False
        assert slot.connection is not None
        try:
            alive = self.opener.ping(slot.connection)
        except Exception:  # noqa: BLE001 - whatever goes wrong, it does not answer
            alive = False
        if not alive:
            with self._lock:
                self.meter.health_failures += 1
        return not alive

    def give(self, slot: Slot[T], *, broken: bool = False) -> None:
        """Give a slot back; a ``broken`` connection is closed, and all that were idle then are asked before use."""
        if slot not in self._turns.slots:
            return  # taken before a fork: it belongs to the parent
        slot.uses += 1
        reason = "broken" if broken else self._worn(slot) if self._wears else ""
        if not reason and slot.connection is not None:
            try:
                self.opener.reset(slot.connection)
            except Exception:  # noqa: BLE001 - whatever goes wrong, it cannot be used again
                reason = "reset"
            except BaseException:
                self._returned(slot, "reset")
                raise
        self._returned(slot, reason)

    def _returned(self, slot: Slot[T], reason: str) -> None:
        if reason:
            self._shut(slot, reason)
        # Until it was made clean again, nobody else could have it.
        ended = self.now()
        with self._lock:
            self.meter.hold.add(ended - slot.taken)
            slot.taken = 0.0
            slot.stack = ()
            if reason in ("broken", "reset"):
                self.meter.invalidated += 1
                for other in self._turns.idle:
                    other.suspect = True
            stays = self._turns.place(slot)
        if not stays:
            self._retire(slot)

    def _put(self, slot: Slot[T], since: float | None = None) -> None:
        """Hand on a slot that nobody used."""
        with self._lock:
            stays = self._turns.place(slot, since)
        if not stays:
            self._retire(slot)

    def _retire(self, slot: Slot[T]) -> None:
        """Close a slot; it exists until that is done, so that never more are open than allowed."""
        self._shut(slot, "pool closed" if self._turns.closed else "overflow")
        with self._lock:
            self._turns.remove(slot)

    def _shut(self, slot: Slot[T], reason: str) -> None:
        connection, slot.connection = slot.connection, None
        if connection is None:
            return
        with self._lock:
            self.meter.closed_for[reason] += 1
        # A session that is broken may not even close; nobody waits for the outcome.
        with suppress(Exception):
            self.opener.close(connection)

    def tend(self) -> bool:
        """Close what was idle for too long, ask the others whether they live, and keep the minimum open.

        returns: whether to come again
        """
        turns = self._turns
        for slot in list(turns.idle):
            with self._lock:
                if slot not in turns.idle:
                    continue
                turns.idle.remove(slot)
                spare = len(turns.slots) > self.settings.minimum
            since = slot.idle_since
            stale = self.settings.idle_s and spare and self.now() - since >= self.settings.idle_s
            reason = "idle" if stale else self._worn(slot)
            if not reason and self.settings.health_s and self._dead(slot, asked=True):
                reason = "health"
            if reason:
                self._shut(slot, reason)
            self._put(slot, since)
        # A database that is away now may be there the next time; whoever needs it hears of it.
        with suppress(Exception):
            self.fill()
        return not turns.closed

    def fill(self) -> None:
        """Open connections until the minimum is there."""
        turns = self._turns
        while True:
            with self._lock:
                if turns.closed or len(turns.slots) >= min(self.settings.minimum, turns.most):
                    return
                slot = turns.new()
            self._prepare(slot)
            self._put(slot)

    def replaced(self, *, opened: int = 0, closed: str = "", invalidated: int = 0) -> None:
        """Count what somebody else did inside a slot; ``closed`` is the reason."""
        with self._lock:
            self.meter.created += opened
            self.meter.invalidated += invalidated
            if closed:
                self.meter.closed_for[closed] += 1

    def figures(self) -> PoolFigures:
        """Say what the pool did, how it stands, and what is alarming about it."""
        turns, limit = self._turns, self.settings.leak_s
        with self._lock:
            leaks = late(turns.slots, self.now(), limit) if limit else ()
            found = self.meter.figures(
                self.name, self.digest, self.settings, in_use=turns.in_use, idle=len(turns.idle), leaks=leaks
            )
        return alarms.raised(found, pools=registry.count(self.family))

    @property
    def waiting(self) -> int:
        """Return how many wait for a connection now."""
        return len(self._turns.queue)

    def unlocked(self) -> bool:
        """Say whether the calling thread is surely not inside the pool."""
        if not self._lock.acquire(blocking=False):
            return False
        self._lock.release()
        return True

    def abandon(self, slot: Slot[T]) -> None:
        """Take back a slot that its borrower forgot: collected without having been given back."""
        if slot not in self._turns.slots or not slot.taken:
            return
        leak = leak_of(slot, self.now())
        with self._lock:
            self.meter.leaked(leak)
        self._returned(slot, "abandoned")

    def close(self) -> None:
        """Close what is idle; what is out is closed when it comes back, and who waits is told."""
        with self._lock:
            idle = self._turns.end()
        for slot in idle:
            self._retire(slot)
        if self._caretaker is not None:
            self._caretaker.stop()
        registry.remove(self)

    def after_fork(self) -> None:
        """Begin anew in a child process: the connections are the parent's, and so are those who waited."""
        inherited.keep(slot.connection for slot in self._turns.slots)
        self.meter = Meter(self.now)
        self._turns = Turns(self.settings, self.meter, self._ticket, self.now, self.name)
        self._lock = self._turns.lock
        self._caretaker = None

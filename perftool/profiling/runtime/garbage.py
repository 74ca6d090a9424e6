"""What the garbage collector costs, and whose allocations made it run."""

from __future__ import annotations

import gc
import sys
from _thread import get_ident
from time import perf_counter_ns, thread_time_ns

TYPE_CHECKING = False  # typing would cost the target 10 ms
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any

#: CPU time of collections that makes a sample: every stack then has the chance that its collections cost.
PERIOD_NS = 5_000_000
#: A young collection this long, and so many times as long as they are on average, was interrupted by other processes.
_LONG_NS, _TIMES = 500_000, 8


class Collections:
    """Measures every collection; after each ``PERIOD_NS`` of them it calls ``sampled(frame, ns)``.

    That returns whether it took the sample; what it did not take is offered again. Young collections come thousands of
    times a second: they are measured by a clock that costs a seventh of the thread's own, and what others took
    meanwhile is left out.
    """

    def __init__(self, sampled: Callable[[FrameType, int], bool]) -> None:
        self.counts = [0, 0, 0]
        self.total_ns = [0, 0, 0]
        self.longest_ns = 0
        self._sampled = sampled
        self._began = -1
        self._clock = thread_time_ns
        self._passed = 0
        self._gathered = 0
        self._by_thread: dict[int, int] = {}

    def start(self) -> None:
        """Begin to measure."""
        gc.callbacks.append(self._event)

    def stop(self) -> None:
        """Measure no more."""
        if self._event in gc.callbacks:
            gc.callbacks.remove(self._event)

    def taken(self, ident: int) -> int:
        """Return the time of a thread in collections since this was last asked: it is not its functions' own."""
        if self._began >= 0 and ident == get_ident():
            # A finalizer runs, in the middle of a collection.
            now = self._clock()
            self._passed += now - self._began
            self._add(ident, now - self._began)
            self._began = now
        return self._by_thread.pop(ident, 0)

    def _add(self, ident: int, spent: int) -> None:
        self._gathered += spent
        self._by_thread[ident] = self._by_thread.get(ident, 0) + spent

    def _event(self, phase: str, info: dict[str, Any]) -> None:
        generation = info["generation"]
        if phase == "start":
            self._clock = thread_time_ns if generation else perf_counter_ns
            self._began, self._passed = self._clock(), 0
            return
        if self._began < 0:
            return
        spent = self._clock() - self._began
        self._began = -1
        if (
            not generation
            and spent > _LONG_NS
            and self.counts[0]
            and spent * self.counts[0] > _TIMES * self.total_ns[0]
        ):
            spent = self.total_ns[0] // self.counts[0]
        self._add(get_ident(), spent)
        spent += self._passed
        self.counts[generation] += 1
        self.total_ns[generation] += spent
        if spent > self.longest_ns:
            self.longest_ns = spent
        if self._gathered >= PERIOD_NS:
            gathered, self._gathered = self._gathered, 0
            if not self._sampled(sys._getframe(1), gathered):
                self._gathered += gathered

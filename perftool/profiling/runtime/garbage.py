"""What the garbage collector costs, and whose allocations made it run."""

from __future__ import annotations

import gc
import sys
from _thread import get_ident
from time import thread_time_ns

#: CPU time of collections that makes a sample: every stack then has the chance that its collections cost.
PERIOD_NS = 2_000_000


class Collections:
    """Measures every collection; after each ``PERIOD_NS`` of them it calls ``sampled(frame, ns)``.

    That returns whether it took the sample; what it did not take is offered again.
    """

    def __init__(self, sampled):
        self._sampled = sampled
        self.clear()

    def clear(self):
        self.counts = [0, 0, 0]
        self.total_ns = [0, 0, 0]
        self.longest_ns = 0
        self._began = None
        self._passed = 0
        self._gathered = 0
        self._by_thread = {}

    def start(self):
        gc.callbacks.append(self._event)

    def stop(self):
        if self._event in gc.callbacks:
            gc.callbacks.remove(self._event)

    def taken(self, ident):
        """Return the time of a thread in collections since this was last asked: it is not its functions' own."""
        if self._began is not None and ident == get_ident():
            # A finalizer runs, in the middle of a collection.
            now = thread_time_ns()
            self._passed += now - self._began
            self._add(ident, now - self._began)
            self._began = now
        return self._by_thread.pop(ident, 0)

    def _add(self, ident, spent):
        self._gathered += spent
        self._by_thread[ident] = self._by_thread.get(ident, 0) + spent

    def _event(self, phase, info):
        now = thread_time_ns()
        if phase == "start":
            self._began, self._passed = now, 0
            return
        if self._began is None:
            return
        self._add(get_ident(), now - self._began)
        spent = now - self._began + self._passed
        self._began = None
        generation = info["generation"]
        self.counts[generation] += 1
        self.total_ns[generation] += spent
        if spent > self.longest_ns:
            self.longest_ns = spent
        if self._gathered >= PERIOD_NS:
            gathered, self._gathered = self._gathered, 0
            if not self._sampled(sys._getframe(1), gathered):
                self._gathered += gathered

"""Where CPU time goes: the stacks of all threads, each weighted by the CPU time since its previous sample."""

from __future__ import annotations

import _signal
import _thread
import os
import sys
import time
from time import process_time_ns, thread_time_ns

from . import labels
from .digests import digest
from .garbage import Collections
from .stacks import GARBAGE_COLLECTION, Stacks
from .threads import Threads
from .timer import SIGNAL, CpuTimer

VERSION = 1
RATE = 100.0


class Sampler:
    """Samples this process from ``start`` to ``stop``, ``rate`` times per second of CPU time.

    Only the main thread can start it where signals are used. ``flushed`` is called with the sampler, by whoever took
    a sample, when it is time to write down what was gathered.
    """

    def __init__(self, rate=RATE, flushed=None):
        self.rate = float(rate)
        self.stacks = Stacks(digest)
        self.garbage = Collections(self._collected)
        self.running = False
        self.doubts = {}
        self._timer = CpuTimer(1.0 / self.rate)
        self._flushed = flushed
        self._previous = None
        self.clear()

    def clear(self):
        """Forget every sample and figure; stacks stay known."""
        self.weights = {}
        self.labels = {(): 0}
        self.samples = 0
        self.cost_ns = 0
        self.seen_ns = 0
        self.started_ns = time.time_ns()
        self.started_process_ns = process_time_ns()
        self._started = time.monotonic_ns()
        self._lock = _thread.allocate_lock()
        self.threads = Threads()

    def start(self):
        """Begin to sample."""
        self.clear()
        self._last = thread_time_ns()
        self._main = _thread.get_ident()
        self.garbage.start()
        self._previous = _signal.signal(SIGNAL, self._tick)
        self.running = True
        self._timer.start()

    def stop(self):
        """End sampling; returns the table of stacks that ``perftool.profiling.raw`` reads."""
        self.pause()
        from .table import table

        return table(self)

    def pause(self):
        """End sampling and put the program's signal handler back."""
        if not self.running:
            return
        self.running = False
        self._timer.stop()
        self.garbage.stop()
        if _signal.getsignal(SIGNAL) == self._tick:
            # A signal that is still on its way must not end the program, as the default action would.
            previous = self._previous
            _signal.signal(SIGNAL, _signal.SIG_IGN if previous in (_signal.SIG_DFL, None) else previous)

    def forked(self, on):
        """Go on in a process that has just been forked, from nothing; or, not ``on``, leave it alone."""
        self.clear()
        self.garbage.clear()
        self._timer.forget()
        self._last = thread_time_ns()
        self._main = _thread.get_ident()
        if on:
            self._timer.start()
        else:
            self.pause()

    def duration_ns(self):
        """Return the wall time since the start."""
        return time.monotonic_ns() - self._started

    def _tick(self, number, frame):
        now = thread_time_ns()
        if not self._lock.acquire(False):
            return
        try:
            if not self.running:
                return
            if not self._timer.aimed:
                self._timer.aim()
            self._take(frame, now)
            if self._flushed is not None:
                self._flushed(self)
        finally:
            self._last = thread_time_ns()
            self.cost_ns += self._last - now
            self._lock.release()

    def _take(self, frame, now):
        me = self._main
        self.samples += 1
        spent = now - self._last - self.garbage.taken(me)
        if frame is not None and spent > 0:
            self.add(self.stacks.node(frame), labels.current(me, True), spent)
        frames = sys._current_frames()
        if len(frames) > 1:
            for ident, other in frames.items():
                if ident != me:
                    spent = self.threads.spent(ident) - self.garbage.taken(ident)
                    if spent > 0:
                        self.add(self.stacks.node(other), labels.current(ident, False), spent)

    def add(self, node, said, spent):
        """Add CPU time to a stack under labels."""
        label = self.labels.get(said)
        if label is None:
            label = self.labels[said] = len(self.labels)
        self.seen_ns += spent
        key = (node, label)
        held = self.weights.get(key)
        if held is None:
            self.weights[key] = [1, spent]
        else:
            held[0] += 1
            held[1] += spent

    def _collected(self, frame, spent):
        if not self._lock.acquire(False):
            return False
        try:
            ident = _thread.get_ident()
            node = self.stacks.below(self.stacks.node(frame), GARBAGE_COLLECTION)
            if node is not None:
                self.add(node, labels.current(ident, ident == self._main), spent)
        finally:
            self._lock.release()
        return True

    def facts(self):
        """Return what is worth saying beside the samples, all of it numbers that add up over processes."""
        garbage = self.garbage
        return {
            "process.cpu_ns": process_time_ns() - self.started_process_ns,
            "sampler.cpu_ns": self.cost_ns,
            "gc.count": sum(garbage.counts),
            "gc.cpu_ns": sum(garbage.total_ns),
            "gc.max_ns": garbage.longest_ns,
            **{f"gc.gen{i}.count": count for i, count in enumerate(garbage.counts)},
            **{f"gc.gen{i}.cpu_ns": spent for i, spent in enumerate(garbage.total_ns)},
        }


def start(settings, folder):
    """Sample this process and its children until they end, and leave what was seen in ``folder``."""
    from .spool import Spool

    Spool(settings, folder).start()

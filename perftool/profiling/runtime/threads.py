"""The CPU time of every thread since it was last asked for, and what the threads are called."""

from __future__ import annotations

import sys
import time


class Threads:
    """Knows the CPU clocks of threads; where a system has none for other threads, ``spent`` says nothing was."""

    def __init__(self):
        self._clocks = {}
        self._last = {}

    def spent(self, ident):
        """Return the CPU time of a thread, in nanoseconds, since the last call for it, or since it began."""
        clock = self._clocks.get(ident)
        if clock is not None:
            try:
                now = time.clock_gettime_ns(clock)
            except OSError:
                clock = None  # that thread has ended: its identity was given to a new one
        if clock is None:
            try:
                clock = self._clocks[ident] = time.pthread_getcpuclockid(ident)
                now = time.clock_gettime_ns(clock)
            except (AttributeError, OSError):
                return 0
            self._last.pop(ident, None)
        before = self._last.get(ident, 0)
        self._last[ident] = now
        return now - before


def name(ident):
    """Return the name of a thread, "" when it has none that Python knows."""
    threading = sys.modules.get("threading")
    thread = getattr(threading, "_active", {}).get(ident)
    return thread.name if thread is not None else ""

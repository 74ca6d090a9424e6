"""The CPU time of every thread since it was last asked for: of Python's, and of those that C code started."""

from __future__ import annotations

import os
import sys
import time
from time import clock_gettime_ns

_TASKS = "/proc/self/task"
# How Linux numbers the CPU clock of a thread: its id, turned over, before three bits that say what to count.
_PER_THREAD_CLOCK = 6


class Threads:
    """Knows the CPU clocks of threads; where a system has none for other threads, ``spent`` says 0.

    ``fresh`` says of the thread that was asked for last whether it was seen for the first time.
    """

    def __init__(self) -> None:
        self.fresh = False
        self._clocks: dict[int, int] = {}
        self._last: dict[int, int] = {}
        self._native: dict[int, int] = {}

    def spent(self, ident: int) -> int:
        """Return the CPU time of a thread, in nanoseconds, since the last call for it, or since it began."""
        clock = self._clocks.get(ident, 0)
        self.fresh = False
        try:
            now = clock_gettime_ns(clock) if clock else -1
        except OSError:
            now = -1  # that thread has ended: its identity was given to a new one
        if now < 0:
            try:
                # The thread lives: who asks has just seen it in Python, and holds the lock that it needs to leave.
                clock = self._clocks[ident] = time.pthread_getcpuclockid(ident)
                now = clock_gettime_ns(clock)
            except (AttributeError, OSError):
                return 0
            self.fresh = True
            self._last.pop(ident, None)
        before = self._last.get(ident, 0)
        self._last[ident] = now
        return now - before

    def seen(self, ident: int, now: int) -> int:
        """Take ``now`` as the clock of a thread, as ``spent`` would read it; returns what that would."""
        before = self._last.get(ident, 0)
        self._last[ident] = now
        return now - before

    def excuse(self, ident: int, spent: int) -> None:
        """Leave CPU time out of what a thread will have spent."""
        self._last[ident] = self._last.get(ident, 0) + spent

    def forget_ended(self, alive: set[int]) -> None:
        """Drop what is known of threads that are not in ``alive``, which the caller has just asked for."""
        for ident in [one for one in self._clocks if one not in alive]:
            self._clocks.pop(ident, None)
            self._last.pop(ident, None)

    def native(self) -> list[tuple[str, int]]:
        """Return name and CPU time, since the last call, of each thread that is none of Python's; [] where unknown."""
        ours = {os.getpid(), *(~(clock >> 3) for clock in self._clocks.values())}
        found = []
        try:
            for task in os.listdir(_TASKS):
                tid = int(task)
                if tid in ours:
                    continue
                try:
                    now = clock_gettime_ns((~tid << 3) | _PER_THREAD_CLOCK)
                except OSError:
                    continue
                before = self._native.get(tid, 0)
                self._native[tid] = now
                if now > before:
                    found.append((_comm(task), now - before))
        except OSError:
            return []
        return found


def _comm(task: str) -> str:
    try:
        with open(f"{_TASKS}/{task}/comm", "rb") as file:
            return file.read().decode("utf-8", "replace").strip()
    except OSError:
        return ""


def name(ident: int) -> str:
    """Return the name of a thread, "" when it has none that Python knows."""
    threading = sys.modules.get("threading")
    thread = getattr(threading, "_active", {}).get(ident)
    return thread.name if thread is not None else ""

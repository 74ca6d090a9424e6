"""The CPU time of a process: what its threads used, what sampling cost, and what is left over."""

from __future__ import annotations

import time
from time import process_time_ns

#: Beyond this part of the CPU time, samples are taken less often.
MOST_COST = 0.015
_MOST_EVERY = 64
# Less is within what clocks that are read one after the other differ by.
_GAP_NS = 10_000_000
_GAP_SHARE = 0.02


class Account:
    """Adds up. ``used_ns`` is what stacks were found for, ``cost_ns`` what sampling itself took, ``late_ns`` what
    came after the last sample; one in ``every`` signals is to be a sample.
    """

    def __init__(self) -> None:
        self.used_ns = 0
        self.cost_ns = 0
        self.native_ns = 0
        self.late_ns = 0
        self.every = 1
        self.started_ns = time.time_ns()
        self._wall_ns = self._process_ns = 0
        self._wall_began = self._process_began = -1
        self._looked = 0, 0

    def begin(self) -> None:
        """Count from here on."""
        self._wall_began, self._process_began = time.monotonic_ns(), process_time_ns()

    def end(self) -> None:
        """Count no more."""
        self._wall_ns, self._process_ns = self.wall_ns(), self.process_ns()
        self._wall_began = self._process_began = -1

    def wall_ns(self) -> int:
        """Return the wall time that was counted."""
        return self._wall_ns + (time.monotonic_ns() - self._wall_began if self._wall_began >= 0 else 0)

    def process_ns(self) -> int:
        """Return the CPU time of the process that was counted."""
        return self._process_ns + (process_time_ns() - self._process_began if self._process_began >= 0 else 0)

    def lost_ns(self) -> int:
        """Return the CPU time that no thread used of which it is known."""
        return max(0, self.process_ns() - self.used_ns - self.cost_ns)

    def gap_ns(self) -> int:
        """Return ``lost_ns`` when it is worth looking for."""
        lost = self.lost_ns()
        return lost if lost > _GAP_NS and lost > _GAP_SHARE * self.used_ns else 0

    def moderate(self) -> None:
        """Have samples taken less often when they cost too much, and more often again when they do not.

        Evenly: to stop for a while when a sum is spent would give whatever runs next the weight of that while.
        """
        cost, used = self.cost_ns - self._looked[0], self.used_ns - self._looked[1]
        self._looked = self.cost_ns, self.used_ns
        most = used * MOST_COST
        if cost > most:
            self.every = min(_MOST_EVERY, max(self.every + 1, int(self.every * cost / (most + 1))))
        elif self.every > 1 and cost * 3 < most:
            self.every -= 1

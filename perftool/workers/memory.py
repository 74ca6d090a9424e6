"""How much memory a set of processes uses, shared pages counted once, and whether that is too much."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

EVERY_S: Final = 0.5
# A limit of the container is where the kernel starts killing: files in its cache and short peaks need room below it.
CONTAINER_SHARE: Final = 0.8
# Below this share chunks and windows may grow again.
CALM: Final = 0.8
# Beyond this there is no time to wait whether the item ends by itself.
ALARM: Final = 1.5


@dataclass(frozen=True, slots=True)
class Reading:
    """Bytes by process, and the ``limit`` for all of them together."""

    by_pid: Mapping[int, int]
    limit: int

    @property
    def total(self) -> int:
        """Return the bytes of all processes."""
        return sum(self.by_pid.values())

    @property
    def over(self) -> bool:
        """Tell whether it is more than the limit."""
        return self.total > self.limit

    @property
    def calm(self) -> bool:
        """Tell whether it is well below the limit."""
        return self.total < self.limit * CALM

    @property
    def alarming(self) -> bool:
        """Tell whether it is so far above the limit that nothing can wait."""
        return self.total > self.limit * ALARM


class Guard:
    """Reads the memory of processes every ``every_s`` seconds; ``measure`` gives bytes by process."""

    def __init__(
        self,
        limit: int,
        *,
        every_s: float = EVERY_S,
        measure: Callable[[Sequence[int]], Mapping[int, int]] | None = None,
    ) -> None:
        self.limit = limit
        self.every_s = every_s
        self._measure = measure or proportional_bytes
        self._next = 0.0

    def reading(self, pids: Sequence[int]) -> Reading | None:
        """Return a reading of ``pids``, or None when the last was a moment ago."""
        now = time.monotonic()
        if now < self._next:
            return None
        reading = Reading(self._measure(pids), self.limit)
        self._next = time.monotonic() + self.every_s
        return reading


def proportional_bytes(pids: Sequence[int]) -> dict[int, int]:
    """Return the proportional set size of each process that can be read: shared pages are divided by their users.

    Where the system has no such figure, or does not tell it, the resident set size stands for it: too much rather
    than too little.
    cost: about a millisecond for 100 MB of a process.
    """
    import psutil

    found: dict[int, int] = {}
    for pid in pids:
        try:
            process = psutil.Process(pid)
            try:
                shared_out = int(getattr(process.memory_full_info(), "pss", 0))
            except psutil.AccessDenied:
                shared_out = 0
            found[pid] = shared_out or int(process.memory_info().rss)
        except psutil.Error:
            continue  # it has ended meanwhile
    return found


def limit(wanted: int | None, container: int | None) -> int | None:
    """Return the limit for all processes in bytes: the one ``wanted``, else a share of the container's, else None.

    A wanted limit above the container's own would never be reached; the kernel would act first.
    """
    share = None if container is None else int(container * CONTAINER_SHARE)
    if wanted is None or share is None:
        return wanted if share is None else share
    return min(wanted, share)

"""What is kept of each statement and place: sums and a histogram, so that memory does not grow with the runs."""

from __future__ import annotations

TYPE_CHECKING = False  # typing would cost the target 10 ms
if TYPE_CHECKING:
    from typing import Any

_BITS = 4


class Figure:
    """All runs of one statement from one place; times in nanoseconds."""

    __slots__ = ("count", "errors", "execute", "longest", "many", "repeated", "repeated_ns", "rows", "times", "total")

    def __init__(self) -> None:
        self.count = self.total = self.execute = self.longest = self.rows = 0
        self.errors = self.repeated = self.repeated_ns = self.many = 0
        self.times: dict[int, int] = {}

    def add(self, bucket: int) -> None:
        """Count a run in its bucket."""
        self.times[bucket] = self.times.get(bucket, 0) + 1

    def move(self, before: int, after: int) -> None:
        """Count a run in another bucket than before: its rows took time too."""
        if before != after:
            left = self.times.get(before, 1) - 1
            if left:
                self.times[before] = left
            else:
                self.times.pop(before, None)
            self.add(after)

    def plain(self) -> list[Any]:
        """Return the figures in the order that readers know."""
        sums = [self.count, self.total, self.execute, self.longest, self.rows]
        return [*sums, self.errors, self.repeated, self.repeated_ns, self.many, sorted(self.times.items())]


def bucket(ns: int) -> int:
    """Return the bucket of a time: each power of two is split into sixteen, so that none is wider than 6 %."""
    over = ns.bit_length() - _BITS - 1
    return ns if over <= 0 else (over << _BITS) + (ns >> over)


def middle(bucket: int) -> float:
    """Return the time in the middle of a bucket."""
    over = (bucket >> _BITS) - 1
    if over <= 0:
        return float(bucket)
    low = (bucket - (over << _BITS)) << over
    return low + (1 << over) / 2

"""Times of a pool in a histogram: percentiles from memory that does not grow with the number of checkouts."""

from __future__ import annotations

from typing import Final

from perftool.model.database import Spread
from perftool.stats.histogram import bucket_index, percentile

#: A percentile is at most 1/64 off: each power of two is split into 64 buckets.
BITS: Final = 7
_TICK: Final = 1e-9


class Latencies:
    """Times in seconds. ``add`` is called for every checkout: it is short rather than pretty."""

    __slots__ = ("_floors", "count", "maximum", "total")

    def __init__(self) -> None:
        self.count = 0
        self.total = 0.0
        self.maximum = 0.0
        # By the smallest tick of their bucket, which costs less to find than the bucket's number.
        self._floors: dict[int, int] = {}

    def add(self, seconds: float) -> None:
        """Record one time."""
        tick = int(seconds * 1e9)
        shift = tick.bit_length() - BITS
        if shift > 0:
            tick = tick >> shift << shift
        floors = self._floors
        floors[tick] = floors.get(tick, 0) + 1
        self.count += 1
        self.total += seconds
        if seconds > self.maximum:
            self.maximum = seconds

    @property
    def size(self) -> int:
        """Return how many buckets are in use."""
        return len(self._floors)

    def at(self, share: float) -> float:
        """Return the time below which ``share`` of all lie; NaN without any."""
        counts = {bucket_index(tick, BITS): number for tick, number in self._floors.items()}
        indices = sorted(counts)
        middle = percentile(indices, [counts[index] for index in indices], share, BITS) * _TICK
        return min(middle, self.maximum)

    def spread(self) -> Spread | None:
        """Return the percentiles, None without any time."""
        if not self.count:
            return None
        return Spread(
            count=self.count,
            p50=self.at(0.50),
            p95=self.at(0.95),
            p99=self.at(0.99),
            maximum=self.maximum,
            total=self.total,
        )

"""The median of a sample with its distribution-free interval."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from perftool.stats.assumption import samples_for_interval
from perftool.stats.normal import quantile
from perftool.stats.sample import median

if TYPE_CHECKING:
    from collections.abc import Sequence

_LARGEST_EXACT: Final = 1000


@dataclass(frozen=True, slots=True)
class SummaryStats:
    """Centre of ``n`` values and its interval.

    A bound of None means that the sample is too small for it at this confidence; ``needed`` is then the number of
    values that would do (None also when no number up to 50 does).
    """

    center: float
    lo: float | None
    hi: float | None
    n: int
    needed: int | None = None

    @property
    def spread(self) -> float:
        """Return the larger half of the interval as a fraction of the centre; ``inf`` where undefined."""
        if self.lo is None or self.hi is None:
            return math.inf
        wider = max(self.hi - self.center, self.center - self.lo)
        if not wider:
            return 0.0
        return wider / abs(self.center) if self.center else math.inf


@functools.lru_cache(maxsize=1024)
def median_interval(n: int, confidence: float) -> tuple[int, int]:
    """Return the 1-based order statistics that enclose the median of ``n`` values with at least ``confidence``.

    0 stands for minus infinity and n + 1 for plus infinity. The interval grows from the middle to the side of the
    larger binomial mass, to the left where both are equal; masses are exact integers up to n = 1000, above it the
    normal approximation gives a symmetric interval.
    source: David and Nagaraja, Order Statistics, section 7.1
    """
    if n < 1:
        return 0, n + 1
    if confidence >= 1:
        return 0, n + 1
    if n > _LARGEST_EXACT:
        low = math.floor(n / 2 + quantile((1 - confidence) / 2) * math.sqrt(n) / 2)
        return max(0, low), min(n + 1, n + 1 - low)
    numerator, denominator = confidence.as_integer_ratio()
    wanted = numerator << n
    left = (n + 2) // 2 - 1
    right = left + 1
    mass = math.comb(n, left)
    while mass * denominator < wanted and (left > 0 or right <= n):
        next_left = math.comb(n, left - 1) if left > 0 else -1
        next_right = math.comb(n, right) if right <= n else -1
        if next_left >= next_right:
            left -= 1
            mass += next_left
        else:
            mass += next_right
            right += 1
    return left, min(right, n + 1)


def summarize(values: Sequence[float], confidence: float = 0.95) -> SummaryStats:
    """Return the median of ``values`` (at least one, any order) and its interval."""
    ordered = sorted(values)
    n = len(ordered)
    low, high = median_interval(n, confidence)
    lo = ordered[low - 1] if low >= 1 else None
    hi = ordered[high - 1] if high <= n else None
    needed = samples_for_interval(confidence) if lo is None or hi is None else None
    return SummaryStats(median(ordered), lo, hi, n, needed)


def summarize_exact(values: Sequence[float]) -> SummaryStats:
    """Return the most frequent of ``values`` (the smallest of several) between their minimum and maximum.

    For counters that are meant to be the same in every run: any interval wider than a point is a finding.
    """
    ordered = sorted(values)
    best, longest = ordered[0], 0
    start = 0
    for position in range(1, len(ordered) + 1):
        if position == len(ordered) or ordered[position] != ordered[start]:
            if position - start > longest:
                best, longest = ordered[start], position - start
            start = position
    return SummaryStats(best, ordered[0], ordered[-1], len(ordered))

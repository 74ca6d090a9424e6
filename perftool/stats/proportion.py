"""Intervals for shares: so many of so many."""

from __future__ import annotations

import math

from perftool.stats.normal import quantile


def wilson(successes: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the interval for the share behind ``successes`` of ``n``; (0, 1) for n = 0.

    source: Wilson 1927 (DOI 10.1080/01621459.1927.10502953)
    """
    if not n:
        return 0.0, 1.0
    z2 = quantile((1 - confidence) / 2) ** 2
    share = successes / n
    center = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = math.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    low = 0.0 if not successes else max(0.0, center - half)
    high = 1.0 if successes == n else min(1.0, center + half)
    return low, high

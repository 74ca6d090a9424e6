"""Drift: does a series of blocks rise or fall with time?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from perftool.stats.normal import cdf
from perftool.stats.sample import median

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Drift:
    """``tau`` is Kendall's correlation with time (-1 to 1), ``p`` two-sided.

    ``change`` is the drift over the whole series as a fraction of its median (slope times length), None where the
    median is 0.
    """

    tau: float
    p: float
    change: float | None


def drift(values: Sequence[float]) -> Drift:
    """Test ``values``, one a block in the order taken, for a trend, and size it by the median of pairwise slopes.

    source: Mann 1945 (DOI 10.2307/1907187), variance with ties after Kendall, Rank Correlation Methods, section
    4.4; slope: Sen 1968 (DOI 10.1080/01621459.1968.10480934)
    cost: n^2 / 2 pairs
    """
    n = len(values)
    if n < 3:
        return Drift(0.0, 1.0, None)
    score = 0
    slopes: list[float] = []
    for i in range(n - 1):
        for j in range(i + 1, n):
            difference = values[j] - values[i]
            score += (difference > 0) - (difference < 0)
            slopes.append(difference / (j - i))
    sizes: dict[float, int] = {}
    for value in values:
        sizes[value] = sizes.get(value, 0) + 1
    variance = (n * (n - 1) * (2 * n + 5) - sum(t * (t - 1) * (2 * t + 5) for t in sizes.values())) / 18
    center = median(sorted(values))
    change = median(sorted(slopes)) * (n - 1) / abs(center) if center else None
    if variance <= 0 or not score:
        return Drift(0.0, 1.0, change)
    z = (abs(score) - 1) / math.sqrt(variance)
    return Drift(score / (n * (n - 1) / 2), min(1.0, 2 * cdf(-z)), change)

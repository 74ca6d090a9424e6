"""The slope of a line through points, whatever single points do."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from perftool.stats.normal import quantile
from perftool.stats.sample import median

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Slope:
    """The slope and its confidence interval."""

    center: float
    lo: float
    hi: float


def theil_sen(x: Sequence[float], y: Sequence[float], confidence: float = 0.95) -> Slope | None:
    """Return the median of the slopes between all pairs of points; None where no two have a different ``x``.

    source: Sen 1968 (DOI 10.1080/01621459.1968.10480934), the interval by the variance of Kendall's S with ties
    cost: n^2 / 2 pairs
    """
    n = len(x)
    slopes = sorted((y[j] - y[i]) / (x[j] - x[i]) for i in range(n - 1) for j in range(i + 1, n) if x[j] != x[i])
    if not slopes:
        return None
    variance = (n * (n - 1) * (2 * n + 5) - _ties(x) - _ties(y)) / 18
    reach = -quantile((1 - confidence) / 2) * math.sqrt(max(variance, 0.0))
    count = len(slopes)
    low = max(round((count - reach) / 2) - 1, 0)
    high = min(round((count + reach) / 2), count - 1)
    return Slope(median(slopes), slopes[low], slopes[high])


def _ties(values: Sequence[float]) -> int:
    sizes: dict[float, int] = {}
    for value in values:
        sizes[value] = sizes.get(value, 0) + 1
    return sum(t * (t - 1) * (2 * t + 5) for t in sizes.values())

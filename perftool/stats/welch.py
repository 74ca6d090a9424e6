"""The difference of two means, when the sides need not vary alike."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from perftool.stats.student import quantile, two_sided_p

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Difference:
    """``center`` is the mean of the second sample - that of the first, between ``lo`` and ``hi``; ``p`` that of no
    difference."""

    center: float
    lo: float
    hi: float
    p: float


def welch(first: Sequence[float], second: Sequence[float], confidence: float = 0.95) -> Difference:
    """Return the difference of the means of two samples of at least two values each.

    Two samples without any spread differ for sure, or not at all.
    raises: ValueError for less than two values on a side.
    source: Welch 1947 (DOI 10.2307/2332510), with Satterthwaite's degrees of freedom 1946 (DOI 10.2307/3002019)
    """
    if len(first) < 2 or len(second) < 2:
        raise ValueError("a spread needs at least two values on both sides")
    means = math.fsum(first) / len(first), math.fsum(second) / len(second)
    center = means[1] - means[0]
    a, b = (_squared_error(values, mean) for values, mean in zip((first, second), means, strict=True))
    if a + b <= 0:
        return Difference(center, center, center, 0.0 if center else 1.0)
    # Shares of the variance first: squares of very small errors would vanish.
    share = a / (a + b)
    df = 1 / (share**2 / (len(first) - 1) + (1 - share) ** 2 / (len(second) - 1))
    error = math.sqrt(a + b)
    half = quantile((1 + confidence) / 2, df) * error
    return Difference(center, center - half, center + half, two_sided_p(center / error, df))


def _squared_error(values: Sequence[float], mean: float) -> float:
    n = len(values)
    return math.fsum((value - mean) ** 2 for value in values) / (n - 1) / n

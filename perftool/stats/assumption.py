"""How many values a method needs before it can say anything at all."""

from __future__ import annotations

import functools
import math
from typing import Final

MOST_FOR_INTERVAL: Final = 50
MOST_FOR_DIFFERENCE: Final = 50


@functools.lru_cache(maxsize=64)
def samples_for_interval(confidence: float) -> int | None:
    """Return the smallest n whose median has a finite interval at ``confidence``, None above 50.

    The whole sample encloses the median with probability 1 - 2^(1-n).
    """
    return next((n for n in range(2, MOST_FOR_INTERVAL + 1) if 1 - 2.0 ** (1 - n) >= confidence), None)


@functools.lru_cache(maxsize=64)
def samples_for_difference(alpha: float) -> int | None:
    """Return the smallest n a side at which complete separation gives p < ``alpha``, None above 50.

    The smallest p of the exact rank test is 2 / C(2n, n).
    """
    return next((n for n in range(1, MOST_FOR_DIFFERENCE + 1) if smallest_p(n) < alpha), None)


@functools.lru_cache(maxsize=64)
def pairs_for_difference(alpha: float) -> int | None:
    """Return the smallest number of pairs that can give p < ``alpha`` by all changing the same way, None above 50.

    The smallest p of the exact signed-rank test is 2^(1-n).
    """
    return next((n for n in range(1, MOST_FOR_DIFFERENCE + 1) if 2.0 ** (1 - n) < alpha), None)


def smallest_p(n: int) -> float:
    """Return the smallest p that the exact two-sided rank test can give with ``n`` values a side."""
    return min(1.0, 2 / math.comb(2 * n, n))

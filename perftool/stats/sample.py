"""Samples: their middle, and one value a block."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def median(ordered: Sequence[float]) -> float:
    """Return the median of ``ordered``, at least one value in ascending order.

    The sum of the middle two is never formed, so the result lies between them.
    source: Hyndman and Fan, Sample Quantiles in Statistical Packages, type 8 (DOI 10.2307/2684934)
    """
    count = len(ordered)
    position = 1 / 3 + 0.5 * (count + 1 / 3)
    below = math.floor(position)
    if below <= 0:
        return ordered[0]
    if below >= count:
        return ordered[-1]
    low, high = ordered[below - 1], ordered[below]
    share = position - below
    # inf - inf is NaN; between equal values and exactly on one there is nothing to interpolate.
    if low == high or not share:
        return low
    distance = high - low
    if math.isinf(distance) and math.isfinite(low) and math.isfinite(high):
        return low / 2 + high / 2
    return low + share * distance


def block_medians(values: Sequence[float], blocks: Sequence[int]) -> list[float]:
    """Return the median of each block's values, in the order in which the blocks first appear.

    ``blocks`` gives each value's block, or is empty: then every value is its own block. The block is the unit of
    analysis: samples of one process share its memory layout and hash seed, and are not independent.
    source: Kalibera and Jones, Rigorous Benchmarking in Reasonable Time (DOI 10.1145/2464157.2464160)
    """
    if not blocks:
        return list(values)
    members: dict[int, list[float]] = {}
    for value, block in zip(values, blocks, strict=True):
        members.setdefault(block, []).append(value)
    return [median(sorted(block)) for block in members.values()]

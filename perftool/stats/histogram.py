"""Log-linear histograms of integer ticks: small, mergeable, with a bounded relative error.

A tick below 2**bits has a bucket of its own; above, each power of two is split into 2**(bits-1) equal buckets, so
a bucket is never wider than 2**(1-bits) of its value.
source: Tene, HdrHistogram (buckets and sub-buckets)
"""

from __future__ import annotations

import math
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def bucket_index(tick: int, bits: int) -> int:
    """Return the bucket of ``tick``, an integer from 0; negative ones count as 0."""
    if tick < 1 << bits:
        return max(tick, 0)
    exponent = tick.bit_length() - bits
    half = 1 << (bits - 1)
    return (1 << bits) + (exponent - 1) * half + (tick >> exponent) - half


def bucket_bounds(index: int, bits: int) -> tuple[int, int]:
    """Return the half-open range of ticks that fall into bucket ``index``."""
    if index < 1 << bits:
        return index, index + 1
    half = 1 << (bits - 1)
    exponent, offset = divmod(index - (1 << bits), half)
    exponent += 1
    return (half + offset) << exponent, (half + offset + 1) << exponent


def collect(ticks: Iterable[int], bits: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the indices of the non-empty buckets of ``ticks`` in ascending order, and their counts."""
    counts: dict[int, int] = {}
    for tick in ticks:
        index = bucket_index(tick, bits)
        counts[index] = counts.get(index, 0) + 1
    indices = tuple(sorted(counts))
    return indices, tuple(counts[index] for index in indices)


def percentile(indices: Sequence[int], counts: Sequence[int], share: float, bits: int) -> float:
    """Return the tick below which ``share`` (0 to 1) of the operations lie: the middle of the bucket of that rank.

    The rank is ceil(share * count), at least 1, so share = 1 is the largest and a result is never beyond a bucket
    that holds an operation.
    returns: NaN for an empty histogram
    """
    total = sum(counts)
    if not total:
        return math.nan
    # The product of a decimal share is often one rounding step above the whole number that is meant.
    rank = max(1, math.ceil(share * total - 1e-9))
    reached = accumulate(counts)
    index = next(index for index, seen in zip(indices, reached, strict=True) if seen >= rank)
    low, high = bucket_bounds(index, bits)
    return (low + high - 1) / 2

"""Wilcoxon's signed-rank test of paired samples, exact with ties and zeros."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from perftool.stats.normal import cdf

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_EXACT: Final = 50


@dataclass(frozen=True, slots=True)
class SignedRankTest:
    """``w`` is the sum of the ranks of the pairs that grew; ``p`` is two-sided; "none" when no pair differs."""

    w: float
    p: float
    method: Literal["signed-rank-exact", "signed-rank-normal", "none"]


def differences(old: Sequence[float], new: Sequence[float]) -> list[float]:
    """Return log(new/old) of each pair when all values are above 0, else new - old: what the paired test ranks."""
    if all(value > 0 for value in old) and all(value > 0 for value in new):
        return [_log_ratio(before, after) for before, after in zip(old, new, strict=True)]
    return [after - before for before, after in zip(old, new, strict=True)]


def _log_ratio(before: float, after: float) -> float:
    """Return log(after/before), also where the ratio itself is more or less than a double holds."""
    ratio = after / before
    return math.log(ratio) if 0 < ratio < math.inf else math.log(after) - math.log(before)


def signed_rank(old: Sequence[float], new: Sequence[float]) -> SignedRankTest:
    """Test whether paired values tend to grow or shrink; ``old[i]`` and ``new[i]`` are a pair.

    Zeros are ranked with the others and then left out (Pratt), equal sizes share their mean rank, and the p of the
    remaining ranks is exact up to 50 pairs: every assignment of signs is equally likely. Above that the normal
    approximation with corrections for ties, zeros and continuity.
    source: Wilcoxon 1945 (DOI 10.2307/3001968); Pratt 1959 (DOI 10.1080/01621459.1959.10501526)
    """
    changes = differences(old, new)
    ranks = _doubled_ranks(changes)
    used = tuple(rank for rank, change in zip(ranks, changes, strict=True) if change)
    doubled = sum(rank for rank, change in zip(ranks, changes, strict=True) if change > 0)
    if not used:
        return SignedRankTest(0.0, 1.0, "none")
    if len(used) <= MOST_EXACT:
        return SignedRankTest(doubled / 2, _exact_p(tuple(sorted(used)), doubled), "signed-rank-exact")
    deviation = math.sqrt(sum(rank * rank for rank in used)) / 2
    distance = doubled - sum(used) / 2
    distance -= (distance > 0) - (distance < 0)
    return SignedRankTest(doubled / 2, min(1.0, 2 * cdf(-abs(distance) / deviation)), "signed-rank-normal")


def _doubled_ranks(changes: Sequence[float]) -> list[int]:
    """Return twice the mean rank of each magnitude, so that halves stay integers."""
    order = sorted(range(len(changes)), key=lambda i: abs(changes[i]))
    ranks = [0] * len(changes)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and abs(changes[order[end]]) == abs(changes[order[start]]):
            end += 1
        for position in order[start:end]:
            ranks[position] = start + 1 + end
        start = end
    return ranks


@functools.lru_cache(maxsize=1024)
def _exact_p(ranks: tuple[int, ...], doubled: int) -> float:
    counts = sign_counts(ranks)
    nearest = min(doubled, sum(ranks) - doubled)
    return min(1.0, 2 * sum(counts[: nearest + 1]) / (1 << len(ranks)))


@functools.lru_cache(maxsize=256)
def sign_counts(ranks: tuple[int, ...]) -> tuple[int, ...]:
    """Return how many choices of signs give each sum 0 … sum(ranks) of the positive ranks.

    The polynomial is held as one long integer with a fixed number of bytes for each coefficient.
    """
    width = len(ranks) // 8 + 1
    polynomial = 1
    for rank in ranks:
        polynomial += polynomial << (8 * width * rank)
    data = polynomial.to_bytes(width * (sum(ranks) + 1), "little")
    return tuple(int.from_bytes(data[at : at + width], "little") for at in range(0, len(data), width))

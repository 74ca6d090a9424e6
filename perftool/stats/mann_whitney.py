"""Mann and Whitney's U test of two independent samples, right with ties and unequal sizes."""

from __future__ import annotations

import functools
import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from perftool.stats.normal import cdf

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_EXACT_UNTIED: Final = 50
MOST_EXACT_TIED: Final = 25

Method = Literal["mann-whitney-exact", "mann-whitney-normal", "none"]


@dataclass(frozen=True, slots=True)
class UTest:
    """``u`` counts the pairs in which the first sample is larger, ties half; ``p`` is two-sided.

    ``method`` is "none" when all values are equal or a side is empty: nothing to test, p = 1.
    """

    u: float
    p: float
    method: Method


def mann_whitney(x1: Sequence[float], x2: Sequence[float]) -> UTest:
    """Test whether ``x1`` and ``x2`` tend to different sizes.

    Exact by counting up to 50 values a side without ties and 25 with ties; above that the normal approximation
    with corrections for ties and continuity. The exact p is the share of all assignments of the pooled values
    whose U is at least as far from n1*n2/2 as the observed one, which is symmetric in the samples also where the
    null distribution is not.
    source: Mann and Whitney 1947 (DOI 10.1214/aoms/1177730491); ties: Lehmann, Nonparametrics, section 1.4
    cost: 5 ms at 25 + 25 with ties, cached by sizes and ties
    """
    n1, n2 = len(x1), len(x2)
    doubled, groups = rank_counts(x1, x2)
    u = doubled / 2
    if not n1 or not n2 or len(groups) < 2:
        return UTest(u, 1.0, "none")
    tied = len(groups) < n1 + n2
    limit = MOST_EXACT_TIED if tied else MOST_EXACT_UNTIED
    if max(n1, n2) <= limit:
        return UTest(u, _exact_p(n1, n2, groups if tied else (), doubled), "mann-whitney-exact")
    return UTest(u, normal_p(n1, n2, groups, u), "mann-whitney-normal")


def rank_counts(x1: Sequence[float], x2: Sequence[float]) -> tuple[int, tuple[int, ...]]:
    """Return 2 * U of ``x1`` and the sizes of the groups of equal pooled values in ascending order."""
    sizes = Counter(sorted((*x1, *x2)))
    ranks: dict[float, int] = {}  # twice the mean rank of each group, from 1
    below = 0
    for value, size in sizes.items():
        ranks[value] = 2 * below + size + 1
        below += size
    n1 = len(x1)
    return sum(map(ranks.__getitem__, x1)) - n1 * (n1 + 1), tuple(sizes.values())


def normal_p(n1: int, n2: int, groups: Sequence[int], u: float) -> float:
    """Return the two-sided p of ``u`` by the normal approximation, corrected for ties and continuity.

    source: Lehmann, Nonparametrics, section 1.4
    """
    total = n1 + n2
    ties = sum(size**3 - size for size in groups)
    deviation = math.sqrt(n1 * n2 * ((total + 1) - ties / (total * (total - 1))) / 12)
    if not deviation:
        return 1.0
    distance = u - n1 * n2 / 2
    distance -= 0.5 * ((distance > 0) - (distance < 0))
    share = cdf(distance / deviation)
    return 2 * min(share, 1 - share)


@functools.lru_cache(maxsize=256)
def _exact_p(n1: int, n2: int, groups: tuple[int, ...], doubled: int) -> float:
    total = math.comb(n1 + n2, n1)
    if not groups:
        nearest = min(doubled, 2 * n1 * n2 - doubled) // 2
        if 2 * nearest >= n1 * n2:
            return 1.0
        return min(1.0, 2 * sum(untied_counts(min(n1, n2), max(n1, n2))[: nearest + 1]) / total)
    most = n1 * n2 - abs(doubled - n1 * n2)
    if most == n1 * n2:
        return 1.0
    # From the other end the same groups come in the opposite order.
    return (tied_tail(n1, groups, most) + tied_tail(n1, groups[::-1], most)) / total


@functools.lru_cache(maxsize=128)
def untied_counts(n1: int, n2: int) -> tuple[int, ...]:
    """Return how many assignments without ties give U = 0, 1 … n1*n2: the Gaussian binomial coefficients.

    source: Andrews, The Theory of Partitions, section 3.2
    """
    top = n1 * n2
    half = top // 2
    counts = [1] + [0] * half
    for i in range(1, n1 + 1):
        for power in range(half, n2 + i - 1, -1):
            counts[power] -= counts[power - n2 - i]
        for power in range(i, half + 1):
            counts[power] += counts[power - i]
    mirrored = counts[: top - half]
    return tuple(counts + mirrored[::-1])


def tied_tail(n1: int, groups: Sequence[int], most: int) -> int:
    """Return how many assignments of the pooled values give 2*U <= ``most``.

    ``groups`` are the sizes of the groups of equal values, ascending by value. A polynomial in 2*U is held as one
    long integer with a fixed number of bits for each coefficient, so that adding and shifting run in C; powers
    above ``most`` are cut off.
    source: Streitberg and Röhmel's shift algorithm, Computational Statistics & Data Analysis 1986
    """
    total = sum(groups)
    n2 = total - n1
    width = math.comb(total, n1).bit_length() + 1
    end = width * (min(most, 2 * n1 * n2) + 1)
    mask = (1 << max(end, 0)) - 1
    states = {0: 1 & mask}  # members of the first sample used so far -> polynomial
    seen = 0
    for size in groups:
        following: dict[int, int] = {}
        for used, polynomial in states.items():
            below = seen - used
            fewest = max(0, n1 - used - (total - seen - size))
            for taken in range(fewest, min(size, n1 - used) + 1):
                shift = width * taken * (2 * below + size - taken)
                term = polynomial if size == 1 else polynomial * math.comb(size, taken)
                moved = term << shift & mask if shift < end else 0
                if moved:
                    following[used + taken] = following.get(used + taken, 0) + moved
        states = following
        seen += size
    # All coefficients together are less than one place can hold, so this remainder is their sum.
    return states.get(n1, 0) % ((1 << width) - 1)

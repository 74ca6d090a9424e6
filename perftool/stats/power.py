"""How many blocks would decide what is undecided."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Final

from perftool.stats.assumption import pairs_for_difference, samples_for_difference
from perftool.stats.mann_whitney import rank_counts
from perftool.stats.normal import quantile
from perftool.stats.sample import median
from perftool.stats.signed_rank import differences

if TYPE_CHECKING:
    from collections.abc import Sequence

# An estimate beyond this says "more than anyone measures" and, from a few blocks, no more than that.
_MOST_BLOCKS: Final = 10_000


def blocks_needed(
    old: Sequence[float],
    new: Sequence[float],
    alpha: float = 0.05,
    effect: float | None = None,
    power: float = 0.8,
) -> int | None:
    """Estimate how many blocks a side find the change with probability ``power`` at level ``alpha``.

    ``effect`` is the change to find as a fraction of the old centre: ``new`` is scaled so that its median has it.
    None: the change that was observed. From P = share of pairs in which new is larger, Noether's approximation
    gives n = (z(alpha/2) + z(1-power))^2 / (6 * (P - 1/2)^2) a side, at least as many as the exact test needs to
    reach ``alpha`` at all.
    returns: None when the samples overlap so evenly (P near 1/2) that no number of up to 10,000 helps.
    source: Noether 1987, Sample Size Determination for Some Common Nonparametric Tests (DOI 10.2307/2289477)
    """
    if not old or not new:
        return None
    if effect is not None:
        new = _with_effect(old, new, effect)
    doubled, _ = rank_counts(new, old)
    advantage = doubled / (2 * len(old) * len(new)) - 0.5
    if not advantage:
        return None
    z = quantile(alpha / 2) + quantile(1 - power)
    estimate = math.ceil(z * z / (6 * advantage * advantage))
    if estimate > _MOST_BLOCKS:
        return None
    return max(estimate, samples_for_difference(alpha) or estimate)


def pairs_needed(old: Sequence[float], new: Sequence[float], alpha: float = 0.05, power: float = 0.8) -> int | None:
    """Estimate how many pairs find the change that was observed with probability ``power`` at level ``alpha``.

    With P = share of the sums of two differences (each with itself too) that are above 0, ties half, Noether's
    approximation gives n = (z(alpha/2) + z(1-power))^2 / (3 * (P - 1/2)^2), at least as many as the exact signed-rank
    test needs to reach ``alpha`` at all.
    returns: None when growth and shrinkage are so even that no number of up to 10,000 helps.
    source: Noether 1987, Sample Size Determination for Some Common Nonparametric Tests (DOI 10.2307/2289477)
    cost: n log n
    """
    changes = sorted(differences(old, new))
    if not changes:
        return None
    n = len(changes)
    # Sums above 0 less those below: each of two differences is met twice, each with itself once, and so added here.
    surplus = sum(n - bisect_right(changes, -one) - bisect_left(changes, -one) for one in changes)
    surplus += sum((one > 0) - (one < 0) for one in changes)
    advantage = surplus / (2 * n * (n + 1))
    if not advantage:
        return None
    z = quantile(alpha / 2) + quantile(1 - power)
    estimate = math.ceil(z * z / (3 * advantage * advantage))
    return None if estimate > _MOST_BLOCKS else max(estimate, pairs_for_difference(alpha) or estimate)


def blocks_to_clear(n: int, lo: float, hi: float, estimate: float, threshold: float) -> int | None:
    """Estimate how many blocks a side bring an interval wholly to one side of ``threshold``.

    ``n`` blocks a side gave the interval ``lo`` … ``hi`` around ``estimate``; its half-width shrinks with the
    square root of n.
    returns: None when the estimate is on the threshold, or so near that no number of up to 10,000 helps; at least
    ``n`` + 1 when the interval holds it.
    """
    if not lo <= threshold <= hi:
        return n
    distance = abs(estimate - threshold)
    half = (hi - estimate) if threshold >= estimate else (estimate - lo)
    # Compared before squaring, which could be more than a double holds.
    if not distance or not half or half / distance > math.sqrt(_MOST_BLOCKS / n):
        return None
    return max(n + 1, math.ceil(n * (half / distance) ** 2))


def _with_effect(old: Sequence[float], new: Sequence[float], effect: float) -> list[float]:
    before, after = median(sorted(old)), median(sorted(new))
    wanted = before * (1 + effect)
    if after and wanted / after > 0:
        return [value * (wanted / after) for value in new]
    return [value + (wanted - after) for value in new]

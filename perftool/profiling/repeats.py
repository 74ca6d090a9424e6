"""How sure a change is between captures that were repeated on both sides."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

from perftool.stats.moderated import prior
from perftool.stats.sample import median
from perftool.stats.student import quantile, two_sided_p
from perftool.stats.welch import Difference, welch

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from perftool.profiling.weighing import Group

# Functions with fewer samples on both sides together say too little of how runs scatter.
_FEWEST_SAMPLES: Final = 10
_STEPS: Final = 40
_LARGEST: Final = 1e6


class _Point(NamedTuple):
    """One function in one capture: how far it is from the mean of its side, what sampling alone would do, the mean.

    All squared.
    """

    away: float
    sampling: float
    mean: float


class Repeats:
    """Two groups of captures of two programs, each run several times.

    A few runs tell the spread of one function badly, but there are many functions. What sampling alone would scatter is
    known for each from its samples; runs scatter beside that by some part of each weight, which is estimated from all
    functions together. How many times more than both a function really scatters is drawn towards what is common to
    all, the more the fewer runs there are, and is never taken as less than once.
    source: moderated t, Smyth 2004 (DOI 10.2202/1544-6115.1027); known variances of each as in Law et al. 2014
    (DOI 10.1186/gb-2014-15-2-r29), the part of the mean as in McCarthy et al. 2012 (DOI 10.1093/nar/gks042)
    """

    def __init__(
        self, before: Group, after: Group, functions: Iterable[int], *, shares: bool, confidence: float
    ) -> None:
        self._groups = before, after
        self._shares = shares
        self._confidence = confidence
        self._df = sum(len(group.captures) - 1 for group in self._groups)
        self._prior = None
        if all(one.sampled for group in self._groups for one in group.captures):
            telling = [self._points(at) for at in functions if self._samples(at) >= _FEWEST_SAMPLES]
            self._part = _common_part(telling, self._df)
            self._prior = prior([_scatter(points, self._part, self._df) for points in telling], self._df)

    def difference(self, at: int) -> Difference:
        """Return how much the own weight or share of a function changed; what was counted, by Welch's interval."""
        before, after = (group.values(at, shares=self._shares) for group in self._groups)
        if self._prior is None:
            return welch(before, after, self._confidence)
        points = self._points(at)
        scatter, df = self._prior.moderated(_scatter(points, self._part, self._df), self._df)
        split = len(before)
        variance = max(scatter, 1.0) * sum(
            math.fsum(_expected(one, self._part) for one in side) / len(side) ** 2
            for side in (points[:split], points[split:])
        )
        center = _mean(after) - _mean(before)
        error = math.sqrt(variance)
        half = quantile((1 + self._confidence) / 2, df) * error
        return Difference(center, center - half, center + half, two_sided_p(center / error, df))

    def _points(self, at: int) -> list[_Point]:
        """Return a function in all captures, as if one sample more was taken with it, and one without."""
        found = []
        for group in self._groups:
            share, values = group.share(at), group.values(at, shares=self._shares)
            mean = _mean(values)
            for one, value, whole in zip(group.captures, values, group.wholes(), strict=True):
                n = group.samples_of(one, at)
                likely = (share * n + 1) / (n + 2)
                sampling = likely * (1 - likely) / (n + 2) * (1.0 if self._shares else whole**2)
                found.append(_Point((value - mean) ** 2, sampling, mean**2))
        return found

    def _samples(self, at: int) -> float:
        return sum(group.share(at) * group.samples_of(one, at) for group in self._groups for one in group.captures)


def _expected(point: _Point, part: float) -> float:
    return point.sampling + part * point.mean


def _scatter(points: Sequence[_Point], part: float, df: float) -> float:
    """Return how many times as much as expected a function scatters within the groups."""
    return math.fsum(one.away / _expected(one, part) for one in points if one.away) / df


def _common_part(functions: Sequence[Sequence[_Point]], df: float) -> float:
    """Return the squared part of its weight by which runs scatter a function, so that the median scatters as expected.

    A mean would be ruled by the few functions that a single run did much more of.
    source: the median of chi-squared by Wilson and Hilferty 1931 (DOI 10.1073/pnas.17.12.684)
    """
    usual = (1 - 2 / (9 * df)) ** 3

    def too_small(part: float) -> bool:
        return median(sorted(_scatter(points, part, df) for points in functions)) > usual

    if not functions or not too_small(0.0):
        return 0.0
    low, high = 0.0, 1.0
    while high < _LARGEST and too_small(high):
        low, high = high, high * 4
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if too_small(middle):
            low = middle
        else:
            high = middle
    return high


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)

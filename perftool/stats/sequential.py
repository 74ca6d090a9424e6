"""Significance levels for looking at growing data more than once, the chance of a false alarm held over all looks."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING, Final, Literal

from perftool.stats.normal import cdf, quantile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Spending = Literal["obrien-fleming", "pocock"]

# Nothing of a normal density that matters lies beyond this many deviations.
_FARTHEST: Final = 8.5
# Looks nearer than this would need more nodes than they are worth.
_CLOSEST: Final = 1e-3


def boundaries(
    fractions: Sequence[float],
    alpha: float = 0.05,
    spending: Spending = "obrien-fleming",
    *,
    last_spends_all: bool = False,
) -> tuple[float, ...]:
    """Return the two-sided level to test at in each look, so that any of them rejects wrongly with chance ``alpha``.

    ``fractions`` are the shares of the planned blocks at each look, ascending, at least 0.001 apart, up to 1. What
    is spent by a look depends on its share alone, so looks need not be evenly spaced or known beforehand, as long
    as the values do not decide when to look. A p-value is to be below the level of its look.
    ``last_spends_all`` gives the last look all of ``alpha`` that is left, wherever it lies: for a run that ended
    early because of a limit of time. That is valid because under the hypothesis the sides are exchangeable in each
    block: how long blocks take tells when the limit is reached, but not the sign of any difference. It is not valid
    for an end that was chosen after seeing a p-value.
    returns: levels that ascend over even looks for ``obrien-fleming`` (hardly any chance early, nearly ``alpha`` at
    the end) and are about even for ``pocock``; for one look at 1, ``alpha`` itself. One may be 0: too early.
    cost: a millisecond a look; more for looks very near each other
    raises: ValueError when ``fractions`` are not as told or ``alpha`` is not between 0 and 1.
    source: Lan and DeMets 1983, Discrete Sequential Boundaries for Clinical Trials (DOI 10.1093/biomet/70.3.659),
    each of both tails spending alpha / 2; the integration: Armitage, McPherson and Rowe 1969 (DOI 10.2307/2343787)
    """
    if not 0 < alpha < 1:
        raise ValueError(f"alpha is between 0 and 1, not {alpha}")
    times = tuple(float(t) for t in fractions)
    steps = [after - before for before, after in zip((0.0, *times), times, strict=False)]
    if not times or not all(step >= _CLOSEST for step in steps) or times[-1] > 1:
        raise ValueError(f"looks are at ascending shares of the plan, at least {_CLOSEST} apart: {times}")
    return _boundaries(times, alpha, spending, last_spends_all)


def spent(fraction: float, alpha: float = 0.05, spending: Spending = "obrien-fleming") -> float:
    """Return how much of ``alpha`` is spent in both tails when ``fraction`` (above 0, up to 1) of the blocks is seen.

    source: Lan and DeMets 1983, alpha*_1 and alpha*_2 of their section 2, for alpha / 2 in each tail
    """
    if fraction >= 1:
        return alpha
    if spending == "pocock":
        return alpha * math.log1p((math.e - 1) * fraction)
    return 4 * cdf(quantile(alpha / 4) / math.sqrt(fraction))


@functools.lru_cache(maxsize=64)
def _boundaries(times: tuple[float, ...], alpha: float, spending: Spending, last_spends_all: bool) -> tuple[float, ...]:
    """Follow the density of the score that has not crossed yet from look to look.

    The score at share t is normal with variance t and grows by independent steps; its density is even, so that
    half of it is held, at Gauss-Legendre nodes between 0 and the boundary.
    """
    levels: list[float] = []
    density: list[tuple[float, float]] = [(0.0, 0.5)]  # (score, weight): all at 0, one half on either side
    before = spent_before = 0.0
    for index, time in enumerate(times):
        last = index == len(times) - 1
        allowed = alpha if last and last_spends_all else spent(time, alpha, spending)
        deviation = math.sqrt(time - before)
        z = _crossing(density, deviation, math.sqrt(time), allowed - spent_before)
        levels.append(2 * cdf(-z) if index else allowed)  # the first look is exact without integration
        if not last:
            edge = min(z, _FARTHEST) * math.sqrt(time)
            narrowest = min(deviation, math.sqrt(times[index + 1] - time))
            density = _advanced(density, deviation, edge, narrowest)
            before, spent_before = time, allowed
    return tuple(levels)


def _crossing(density: list[tuple[float, float]], deviation: float, root: float, allowed: float) -> float:
    """Return z so that the next score is beyond ±z * ``root``, not having been before, with chance ``allowed``."""

    def crossed(z: float) -> float:
        edge = z * root
        return 2 * math.fsum(
            weight * (cdf((score - edge) / deviation) + cdf((-score - edge) / deviation)) for score, weight in density
        )

    return _falling(crossed, allowed)


def _falling(function: Callable[[float], float], value: float) -> float:
    """Return where a falling ``function`` has ``value``; infinity where it has that nowhere up to 38."""
    low, high = 0.0, 38.0
    if value <= function(high):
        return math.inf
    for _ in range(50):
        middle = (low + high) / 2
        if function(middle) > value:
            low = middle
        else:
            high = middle
    return high


def _advanced(
    density: list[tuple[float, float]], deviation: float, edge: float, narrowest: float
) -> list[tuple[float, float]]:
    """Return the density after a step, at nodes from 0 to ``edge``, close enough for steps of ``narrowest``."""
    count = 16 + 8 * math.ceil(edge / narrowest / 2)
    scale = 1 / (deviation * math.sqrt(2 * math.pi))
    exp = math.exp
    after = []
    for node, share in _legendre(min(count, 512)):
        score = edge * (1 + node) / 2
        height = 0.0
        for origin, weight in density:
            up, down = (score - origin) / deviation, (score + origin) / deviation
            height += weight * (exp(-up * up / 2) + exp(-down * down / 2))
        after.append((score, height * scale * share * edge / 2))
    return after


@functools.lru_cache(maxsize=64)
def _legendre(count: int) -> tuple[tuple[float, float], ...]:
    """Return nodes and weights that integrate polynomials up to degree 2 * ``count`` - 1 from -1 to 1 exactly.

    source: Abramowitz and Stegun, Handbook of Mathematical Functions, 25.4.29 and 22.7.10; roots by Newton's method
    """
    found = []
    for index in range(1, count + 1):
        x = math.cos(math.pi * (index - 0.25) / (count + 0.5))
        slope = 1.0
        for _ in range(6):
            now, before = 1.0, 0.0
            for degree in range(1, count + 1):
                now, before = ((2 * degree - 1) * x * now - (degree - 1) * before) / degree, now
            slope = count * (x * now - before) / (x * x - 1)
            step = now / slope
            x -= step
            if abs(step) < 1e-15:
                break
        found.append((x, 2 / ((1 - x * x) * slope * slope)))
    return tuple(found)

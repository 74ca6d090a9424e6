"""Student's t distribution."""

from __future__ import annotations

import functools
import math
from typing import Final

from perftool.stats.normal import quantile as normal_quantile

_MOST_TERMS: Final = 10_000
_TINY: Final = 1e-300
_ENOUGH: Final = 1e-15


def two_sided_p(t: float, df: float) -> float:
    """Return the probability of a value at least as far from 0 as ``t``, with ``df`` > 0 degrees of freedom.

    source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.1 (as an incomplete beta function)
    """
    if math.isinf(t):
        return 0.0
    if math.isinf(df):
        return math.erfc(abs(t) / math.sqrt(2))
    return incomplete_beta(df / 2, 0.5, df / (df + t * t))


@functools.lru_cache(maxsize=1024)
def quantile(probability: float, df: float) -> float:
    """Return t below which a value lies with ``probability``; 0 and 1 give -inf and inf.

    The root is enclosed and then halved down to: the density of few degrees of freedom is too flat for Newton's
    method far out.
    """
    if probability <= 0 or probability >= 1:
        return math.copysign(math.inf, probability - 0.5)
    if probability == 0.5:
        return 0.0
    if probability < 0.5:
        return -quantile(1 - probability, df)
    if math.isinf(df):
        return normal_quantile(probability)
    tail = 2 * (1 - probability)
    low, high = 0.0, 2.0
    while two_sided_p(high, df) > tail:
        low, high = high, high * 2
    for _ in range(200):
        middle = (low + high) / 2
        if middle in {low, high}:
            break
        if two_sided_p(middle, df) > tail:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def incomplete_beta(a: float, b: float, x: float) -> float:
    """Return the regularised incomplete beta function I_x(a, b) for a, b > 0 and 0 <= x <= 1.

    source: its continued fraction, Abramowitz and Stegun 26.5.8, evaluated from the front as in Lentz 1976
    (DOI 10.1364/AO.15.000668); mirrored by 26.5.2 where the fraction would converge slowly
    """
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(b, a, 1 - x)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    return front * _fraction(a, b, x) / a


def _fraction(a: float, b: float, x: float) -> float:
    c, d = 1.0, 1 / _away(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _MOST_TERMS):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _away(1 + term * d)
            c = _away(1 + term / c)
            step = c * d
            value *= step
        if abs(step - 1) < _ENOUGH:
            break
    return value


def _away(value: float) -> float:
    """Keep a denominator away from 0."""
    return value if abs(value) > _TINY else _TINY

"""Spreads of many things measured a few times each: every one learns from all the others."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

#: From here on the first terms of the asymptotic series are exact to 12 digits.
_LARGE: Final = 12.0
_FEWEST: Final = 3


@dataclass(frozen=True, slots=True)
class Prior:
    """What the spreads of all say of that of one: it is about ``scale``, worth ``df`` degrees of freedom."""

    scale: float
    df: float

    def moderated(self, variance: float, df: float) -> tuple[float, float]:
        """Return the best estimate for one whose own ``variance`` has ``df`` degrees of freedom, and its degrees."""
        if math.isinf(self.df):
            return self.scale, math.inf
        return (self.df * self.scale + df * variance) / (self.df + df), self.df + df


def prior(variances: Sequence[float], df: float) -> Prior | None:
    """Return what ``variances`` of ``df`` degrees of freedom each have in common; None for fewer than three.

    They are taken as scaled inverse chi-squared; their logarithms tell both parameters by mean and variance. Those of 0
    say nothing.
    source: Smyth 2004, section 6.2 (DOI 10.2202/1544-6115.1027)
    """
    logs = [math.log(one) for one in variances if one > 0]
    if len(logs) < _FEWEST:
        return None
    mean = math.fsum(logs) / len(logs)
    spread = math.fsum((one - mean) ** 2 for one in logs) / (len(logs) - 1)
    rest = spread - trigamma(df / 2)
    center = mean - digamma(df / 2) + math.log(df / 2)
    if rest <= 0:
        return Prior(math.exp(center), math.inf)
    half = trigamma_inverse(rest)
    return Prior(math.exp(center + digamma(half) - math.log(half)), 2 * half)


def digamma(x: float) -> float:
    """Return the derivative of the logarithm of the gamma function, for x > 0.

    source: Abramowitz and Stegun, Handbook of Mathematical Functions, 6.3.5 up to where 6.3.18 is exact
    """
    shift = 0.0
    while x < _LARGE:
        shift -= 1 / x
        x += 1
    y = 1 / (x * x)
    series = y * (1 / 12 - y * (1 / 120 - y * (1 / 252 - y * (1 / 240 - y / 132))))
    return shift + math.log(x) - 1 / (2 * x) - series


def trigamma(x: float) -> float:
    """Return the derivative of ``digamma``, for x > 0.

    source: Abramowitz and Stegun 6.4.6 up to where 6.4.12 is exact
    """
    shift = 0.0
    while x < _LARGE:
        shift += 1 / (x * x)
        x += 1
    y = 1 / (x * x)
    series = 1 + 1 / (2 * x) + y * (1 / 6 - y * (1 / 30 - y * (1 / 42 - y * (1 / 30 - y * 5 / 66))))
    return shift + series / x


def trigamma_inverse(value: float) -> float:
    """Return x with ``trigamma(x) == value`` > 0, enclosed and halved: it falls all the way from infinity to 0."""
    low, high = 1e-8, 1e8
    for _ in range(200):
        middle = math.sqrt(low * high)
        if middle in {low, high}:
            break
        if trigamma(middle) > value:
            low = middle
        else:
            high = middle
    return math.sqrt(low * high)

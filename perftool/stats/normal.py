"""The standard normal distribution: ``statistics.NormalDist`` costs a quarter of a start-up to import."""

from __future__ import annotations

import math


def cdf(z: float) -> float:
    """Return the probability of a value up to ``z``."""
    return math.erfc(-z / math.sqrt(2)) / 2


def quantile(probability: float) -> float:
    """Return z with ``cdf(z) == probability``; 0 and 1 give -inf and inf.

    source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.23 as the start of Halley's method
    """
    if probability <= 0:
        return -math.inf
    if probability >= 1:
        return math.inf
    if probability > 0.5:
        return -quantile(1 - probability)
    if probability == 0.5:
        return 0.0
    t = math.sqrt(-2 * math.log(probability))
    z = (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t
    for _ in range(4):
        density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
        if not density:
            break
        step = (cdf(z) - probability) / density
        z -= step / (1 + z * step / 2)
    return z

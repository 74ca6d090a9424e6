"""Shares that a sampling profiler found: samples do not weigh alike, and rare ones are few."""

from __future__ import annotations

import math
from dataclasses import dataclass

from perftool.stats.normal import cdf, quantile
from perftool.stats.welch import Difference


@dataclass(frozen=True, slots=True)
class SampledShare:
    """A part of all samples: ``weight`` of ``whole``, and the sums of squared weights of single samples in both."""

    weight: float
    whole: float
    squares: float
    whole_squares: float

    @property
    def share(self) -> float:
        """Return the part of the whole, 0 of nothing."""
        return self.weight / self.whole if self.whole > 0 else 0.0

    @property
    def samples(self) -> float:
        """Return how many equal samples would know the share as well as these do.

        That is p (1 - p) over the variance of the share, which is a ratio of two sums; for a share of 0 or all,
        the number of equal samples with the same sum and the same sum of squares.
        source: variance of a ratio, Cochran, Sampling Techniques, section 2.11; effective numbers: Kish, Survey
        Sampling, section 11.7; Korn and Graubard 1998 (Survey Methodology 24-2)
        """
        if self.whole <= 0 or self.whole_squares <= 0:
            return 0.0
        share = self.share
        rest = max(self.whole_squares - self.squares, 0.0)
        variance = ((1 - share) ** 2 * self.squares + share**2 * rest) / self.whole**2
        if 0 < share < 1 and variance > 0:
            return share * (1 - share) / variance
        return self.whole**2 / self.whole_squares


def difference(
    first: SampledShare, second: SampledShare, *, scales: tuple[float, float] = (1.0, 1.0), confidence: float = 0.95
) -> Difference:
    """Return the difference of two shares, each times its scale (of shares themselves 1, of weights the whole).

    On each side two samples more are assumed than were taken, one with and one without, so that few samples and
    shares of 0 have an honest interval too.
    source: Agresti and Caffo 2000 (DOI 10.1080/00031305.2000.10474560)
    """
    center = second.share * scales[1] - first.share * scales[0]
    shifted, variance = 0.0, 0.0
    for one, scale, sign in ((first, scales[0], -1), (second, scales[1], 1)):
        n = one.samples
        share = (one.share * n + 1) / (n + 2)
        shifted += sign * share * scale
        variance += share * (1 - share) / (n + 2) * scale**2
    error = math.sqrt(variance)
    half = quantile((1 + confidence) / 2) * error
    p = 2 * cdf(-abs(shifted / error)) if error else float(not center)
    return Difference(center, min(shifted - half, center), max(shifted + half, center), min(p, 1.0))

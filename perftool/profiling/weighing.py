"""What the functions of a group of captures weigh, and how many samples say so."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from perftool.stats.sampled_share import SampledShare

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from perftool.profiling.capture import Capture, Function, ValueType


@dataclass(slots=True)
class Weighed:
    """One capture in one value type: weights by number of a function, and sums of squared weights of single samples.

    ``sampled`` is False where every event was seen, so that there is no doubt from sampling.
    """

    whole: int = 0
    squares: float = 0.0
    own: dict[int, int] = field(default_factory=dict)
    own_squares: dict[int, float] = field(default_factory=dict)
    total: dict[int, int] = field(default_factory=dict)
    sampled: bool = True


def weighed(capture: Capture, chosen: ValueType, numbers: Mapping[Function, int]) -> Weighed:
    """Return what each function weighs in the value type ``chosen``; recursion counts once in a total.

    Samples of one stack are taken to weigh alike: what is known is their sum and their number.
    """
    at = capture.value_types.index(chosen)
    counts = capture.index("samples")
    period = capture.period if capture.period_type == chosen else 0
    found = Weighed(sampled=counts is not None or period > 0)
    functions = [numbers[capture.functions[frame.function]] for frame in capture.frames]
    stacks = [tuple(functions[frame] for frame in stack) for stack in capture.stacks]
    for sample in capture.samples:
        value = sample.values[at]
        if value <= 0:
            continue
        number = float(sample.values[counts]) if counts is not None else value / period if period else 1.0
        square = value * value / max(number, 1.0)
        found.whole += value
        found.squares += square
        stack = stacks[sample.stack]
        if not stack:
            continue
        found.own[stack[-1]] = found.own.get(stack[-1], 0) + value
        found.own_squares[stack[-1]] = found.own_squares.get(stack[-1], 0.0) + square
        for one in set(stack):
            found.total[one] = found.total.get(one, 0) + value
    return found


@dataclass(frozen=True, slots=True)
class Group:
    """The captures of one side; ``scales`` turn the weight of each into what is compared, such as seconds per run.

    ``pooled`` takes all captures as one, for want of repeats; otherwise every capture counts alike.
    """

    captures: Sequence[Weighed]
    scales: Sequence[float]
    pooled: bool

    @property
    def whole(self) -> float:
        """Return the weight of everything, of a mean capture or operation."""
        return self._mean([one.whole for one in self.captures])

    def own(self, at: int) -> float:
        """Return the own weight of a function, as ``whole``."""
        return self._mean([one.own.get(at, 0) for one in self.captures])

    def share(self, at: int) -> float:
        """Return the own share of a function."""
        return self._share([one.own.get(at, 0) for one in self.captures])

    def total_share(self, at: int) -> float:
        """Return the share of all stacks that a function is in."""
        return self._share([one.total.get(at, 0) for one in self.captures])

    def values(self, at: int, *, shares: bool) -> list[float]:
        """Return the own weight, or share, of a function in each capture."""
        if shares:
            return [one.own.get(at, 0) / one.whole if one.whole else 0.0 for one in self.captures]
        return [one.own.get(at, 0) * scale for one, scale in zip(self.captures, self.scales, strict=True)]

    def wholes(self) -> list[float]:
        """Return the weight of everything in each capture."""
        return [one.whole * scale for one, scale in zip(self.captures, self.scales, strict=True)]

    def sampled(self, at: int) -> SampledShare:
        """Return the own share of a function with the samples that say so."""
        return SampledShare(
            weight=sum(one.own.get(at, 0) for one in self.captures),
            whole=sum(one.whole for one in self.captures),
            squares=math.fsum(one.own_squares.get(at, 0.0) for one in self.captures),
            whole_squares=math.fsum(one.squares for one in self.captures),
        )

    def samples_of(self, one: Weighed, at: int) -> float:
        """Return how many equal samples of one capture would know the own share of a function as well as it does."""
        return SampledShare(
            weight=one.own.get(at, 0),
            whole=one.whole,
            squares=one.own_squares.get(at, 0.0),
            whole_squares=one.squares,
        ).samples

    def _mean(self, weights: Sequence[int]) -> float:
        return math.fsum(x * scale for x, scale in zip(weights, self.scales, strict=True)) / len(self.captures)

    def _share(self, weights: Sequence[int]) -> float:
        if self.pooled:
            whole = sum(one.whole for one in self.captures)
            return sum(weights) / whole if whole else 0.0
        shares = [x / one.whole if one.whole else 0.0 for x, one in zip(weights, self.captures, strict=True)]
        return math.fsum(shares) / len(shares)

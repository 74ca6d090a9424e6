"""Count how often ``perftool compare --history`` would mark a change where there is none, and where there is one.

``python docs/evidence/change_points.py [SERIES]`` prints the tables of docs/statistics.md, "Change points", from SERIES
(default 1,000) random series for each figure; a seed for each makes them the same on every machine.
"""

from __future__ import annotations

import random
import sys
from typing import TYPE_CHECKING

from perftool.stats.changepoint import change_points

if TYPE_CHECKING:
    from collections.abc import Callable

LENGTHS = (10, 30, 100, 300)
STEPS = ((30, 15), (30, 24), (30, 27), (100, 50), (100, 90), (100, 95), (300, 150), (300, 295))


def normal(source: random.Random, n: int) -> list[float]:
    """Draw values with a spread of 3 %."""
    return [source.gauss(1, 0.03) for _ in range(n)]


def heavy(source: random.Random, n: int) -> list[float]:
    """Draw from Student's t with two degrees of freedom: no variance, many outliers."""
    return [1 + 0.02 * source.gauss(0, 1) / (source.expovariate(1) or 1.0) ** 0.5 for _ in range(n)]


def bimodal(source: random.Random, n: int) -> list[float]:
    """Draw from two modes 8 % apart, one run in five from the upper."""
    return [(1.08 if source.random() < 0.2 else 1.0) + source.gauss(0, 0.01) for _ in range(n)]


def skewed(source: random.Random, n: int) -> list[float]:
    """Draw values with a sharp lower bound, as times have."""
    return [1 + 0.03 * source.expovariate(1) for _ in range(n)]


def following(correlation: float) -> Callable[[random.Random, int], list[float]]:
    """Return noise in which each value keeps the share ``correlation`` of the last one's deviation."""

    def draw(source: random.Random, n: int) -> list[float]:
        deviation, values = source.gauss(0, 0.03), []
        for _ in range(n):
            values.append(1 + deviation)
            deviation = correlation * deviation + (1 - correlation**2) ** 0.5 * source.gauss(0, 0.03)
        return values

    return draw


NOISES = {
    "normal, 3 %": normal,
    "heavy tails (t, 2 df)": heavy,
    "two modes 8 % apart": bimodal,
    "skewed (exponential)": skewed,
    "following, correlation 0.2": following(0.2),
    "following, correlation 0.5": following(0.5),
}


def main(series: int) -> None:
    """Print both tables."""
    _say("| noise |" + "".join(f" {n} runs |" for n in LENGTHS))
    _say("|---|" + "---|" * len(LENGTHS))
    for name, draw in NOISES.items():
        cells = []
        for n in LENGTHS:
            source = random.Random(f"{name}{n}")
            marked = sum(1 for _ in range(series) if change_points(draw(source, n)))
            cells.append(f" {marked / series:.1%} |")
        _say(f"| {name} |" + "".join(cells))
    _say("\n| runs | the step before run | found within ±2 runs | exactly | changes marked elsewhere |")
    _say("|---|---|---|---|---|")
    for n, at in STEPS:
        source = random.Random(f"{n}{at}")
        near = exact = extra = 0
        for _ in range(series):
            values = [v * (1.1 if i >= at else 1) for i, v in enumerate(normal(source, n))]
            found = [point.index for point in change_points(values)]
            near += any(abs(index - at) <= 2 for index in found)
            exact += at in found
            extra += any(abs(index - at) > 2 for index in found)
        _say(f"| {n} | {at + 1} | {near / series:.1%} | {exact / series:.1%} | {extra / series:.1%} |")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)

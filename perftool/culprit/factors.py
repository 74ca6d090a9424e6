"""Split the change of one call path: how much comes from calls that became more frequent, how much from their cost."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from perftool.culprit.evidence import Path

# Counts that differ by less come from what depends on chance.
_ALIKE = 1e-6


class Factor(NamedTuple):
    """A part of a path's change.

    ``position`` is that of the function which is called more or less often by the one before it, or, with ``own``,
    that of the last function, whose calls cost more or less. The part is ``before`` times the path's weight before
    plus ``after`` times that after. ``more`` says whether the calls are more frequent.
    """

    position: int
    own: bool
    before: float
    after: float
    more: bool = True


def factors(
    path: Path, weights: tuple[float, float], calls: tuple[Mapping[Path, float], Mapping[Path, float]] | None
) -> list[Factor]:
    """Return the parts of the change of ``path`` from ``weights[0]`` to ``weights[1]``; they add up to all of it.

    The weight of a path is the number of times that it runs, a product of one ratio for every call on it, times the
    cost of a run. The change of the product is divided between number and cost by the mean of either order, and that
    of the number over its ratios by the logarithm of each. Counts are exact and weights are not, therefore weights
    enter linearly: their noise adds up to nothing.
    source: Shapley value of a product of two; Ang, "The LMDI approach to decomposition analysis", Energy Policy 33
    (2005), DOI 10.1016/j.enpol.2003.10.010, for the ratios
    """
    last = len(path) - 1
    if calls is None:
        return [Factor(last, own=True, before=-1.0, after=1.0)]
    ratios: list[tuple[int, float]] = []
    held = (1.0, 1.0)
    reached = tuple(name for name in path if name.kind == "python")
    at = 0
    for position, name in enumerate(path):
        if name.kind != "python":
            continue
        at += 1
        counts = calls[0].get(reached[:at], 0.0), calls[1].get(reached[:at], 0.0)
        if not all(counts):
            missing = 0 if counts[1] else 1
            if any(counts) and not weights[missing]:
                return [Factor(position, own=False, before=-1.0, after=1.0, more=missing == 0)]
            break
        ratios.append((position, (counts[1] / held[1]) / (counts[0] / held[0])))
        held = counts
    before, after = held
    found: list[Factor] = []
    if abs(after - before) > _ALIKE * after:
        whole = -(1 - after / before) / 2, (1 - before / after) / 2
        spread = math.log(after / before)
        for position, ratio in ratios:
            if abs(ratio - 1) > _ALIKE:
                part = math.log(ratio) / spread
                found.append(Factor(position, own=False, before=whole[0] * part, after=whole[1] * part, more=ratio > 1))
    else:
        before = after
    found.append(Factor(last, own=True, before=-(1 + after / before) / 2, after=(1 + before / after) / 2))
    return found

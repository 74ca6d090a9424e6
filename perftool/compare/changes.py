"""The change of one row: tested, and estimated with its interval."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec

from perftool.stats.assumption import pairs_for_difference, samples_for_difference
from perftool.stats.mann_whitney import mann_whitney
from perftool.stats.shift import ratio_change
from perftool.stats.signed_rank import signed_rank
from perftool.units.plain import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.model.comparison import Cell


class Method(msgspec.Struct, frozen=True):
    """How to test: significance level, confidence of the intervals, whether blocks are pairs, whether to test.

    ``normalized`` says that times are in ticks of the fixed kernel.
    """

    alpha: float = 0.05
    confidence: float = 0.95
    paired: bool = False
    tested: bool = True
    normalized: bool = False


class Tested(msgspec.Struct, frozen=True):
    """What a test found: the estimated change with its interval as fractions, p, the statistic and its name."""

    estimate: float | None
    lo: float | None
    hi: float | None
    p: float | None
    statistic: float | None
    name: str
    significant: bool
    warnings: tuple[str, ...] = ()


def between(old: Sequence[float], new: Sequence[float], method: Method) -> Tested:
    """Test two sides, given by one value a block, and estimate the change."""
    warnings: list[str] = []
    paired = method.paired
    if paired and len(old) != len(new):
        warnings.append("the sides have different numbers of blocks: compared unpaired")
        paired = False
    if paired:
        ranks = signed_rank(old, new)
        statistic, p, name = ranks.w, ranks.p, str(ranks.method)
    else:
        pairs = mann_whitney(old, new)
        statistic, p, name = pairs.u, pairs.p, str(pairs.method)
    change = ratio_change(old, new, method.confidence, paired)
    if name == "none":
        warnings.append("all samples are equal")
    else:
        least = pairs_for_difference(method.alpha) if paired else samples_for_difference(method.alpha)
        if p >= method.alpha and (least is None or max(len(old), len(new)) < least):
            count = least or "more than 50"
            warnings.append(f"needs {count} blocks to find a difference at level {plain(method.alpha)}")
    return Tested(change.estimate, change.lo, change.hi, p, statistic, name, p < method.alpha, tuple(warnings))


def between_exact(base: Cell, cell: Cell) -> Tested:
    """Take exact measurements at their word: any difference of the centres is a change."""
    old, new = base.summary, cell.summary
    change = ratio(old.center, new.center)
    lo = hi = change
    bounds = (old.lo, old.hi, new.lo, new.hi)
    if change is not None and None not in bounds and old.lo and old.lo > 0 and old.hi and new.lo is not None:
        lo, hi = new.lo / old.hi - 1, (new.hi or 0.0) / old.lo - 1
    return Tested(change, lo, hi, None, None, "exact", old.center != new.center)


def ratio(old: float, new: float) -> float | None:
    """Return new/old - 1, None where there is none: from 0, or beyond what a double holds."""
    if old == new:
        return 0.0
    if not old:
        return None
    change = new / old - 1
    return change if math.isfinite(change) else None

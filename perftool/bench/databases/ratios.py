"""Ratios of times that were measured in the same blocks: conclusions that make a table, group by subject."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.model.bench import Conclusion
from perftool.stats.sample import block_medians
from perftool.stats.shift import ratio_change

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from perftool.model.measurement import Measurement


def of_times(
    measurements: Sequence[Measurement],
    *,
    group: Callable[[Measurement], str],
    subject: Callable[[Measurement], str],
    confidence: float,
    unit: str = "sec/op",
) -> Iterator[Conclusion]:
    """Yield, for every group, the time of each subject divided by that of the first subject of all.

    Values of one block are a pair, so what slowed the machine then slowed both.
    source: Hodges-Lehmann ratio of pairs, see perftool.stats.shift
    """
    times = [one for one in measurements if one.unit == unit and one.values]
    groups: dict[str, dict[str, Measurement]] = {}
    for one in times:
        groups.setdefault(group(one), {})[subject(one)] = one
    subjects = list(dict.fromkeys(subject(one) for one in times))
    if len(subjects) < 2:
        return
    first = subjects[0]
    for name, found in groups.items():
        for other in subjects:
            if other in found and first in found:
                yield _conclusion(name, other, first, found[first], found[other], confidence)


def _conclusion(
    group: str, subject: str, first: str, base: Measurement, mine: Measurement, confidence: float
) -> Conclusion:
    if base is mine:
        return Conclusion(
            suite=mine.suite, group=group, subject=subject, text="what the others are compared with", ratio=1
        )
    old, new = by_block(base), by_block(mine)
    blocks = sorted(old.keys() & new.keys())
    change = ratio_change([old[i] for i in blocks], [new[i] for i in blocks], confidence, paired=True)
    lo, hi = (None if bound is None else 1 + bound for bound in (change.lo, change.hi))
    ratio = None if change.estimate is None else 1 + change.estimate
    return Conclusion(
        suite=mine.suite, group=group, subject=subject, text=_said(group, subject, first, ratio, lo, hi), ratio=ratio,
        lo=lo, hi=hi,
    )  # fmt: skip


def _said(group: str, subject: str, first: str, ratio: float | None, lo: float | None, hi: float | None) -> str:
    if ratio is None:
        return f"{group}: {subject} cannot be compared with {first}"
    if lo is None or hi is None or lo <= 1 <= hi:
        return f"{group}: {subject} and {first} are not surely different"
    faster, size = (ratio < 1), (1 / ratio if 0 < ratio < 1 else ratio)
    return f"{group}: {subject} takes {size:.2g} times {'less' if faster else 'as long'} than {first}"


def by_block(measurement: Measurement) -> dict[int, float]:
    """Return the median of each block."""
    blocks = measurement.blocks or range(len(measurement.values))
    return dict(zip(dict.fromkeys(blocks), block_medians(measurement.values, tuple(blocks)), strict=True))

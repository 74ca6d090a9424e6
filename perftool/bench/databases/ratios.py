"""Ratios of times that were measured in the same blocks: conclusions that make a table, group by subject."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

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
    base: str = "",
    quantity: str = "time",
) -> Iterator[Conclusion]:
    """Yield, for every group, the ``unit`` of each subject divided by that of the first subject of all.

    With ``base``, the name of a group, each subject is divided by itself in that group. ``quantity`` is what people
    call the unit.
    """
    found: dict[str, dict[str, Measurement]] = {}
    for one in measurements:
        if one.unit == unit and one.values:
            found.setdefault(group(one), {})[subject(one)] = one
    subjects = list(dict.fromkeys(name for mine in found.values() for name in mine))
    if len(subjects) < 2 and not base:
        return
    for name, mine in found.items():
        for other in subjects:
            first = found.get(base, {}).get(other) if base else mine.get(subjects[0])
            if first is not None and other in mine:
                than = base or subjects[0]
                told = _conclusion(name, other, than, first, mine[other], confidence)
                yield msgspec.structs.replace(told, quantity=quantity)


def _conclusion(
    group: str, subject: str, than: str, first: Measurement, mine: Measurement, confidence: float
) -> Conclusion:
    if first is mine:
        text = "what the others are compared with"
        return Conclusion(suite=mine.suite, group=group, subject=subject, text=text, ratio=1)
    ratio, lo, hi = of_pair(first, mine, confidence)
    text = _said(group, subject, than, mine.unit, (ratio, lo, hi))
    return Conclusion(suite=mine.suite, group=group, subject=subject, text=text, ratio=ratio, lo=lo, hi=hi)


def of_pair(base: Measurement, mine: Measurement, confidence: float) -> tuple[float | None, float | None, float | None]:
    """Return ``mine`` divided by ``base``, and the bounds of that, over the blocks that both have.

    Values of one block are a pair, so what slowed the machine then slowed both.
    source: Hodges-Lehmann ratio of pairs, see perftool.stats.shift
    """
    old, new = by_block(base), by_block(mine)
    blocks = sorted(old.keys() & new.keys())
    change = ratio_change([old[i] for i in blocks], [new[i] for i in blocks], confidence, paired=True)
    estimate, lo, hi = (None if one is None else 1 + one for one in (change.estimate, change.lo, change.hi))
    return estimate, lo, hi


def _said(
    group: str, subject: str, than: str, unit: str, estimate: tuple[float | None, float | None, float | None]
) -> str:
    ratio, lo, hi = estimate
    if ratio is None:
        return f"{group}: {subject} cannot be compared with {than}"
    if lo is None or hi is None or lo <= 1 <= hi:
        return f"{group}: {subject} is not surely different from {than}"
    if unit.endswith("/s"):
        return f"{group}: {subject} is {ratio:.2g} times as fast as {than}"
    return f"{group}: {subject} takes {ratio:.2g} times as {'long' if 'sec' in unit else 'much'} as {than}"


def by_block(measurement: Measurement) -> dict[int, float]:
    """Return the median of each block."""
    blocks = measurement.blocks or range(len(measurement.values))
    return dict(zip(dict.fromkeys(blocks), block_medians(measurement.values, tuple(blocks)), strict=True))

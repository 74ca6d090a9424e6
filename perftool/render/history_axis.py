"""The value axis of a series over time: what it shows, and which round values on it are named."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from perftool.render.document import Guide
from perftool.render.figures import bare

if TYPE_CHECKING:
    from perftool.model.history import HistorySeries

# A point further from its level than this many median deviations is drawn at the edge: it must not flatten the rest.
_FARTHEST: Final = 12.0
_MARGIN: Final = 0.08
_TICKS: Final = 4


def extent(series: HistorySeries) -> tuple[float, float]:
    """Return what the value axis must show: all points but those far off their level, and room around them."""
    from perftool.stats.sample import median

    lowest, highest = math.inf, -math.inf
    for level in series.levels:
        centers = [point.center for point in series.points[level.first : level.last + 1]]
        spread = median(sorted(abs(center - level.center) for center in centers))
        reach = _FARTHEST * spread or abs(level.center) * _MARGIN
        near = [center for center in centers if abs(center - level.center) <= reach]
        lowest, highest = min(lowest, level.center, *near), max(highest, level.center, *near)
    if lowest > highest:
        return 0.0, 1.0
    room = (highest - lowest) * _MARGIN or abs(highest) * _MARGIN or 1.0
    return lowest - room, highest + room


def ticks(low: float, high: float, unit: str) -> tuple[Guide, ...]:
    """Return round values between ``low`` and ``high``, named with as many digits as tell them apart."""
    raw = (high - low) / _TICKS
    if not math.isfinite(raw) or raw <= 0:
        return ()
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= raw * (1 - 1e-9))
    first, last = math.ceil(low / step), math.floor(high / step)
    if last - first > 2 * _TICKS:
        return ()
    apart = step / max(abs(low), abs(high)) / 2
    return tuple(Guide(index * step, bare(index * step, unit, apart)) for index in range(first, last + 1))

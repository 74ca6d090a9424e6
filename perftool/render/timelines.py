"""Turn series of a history into plots: what the axis shows, what each point and each change says."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from perftool.render import document as doc
from perftool.render.figures import bare, change_interval, count, p_value, percent, unit_title, value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perftool.model.history import HistoryPayload, HistorySeries, LevelChange

# A point further from its level than this many median deviations is drawn at the edge: it must not flatten the rest.
_FARTHEST: Final = 12.0
_MARGIN: Final = 0.08
_TICKS: Final = 4


def plots(payload: HistoryPayload, series: Sequence[HistorySeries], most_points: int) -> Iterator[doc.Block]:
    """Yield the plots of what changed, the worst first, and folded those of the rest, ``most_points`` in all."""
    from perftool.render.history_table import ordered, unchanged

    shown: list[HistorySeries] = []
    for one in ordered(series):
        if len(one.points) > 1 and sum(len(s.points) for s in shown) + len(one.points) <= most_points:
            shown.append(one)
    changed = tuple(timeline(payload, one) for one in shown if not unchanged(one))
    same = tuple(timeline(payload, one) for one in shown if unchanged(one))
    if changed:
        yield doc.Timelines("a dot per run, each level with its interval, its changes numbered", changed)
    if same:
        title = (
            f"plots of {len(same)} series without a change of level" if len(same) > 1 else "plot of the other series"
        )
        yield doc.Section(title, (doc.Timelines("", same),))


def timeline(payload: HistoryPayload, series: HistorySeries) -> doc.Timeline:
    """Return the plot of one series."""
    from perftool.render.history_table import level_text, named, tone

    low, high = axis(series)
    shade = tone(series, series.changes[-1]) if series.changes else doc.TONES.get(series.outcome, "plain")
    runs = [payload.runs[point.run] for point in series.points]
    return doc.Timeline(
        label=f"{series.name} · {unit_title(series.unit)}",
        text=level_text(series.levels[-1], series.unit),
        points=tuple(
            doc.Point(
                p.center, p.lo, p.hi, f"{named(run)}: {value(p.center, series.unit, p.lo, p.hi, exact=series.exact)}"
            )
            for p, run in zip(series.points, runs, strict=True)
        ),
        stretches=tuple(doc.Stretch(lv.first, lv.last, lv.center, lv.lo, lv.hi) for lv in series.levels),
        turns=tuple(doc.Turn(c.at, _said(c, named(runs[c.at])), tone(series, c)) for c in series.changes),
        low=low,
        high=high,
        ticks=_ticks(low, high, series.unit),
        ends=(named(runs[0]), f"{named(runs[-1])}, {count(len(runs), 'run')}"),
        tone=shade if series.changes else "plain",
    )


def _said(change: LevelChange, since: str) -> str:
    size = percent(change.change) if change.change is not None else "from 0"
    exact = change.p is None
    evidence = [since, "" if exact else change_interval(change.lo, change.hi), "" if exact else p_value(change.p, "")]
    evidence += [f"with {', '.join(change.packages)}"] if change.packages else []
    return f"{size} since " + ", ".join(part for part in evidence if part)


def axis(series: HistorySeries) -> tuple[float, float]:
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


def _ticks(low: float, high: float, unit: str) -> tuple[doc.Guide, ...]:
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
    return tuple(doc.Guide(index * step, bare(index * step, unit, apart)) for index in range(first, last + 1))

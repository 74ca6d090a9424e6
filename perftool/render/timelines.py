"""Turn series of a history into plots: what each point and each change says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.render import document as doc
from perftool.render.figures import change_interval, count, p_value, percent, unit_title, value
from perftool.render.history_axis import extent, ticks
from perftool.render.history_table import level_text, named, ordered, tone, unchanged

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perftool.model.history import HistoryPayload, HistorySeries, LevelChange


def plots(payload: HistoryPayload, series: Sequence[HistorySeries], most_points: int) -> Iterator[doc.Block]:
    """Yield the plots of what changed, the worst first, and folded those of the rest, ``most_points`` in all."""
    shown: list[HistorySeries] = []
    room, left = most_points, 0
    for one in ordered(series):
        flat = one.exact and not one.changes  # a line that says nothing
        if len(one.points) < 2 or flat:
            continue
        if len(one.points) > room:
            left += 1
            continue
        room -= len(one.points)
        shown.append(one)
    changed = tuple(timeline(payload, one) for one in shown if not unchanged(one))
    same = tuple(timeline(payload, one) for one in shown if unchanged(one))
    # A page with more points than it can hold must not look as if it showed all.
    short = f"; {left} more series are only in the tables" if left else ""
    if changed:
        yield doc.Timelines(f"a dot per run, each level with its interval, its changes numbered{short}", changed)
    if same:
        title = (
            f"plots of {len(same)} series without a change of level" if len(same) > 1 else "plot of the other series"
        )
        yield doc.Section(title if changed else title + short, (doc.Timelines("", same),))


def timeline(payload: HistoryPayload, series: HistorySeries) -> doc.Timeline:
    """Return the plot of one series."""
    low, high = extent(series)
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
        ticks=ticks(low, high, series.unit),
        ends=(named(runs[0]), f"{named(runs[-1])}, {count(len(runs), 'run')}"),
        tone=shade if series.changes else "plain",
    )


def _said(change: LevelChange, since: str) -> str:
    size = percent(change.change) if change.change is not None else "from 0"
    exact = change.p is None
    evidence = [since, "" if exact else change_interval(change.lo, change.hi), "" if exact else p_value(change.p, "")]
    evidence += [f"with {', '.join(change.packages)}"] if change.packages else []
    return f"{size} since " + ", ".join(part for part in evidence if part)

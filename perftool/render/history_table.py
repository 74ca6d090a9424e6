"""Build the tables of a history: one row a series, and one row a change of level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.render import document as doc
from perftool.render.figures import bare, change_interval, count, p_value, percent, unit_title
from perftool.render.history_axis import extent
from perftool.render.sparkline import sparkline
from perftool.render.summaries import relative_spread

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perftool.model.history import HistoryPayload, HistoryRun, HistorySeries, Level, LevelChange

_SPARK: Final = 16
_ORDER: Final = {"fail": 0, "warn": 1, "inconclusive": 2}
_WORDS: Final = {"better": "better", "worse": "worse", "same": "same", "unknown": "differs"}


def tables(payload: HistoryPayload, series: Sequence[HistorySeries]) -> Iterator[doc.Table]:
    """Yield a table for each unit of ``series``, the worst first; series without a change are folded."""
    for unit in dict.fromkeys(one.unit for one in series):
        members = ordered([one for one in series if one.unit == unit])
        family = _family(members)
        rows = tuple(_row(payload, one, family) for one in members)
        columns = (
            doc.Column(family.rstrip("/"), "left", flexible=True),
            doc.Column("runs", drop=4),
            doc.Column("first"),
            doc.Column("now"),
            doc.Column("change"),
            doc.Column("since", "left", drop=1),
            doc.Column("verdict", "left"),
            doc.Column("p", "left", drop=3),
            doc.Column("history", "left", drop=2, sparkline=True),
        )
        title, folded = unit_title(unit), sum(row.folded for row in rows)
        better = members[0].better
        notes = [unit] * (title != unit) + [f"{better} is better"] * (better != "unknown")
        shown = f"{title} ({', '.join(notes)})" if notes else title
        yield doc.Table(columns, rows, shown, f"{folded} without a change of level: {title}")


def ordered(series: Sequence[HistorySeries]) -> list[HistorySeries]:
    """Return ``series``, the worst outcome first, then those that changed, the largest last change first."""
    return sorted(series, key=lambda one: (_ORDER.get(one.outcome, 3), not one.changes, -_size(one)))


def unchanged(series: HistorySeries) -> bool:
    """Tell whether there is nothing to say of ``series``: no change, nothing undecided."""
    return not series.changes and series.outcome in ("pass", "info")


def _size(series: HistorySeries) -> float:
    change = series.changes[-1].change if series.changes else 0.0
    return abs(change) if change is not None else float("inf")


def _family(series: Sequence[HistorySeries]) -> str:
    families = {one.name.partition("/")[0] if "/" in one.name else "" for one in series}
    return families.pop() + "/" if len(series) > 1 and len(families) == 1 and "" not in families else ""


def _row(payload: HistoryPayload, series: HistorySeries, family: str) -> doc.TableRow:
    last = series.changes[-1] if series.changes else None
    shade = tone(series, last) if last else doc.TONES.get(series.outcome, "plain")
    low, high = extent(series)
    starts = [change.at for change in series.changes]
    line = sparkline([point.center for point in series.points], starts, _SPARK, low, high)
    cells = (
        doc.Cell(series.name.removeprefix(family)),
        doc.Cell(f"{len(series.points):,}", "muted"),
        doc.Cell(level_text(series.levels[0], series.unit) if series.levels else ""),
        doc.Cell(level_text(series.levels[-1], series.unit) if series.levels else ""),
        doc.Cell(change_text(last) if last else "", shade),
        doc.Cell(named(payload.runs[series.points[last.at].run]) if last else ""),
        doc.Cell(verdict(series), shade if series.outcome != "pass" or last else "plain"),
        doc.Cell(p_value(last.p, "exact" if series.exact else "") if last else "", "muted"),
        doc.Cell(line if len(series.points) > 1 else "", "muted"),
    )
    return doc.TableRow(cells, folded=unchanged(series))


def level_text(level: Level, unit: str) -> str:
    """Return the value of a level with no more digits than its interval allows."""
    return bare(level.center, unit, None if level.lo == level.hi else relative_spread(level.center, level.lo, level.hi))


def change_text(change: LevelChange) -> str:
    """Return the size of a change: ``+25.5 %``; from zero there is none to give in percent."""
    return percent(change.change) if change.change is not None else "from 0"


def named(run: HistoryRun) -> str:
    """Return what a reader knows a run by: its commit and day, else its file."""
    commit = run.source.commit[:9] if run.source and run.source.commit else ""
    day = (run.created or "")[:10]
    return " ".join(part for part in (commit, day) if part) or run.name


def tone(series: HistorySeries, change: LevelChange) -> doc.Tone:
    """Return the colour of a change: the last one's by the outcome, earlier ones' by direction."""
    if change is series.changes[-1] and series.outcome in ("fail", "warn", "inconclusive"):
        return doc.TONES[series.outcome]
    tones: dict[str, doc.Tone] = {"better": "good", "worse": "warn"}
    return tones.get(change.direction, "plain")


def verdict(series: HistorySeries) -> str:
    """Return mark and words of the judgement: ``✗ over 20 %``, ``✓ no change``, ``? needs 9 runs``."""
    mark = doc.MARKS[series.outcome]
    if series.outcome in ("fail", "warn"):
        return f"{mark} {series.reason.partition(',')[0].removesuffix(' (exact)')}"
    if series.outcome == "inconclusive":
        return f"{mark} undecided"
    if not series.changes:
        return f"{mark} no change"
    return f"{mark} {_WORDS[series.changes[-1].direction]}"


def changes(payload: HistoryPayload) -> doc.Table:
    """Return every change of every series, the newest first."""
    rows = []
    found = [(series, index) for series in payload.series for index in range(len(series.changes))]
    found.sort(key=lambda one: -one[0].points[one[0].changes[one[1]].at].run)
    for series, index in found:
        change = series.changes[index]
        old, new = series.levels[index], series.levels[index + 1]
        shade = tone(series, change)
        cells = (
            doc.Cell(named(payload.runs[series.points[change.at].run])),
            doc.Cell(series.name),
            doc.Cell(unit_title(series.unit), "muted"),
            doc.Cell(f"{level_text(old, series.unit)} → {level_text(new, series.unit)}"),
            doc.Cell(change_text(change), shade),
            doc.Cell("" if series.exact else change_interval(change.lo, change.hi), "muted"),
            doc.Cell(p_value(change.p, "exact" if series.exact else ""), "muted"),
            doc.Cell(count(new.last - new.first + 1, "run"), "muted"),
            doc.Cell(", ".join(change.packages), "muted"),
        )
        rows.append(doc.TableRow(cells))
    columns = (
        doc.Column("since", "left"),
        doc.Column("benchmark", "left", flexible=True),
        doc.Column("unit", "left", drop=1),
        doc.Column("levels"),
        doc.Column("change"),
        doc.Column("interval", drop=2),
        doc.Column("p", "left", drop=3),
        doc.Column("lasted", drop=4),
        doc.Column("packages that changed", "left", drop=5),
    )
    return doc.Table(columns, tuple(rows))

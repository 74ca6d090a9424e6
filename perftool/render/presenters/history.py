"""Present a history: the verdict, a table per unit, every change of level, and a plot of each series."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.model.history import HistoryPayload
from perftool.render import document as doc
from perftool.render import history_table, surroundings, timelines
from perftool.render.figures import count, unit_title
from perftool.render.notes import Notes
from perftool.render.reasons import reasons

if TYPE_CHECKING:
    from perftool.model.history import HistorySeries
    from perftool.model.report import Report
    from perftool.render.api import RenderOptions

# Each point is an element of the page: beyond this many the rest of the series are in the tables only.
_MOST_POINTS: Final = 20_000


def present(report: Report, _: RenderOptions) -> doc.Document:
    """Turn a history into a document."""
    payload = report.payload
    assert isinstance(payload, HistoryPayload)
    notes = Notes(report.warnings)
    place = payload.runs[-1].environment if payload.runs else 0
    here = [series for series in payload.series if series.environment == place]
    judging = [series for series in here if series.gates] or here
    informing = [series for series in here if series not in judging]
    elsewhere = [series for series in payload.series if series.environment != place]
    blocks: list[doc.Block] = [doc.Banner(report.verdict.outcome, report.verdict.headline, _aside(payload))]
    blocks += history_table.tables(payload, judging)
    if not payload.series:
        blocks.append(doc.Note("no benchmark has results in any run", "warn"))
    blocks += reasons(report.verdict)
    blocks += timelines.plots(payload, judging, _MOST_POINTS)
    if informing:
        names = ", ".join(dict.fromkeys(unit_title(series.unit) for series in informing))
        inside = tuple(history_table.tables(payload, informing))
        blocks.append(doc.Section(f"measured too, without a say in the verdict: {names}", inside, mention=True))
    blocks += [_environment(payload, index, elsewhere) for index in dict.fromkeys(s.environment for s in elsewhere)]
    blocks += notes.footnotes()
    changes = history_table.changes(payload)
    if changes.rows:
        blocks.append(doc.Section(f"every change of level: {len(changes.rows)}", (changes,)))
    blocks.append(doc.Section("how it was judged", (doc.KeyValues(_method(payload, report)),)))
    return doc.Document("perftool compare --history", tuple(blocks))


def _aside(payload: HistoryPayload) -> str:
    if not payload.runs:
        return ""
    first, last = (history_table.named(payload.runs[i]) for i in (0, -1))
    return first if first == last else f"{first} to {last}"


def _environment(payload: HistoryPayload, index: int, elsewhere: list[HistorySeries]) -> doc.Section:
    place = payload.environments[index]
    runs = sum(1 for run in payload.runs if run.environment == index)
    inside = history_table.tables(payload, [series for series in elsewhere if series.environment == index])
    title = f"in another environment, not judged: {_place(place.label, place.identity)} ({count(runs, 'run')})"
    return doc.Section(title, tuple(inside), mention=True)


def _place(label: str, identity: tuple[str, ...]) -> str:
    return ", ".join(part for part in (label, *identity) if part) or "unknown"


def _method(payload: HistoryPayload, report: Report) -> tuple[tuple[str, str], ...]:
    items = [
        (
            "changes of level",
            "rank tests in seeded intervals, the narrowest first, placed by least absolute deviations",
        ),
        ("significance level", f"{payload.alpha:g}, over all places of a series"),
        ("intervals", f"{payload.confidence * 100:g} %, of a run, of a level and of a change"),
        ("exact measurements", "every other value is a change"),
    ]
    if payload.runs:
        place = payload.environments[payload.runs[-1].environment]
        items += [
            ("runs", f"{len(payload.runs):,}, {_aside(payload)}"),
            ("newest run", f"{payload.runs[-1].name} {surroundings.source(payload.runs[-1].source)}".rstrip()),
            ("its environment", _place(place.label, place.identity)),
        ]
    return (*items, ("compared", report.created), ("perftool", report.tool.version))


PRESENT = present

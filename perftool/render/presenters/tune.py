"""Present settings that were tried side by side: the one to use, then all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.model.tune import TunePayload
from perftool.render import databases, pool_sizes, surroundings
from perftool.render import document as doc
from perftool.render.notes import Notes
from perftool.units.display import format_value

if TYPE_CHECKING:
    from perftool.model.report import Report
    from perftool.model.tune import Candidate
    from perftool.render.api import RenderOptions

#: Facts that are shown, their unit and the title of their column.
_FACTS = (
    ("peak-RSS-B", "peak memory"),
    ("gc-sec/op", "collecting"),
    ("gc-max-sec", "longest pause"),
    ("gc-count/op", "collections"),
)


def present(report: Report, _options: RenderOptions) -> doc.Document:
    """Turn a trial of settings into a document."""
    payload = report.payload
    assert isinstance(payload, TunePayload)
    if payload.points:
        return pool_sizes.document(report, payload)
    shown = [(unit, title) for unit, title in _FACTS if any(unit in one.facts for one in payload.candidates)]
    columns = (
        doc.Column("setting", "left"),
        doc.Column("time" if payload.subject == _DATABASE else "CPU time", "right"),
        doc.Column("interval", "right", drop=1),
        doc.Column("p", "right", drop=3),
        *(doc.Column(title, "right", drop=2) for _, title in shown),
    )
    notes = Notes(report.warnings)
    blocks: list[doc.Block] = [
        doc.Banner(report.verdict.outcome, report.verdict.headline, payload.target),
        doc.Heading(f"{payload.subject}: {payload.target}", surroundings.in_short(report.environment)),
        doc.Table(columns, tuple(_row(one, payload, shown) for one in payload.candidates)),
        *_remarks(payload),
        doc.Note(_way(payload)),
    ]
    if report.verdict.reasons:
        blocks.append(doc.Items(tuple(doc.Item(reason, "⚠", "warn") for reason in report.verdict.reasons)))
    if payload.written:
        blocks.append(doc.Note(f"written to {payload.written}", "good"))
    blocks += databases.used(payload.databases)
    blocks += notes.footnotes()
    blocks.append(doc.Section("how it was measured", (doc.KeyValues(surroundings.facts(report.environment)),)))
    return doc.Document("perftool tune", tuple(blocks))


def _remarks(payload: TunePayload) -> list[doc.Block]:
    """Say of candidates what no column holds: statements that got slower, what a crash may cost."""
    said = [(one.name, "; ".join(text for text in (one.note, one.risk) if text)) for one in payload.candidates]
    items = tuple(doc.Item(f"{name}: {text}") for name, text in said if text)
    return [doc.Items(items)] if items else []


def _way(payload: TunePayload) -> str:
    tested = sum(one.p is not None for one in payload.candidates)
    # What won is measured again, in a family of its own.
    adjusted = "all candidates measured together" if payload.subject == _DATABASE else f"{tested} candidates"
    return (
        f"ratios to {payload.candidates[0].name!r} over pairs of runs, intervals at {payload.confidence:.0%}, "
        f"p adjusted for {adjusted}; {payload.why}"
    )


def _row(one: Candidate, payload: TunePayload, shown: list[tuple[str, str]]) -> doc.TableRow:
    best = one.name == payload.winner
    tone: doc.Tone = "good" if best else "plain"
    facts = [doc.Cell(_fact(unit, one), tone) for unit, _ in shown]
    if one.ratio is None:
        cells = [doc.Cell(one.reason or "not measured", "warn"), doc.Cell(""), doc.Cell("")]
    else:
        between = f"{one.lo:.3f} to {one.hi:.3f}" if one.lo is not None and one.hi is not None else ""
        chance = "" if one.p is None else f"{one.p:.3f}" if one.p >= _LEAST else f"<{_LEAST}"
        cells = [doc.Cell(f"{one.ratio:.3f}", tone), doc.Cell(between, tone), doc.Cell(chance, tone)]
    mark = "✓ " if best else "  "
    return doc.TableRow((doc.Cell(mark + one.name, tone), *cells, *facts))


_LEAST = 0.001
#: The subject of trials that run statements on a database.
_DATABASE = "settings"


def _fact(unit: str, one: Candidate) -> str:
    value = one.facts.get(unit)
    if value is None:
        return ""
    return f"{value:,.0f}" if unit == "gc-count/op" else format_value(value, unit)


PRESENT = present

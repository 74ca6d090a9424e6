"""Pool sizes that were tried side by side: a row for each, and where the knee is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.render import databases, surroundings
from perftool.render import document as doc
from perftool.render.figures import ends
from perftool.render.notes import Notes
from perftool.units.display import format_duration, format_value

if TYPE_CHECKING:
    from perftool.model.report import Report
    from perftool.model.tune import PoolPoint, TunePayload

_RATE = "statements/s"
_BOUND = {
    "cpu": "the CPU: all cores are busy",
    "client": "the client: one Python process keeps no more than about one core busy",
    "contention": "contention: connections hold each other up, at a lock, a disk, or a CPU that others use",
    "waiting": "waiting: for disks, locks, the network or sleep, not for the CPU",
}


def document(report: Report, payload: TunePayload) -> doc.Document:
    """Turn a trial of pool sizes into a document."""
    notes = Notes(report.warnings)
    threads = payload.points[0].threads
    blocks: list[doc.Block] = [
        doc.Banner(report.verdict.outcome, report.verdict.headline, payload.target),
        doc.Heading(
            f"{payload.subject}: {payload.target}, {threads} threads", surroundings.in_short(report.environment)
        ),
        _table(payload),
        _chart(report, payload),
        doc.KeyValues(_explained(payload)),
    ]
    if report.verdict.reasons:
        blocks.append(doc.Items(tuple(doc.Item(reason, "⚠", "warn") for reason in report.verdict.reasons)))
    if payload.written:
        blocks.append(doc.Note(f"written to {payload.written}", "good"))
    blocks += databases.used(payload.databases)
    blocks += notes.footnotes()
    blocks.append(doc.Section("how it was measured", (doc.KeyValues(surroundings.facts(report.environment)),)))
    return doc.Document("perftool tune", tuple(blocks))


def _table(payload: TunePayload) -> doc.Table:
    seen = any(one.cpu_cores is not None for one in payload.points)
    columns = (
        doc.Column("connections", "right"),
        doc.Column(_RATE),
        doc.Column("of the best"),
        doc.Column("interval", drop=2),
        doc.Column("Little's law", drop=1),
        doc.Column("held p95"),
        doc.Column("waited p95"),
        doc.Column("busy cores" if seen else "client's cores", drop=1),
    )
    return doc.Table(columns, tuple(_row(one, payload) for one in payload.points))


def _row(one: PoolPoint, payload: TunePayload) -> doc.TableRow:
    tone: doc.Tone = "good" if one.size == payload.knee else "plain"
    cores = one.client_cores if one.cpu_cores is None else one.cpu_cores
    cells = [
        ("✓ " if one.size == payload.knee else "") + str(one.size),
        format_value(one.rate, _RATE).removesuffix(f" {_RATE}"),
        f"{one.ratio:.2f}",
        f"{one.lo:.2f} to {one.hi:.2f}" if one.lo is not None and one.hi is not None else "",
        format_value(one.predicted, _RATE).removesuffix(f" {_RATE}"),
        format_duration(one.hold_p95_s),
        format_duration(one.wait_p95_s),
        f"{cores:.1f}",
    ]
    return doc.TableRow(tuple(doc.Cell(text, tone) for text in cells))


def _chart(report: Report, payload: TunePayload) -> doc.Chart:
    """Draw the rates of all rounds on one axis: the knee is where they stop to move to the right."""
    values = {m.parameters.get("size"): m.values for m in report.measurements if m.unit == _RATE}
    series = tuple(
        doc.Series(
            f"{one.size}",
            values.get(str(one.size), ()),
            one.rate,
            None,
            None,
            format_value(one.rate, _RATE),
            "good" if one.size == payload.knee else "plain",
        )
        for one in payload.points
    )
    return doc.Chart(
        f"{_RATE} by number of connections, a dot per round", (doc.Group("", series, ends(series, _RATE)),)
    )


def _explained(payload: TunePayload) -> tuple[tuple[str, str], ...]:
    first, last = payload.points[0], payload.points[-1]
    at = next((one for one in payload.points if one.size == payload.knee), last)
    items = [
        ("knee", f"{at.size}: no larger pool is faster, by paired rounds at {payload.confidence:.0%}"),
        ("limit", _BOUND.get(payload.bound, payload.bound) + _neighbours(payload, at)),
    ]
    if first is not last and last.predicted:
        items.append(
            (
                "Little's law",
                f"were connections held no longer than with {first.size}, {last.size} would give "
                f"{format_value(last.predicted, _RATE)} {_RATE}; {last.rate / last.predicted:.0%} of that was reached",
            )
        )
    if payload.recommended is not None:
        what = "" if payload.arrival_rate is None else f" for {payload.arrival_rate:g} {_RATE}"
        items.append((f"recommended{what}", f"{payload.recommended}: {payload.why}"))
    return tuple(items)


def _neighbours(payload: TunePayload, at: PoolPoint) -> str:
    """Say that it is not the statements that keep the CPU busy, where that is so."""
    own = at.client_cores if at.cpu_cores is None else at.cpu_cores
    if payload.bound != "cpu" or at.other_cores is None or at.other_cores <= own:
        return ""
    return f", {at.other_cores:.1f} of them with other programs"

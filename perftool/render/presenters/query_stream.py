"""Present a stream: how much was written how fast, by which path, and why not by a faster one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.model.query import StreamPayload
from perftool.render import document as doc
from perftool.render.notes import Notes
from perftool.units.display import format_bytes, format_duration

if TYPE_CHECKING:
    from perftool.model.report import Report
    from perftool.render.api import RenderOptions


def present(report: Report, options: RenderOptions) -> doc.Document:  # noqa: ARG001
    """Turn a stream into a document."""
    payload = report.payload
    assert isinstance(payload, StreamPayload)
    blocks: list[doc.Block] = [
        doc.Banner(report.verdict.outcome, report.verdict.headline, _aside(payload)),
        doc.KeyValues(_figures(payload)),
    ]
    if payload.fallbacks:
        blocks.append(doc.Items(tuple(doc.Item(reason) for reason in payload.fallbacks), "paths not taken"))
    if payload.columns:
        columns = (doc.Column("column", "left"), doc.Column("type", "left"))
        rows = tuple(doc.TableRow((doc.Cell(name), doc.Cell(kind))) for name, kind in payload.columns)
        blocks.append(doc.Section("columns", (doc.Table(columns, rows),)))
    blocks.append(doc.Section("how it was read", (doc.KeyValues(_method(payload, report)),)))
    blocks += Notes(report.warnings).footnotes()
    return doc.Document("perftool query stream", tuple(blocks))


def _aside(payload: StreamPayload) -> str:
    if payload.seconds <= 0:
        return ""
    return f"{payload.rows / payload.seconds:,.0f} rows/s"


def _figures(payload: StreamPayload) -> tuple[tuple[str, str], ...]:
    items = [("path", payload.path)]
    if payload.seconds > 0:
        rates = f"{payload.rows / payload.seconds:,.0f} rows/s, {format_bytes(payload.size / payload.seconds)}/s"
        items.append(("rate", rates))
    items.append(("time", f"{format_duration(payload.seconds)}, {format_duration(payload.cpu_s)} CPU here"))
    if payload.first_row_s is not None:
        items.append(("first row", format_duration(payload.first_row_s)))
    if payload.peak_bytes is not None:
        items.append(("memory", f"{format_bytes(payload.peak_bytes)} at most on top of what there was"))
    return tuple(items)


def _method(payload: StreamPayload, report: Report) -> tuple[tuple[str, str], ...]:
    facts = payload.database
    items = [
        ("database", f"{facts.label}, {facts.system} {facts.version}"),
        ("driver", facts.driver),
        ("written to", payload.to + (f", {payload.compression}" if payload.compression else "")),
        ("chunks", f"{payload.chunk_rows:,} rows"),
        *facts.settings.items(),
        ("written", report.created),
        ("perftool", report.tool.version),
    ]
    return tuple(items)


PRESENT = present

"""Present the stored baselines, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.model.listing import BaselinesPayload
from perftool.render import document as doc
from perftool.render import surroundings
from perftool.render.figures import age, threshold

if TYPE_CHECKING:
    from perftool.model.report import Report
    from perftool.render.api import RenderOptions


def present(report: Report, options: RenderOptions) -> doc.Document:
    """Turn a list of baselines into a document."""
    payload = report.payload
    assert isinstance(payload, BaselinesPayload)
    columns = [
        doc.Column("baseline", "left", flexible=True),
        doc.Column("environment", "left", flexible=True),
        doc.Column("saved"),
        doc.Column("commit", "left", drop=2),
        doc.Column("cases"),
        doc.Column("measurements", drop=3),
        doc.Column("buffer", drop=1),
        doc.Column("reason", "left", drop=4, flexible=True),
    ]
    if options.verbose:
        columns.append(doc.Column("file", "left", drop=5, flexible=True, path=True))
    rows = []
    for entry in payload.entries:
        old = age(entry.created, report.created)
        cells = [
            entry.name,
            entry.environment_label,
            f"{old} ago" if old else entry.created,
            surroundings.source(entry.source),
            f"{entry.cases:,}",
            f"{entry.measurements:,}",
            threshold(entry.buffer) if entry.buffer else "",
            entry.reason,
        ]
        cells += [entry.path] if options.verbose else []
        rows.append(doc.TableRow(tuple(doc.Cell(text) for text in cells)))
    blocks: list[doc.Block] = [doc.Banner(report.verdict.outcome, report.verdict.headline)]
    if payload.action and payload.action not in report.verdict.headline:
        blocks.append(doc.Note(payload.action))
    if rows:
        blocks.append(doc.Table(tuple(columns), tuple(rows)))
    else:
        blocks.append(doc.Note("no baseline is stored: perftool bench, then perftool baseline save", "muted"))
    if report.warnings:
        blocks.append(doc.Footnotes(tuple(doc.Item(w.message, "⚠", "warn") for w in report.warnings)))
    return doc.Document("perftool baseline", tuple(blocks))


PRESENT = present

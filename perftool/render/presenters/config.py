"""Present the effective configuration: every value and where it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.model.listing import ConfigPayload
from perftool.render import document as doc

if TYPE_CHECKING:
    from perftool.model.report import Report
    from perftool.render.api import RenderOptions


def present(report: Report, options: RenderOptions) -> doc.Document:
    """Turn a configuration report into a document."""
    payload = report.payload
    assert isinstance(payload, ConfigPayload)
    columns = [
        doc.Column("setting", "left"),
        doc.Column("value", "left", flexible=True),
        doc.Column("from", "left", flexible=True, path=True),
    ]
    if options.verbose:
        columns.append(doc.Column("meaning", "left", drop=1, flexible=True))
    rows = []
    for setting in payload.values:
        tone: doc.Tone = "muted" if setting.origin == "default" else "plain"
        cells = [doc.Cell(setting.name), doc.Cell(setting.value, tone), doc.Cell(setting.origin, tone)]
        if options.verbose:
            cells.append(doc.Cell(setting.description, "muted"))
        rows.append(doc.TableRow(tuple(cells)))
    blocks: list[doc.Block] = [
        doc.Banner(report.verdict.outcome, report.verdict.headline),
        doc.Table(tuple(columns), tuple(rows)),
    ]
    if payload.files:
        blocks.append(doc.KeyValues((("read", ", ".join(payload.files)),)))
    if report.warnings:
        blocks.append(doc.Footnotes(tuple(doc.Item(w.message, "⚠", "warn") for w in report.warnings)))
    return doc.Document("perftool config", tuple(blocks))


PRESENT = present

"""Present what ``perftool init`` wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.model.listing import SetupPayload
from perftool.render import document as doc

if TYPE_CHECKING:
    from perftool.model.report import Report
    from perftool.render.api import RenderOptions


def present(report: Report, _: RenderOptions) -> doc.Document:
    """Turn a set-up report into a document."""
    payload = report.payload
    assert isinstance(payload, SetupPayload)
    tones: dict[str, doc.Tone] = {"created": "good", "extended": "good", "replaced": "warn", "kept": "muted"}
    rows = tuple(
        doc.TableRow(
            (doc.Cell(f.state, tones.get(f.state, "plain")), doc.Cell(f.path), doc.Cell(f.description, "muted"))
        )
        for f in payload.files
    )
    columns = (
        doc.Column("", "left"),
        doc.Column("file", "left", flexible=True, path=True),
        doc.Column("what it is", "left", drop=1, flexible=True),
    )
    blocks: list[doc.Block] = [doc.Banner(report.verdict.outcome, report.verdict.headline)]
    blocks.append(doc.Table(columns, rows) if rows else doc.Note("no file was written", "muted"))
    if report.warnings:
        blocks.append(doc.Footnotes(tuple(doc.Item(w.message, "⚠", "warn") for w in report.warnings)))
    return doc.Document("perftool init", tuple(blocks))


PRESENT = present

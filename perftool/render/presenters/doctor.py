"""Present what a machine can do: each thing that was tried, what it is for, and what to do where it does not work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.model.doctor import DoctorPayload
from perftool.render import document as doc
from perftool.render import surroundings
from perftool.render.notes import Notes

if TYPE_CHECKING:
    from perftool.model.doctor import Check
    from perftool.model.report import Report
    from perftool.render.api import RenderOptions

_TONES: Final[dict[str, doc.Tone]] = {"ok": "good", "limited": "warn", "missing": "muted", "failed": "bad"}


def present(report: Report, _: RenderOptions) -> doc.Document:
    """Turn what was tried into a document."""
    payload = report.payload
    assert isinstance(payload, DoctorPayload)
    columns = (
        doc.Column("", "left"),
        doc.Column(payload.topic, "left"),
        doc.Column("seen", "left"),
        doc.Column("for", "left", drop=1),
    )
    blocks: list[doc.Block] = [doc.Banner(report.verdict.outcome, report.verdict.headline)]
    if payload.checks:
        blocks.append(doc.Table(columns, tuple(map(_row, payload.checks))))
    else:
        blocks.append(doc.Note("nothing was tried", "muted"))
    if todo := [one for one in payload.checks if one.fix and one.state != "ok"]:
        blocks.append(doc.Items(tuple(doc.Item(f"{one.name}, {one.detail}: {one.fix}") for one in todo), "what to do"))
    blocks += Notes(report.warnings).footnotes()
    blocks.append(doc.Section("environment", (doc.KeyValues(surroundings.facts(report.environment)),)))
    return doc.Document(f"perftool doctor {payload.topic}", tuple(blocks))


def _row(one: Check) -> doc.TableRow:
    tone = _TONES.get(one.state, "plain")
    return doc.TableRow(
        (doc.Cell(one.state, tone), doc.Cell(one.name), doc.Cell(one.detail), doc.Cell(one.enables, "muted"))
    )


PRESENT = present

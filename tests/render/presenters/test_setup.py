from __future__ import annotations

import msgspec

from perftool.model.verdict import ReportWarning
from perftool.render import document as doc
from perftool.render.api import RenderOptions
from perftool.render.presenters.setup import PRESENT
from tests.render.samples import SAMPLES


def blocks(*, verbose: bool = False, **changes: object) -> list[doc.Block]:
    report = msgspec.structs.replace(SAMPLES["setup"](), **changes)
    return list(PRESENT(report, RenderOptions(verbose=verbose)).blocks)


def rows(*, verbose: bool = False) -> list[list[str]]:
    shown = next(b for b in blocks(verbose=verbose) if isinstance(b, doc.Table))
    return [[cell.text for cell in row.cells] for row in shown.rows]


def test_setup_shows_what_was_written_and_what_was_kept() -> None:
    assert [row[:2] for row in rows()] == [
        ["created", "perftool.toml"],
        ["kept", ".github/workflows/perftool.yml"],
    ]


def test_doubts_are_footnotes() -> None:
    doubt = ReportWarning(code="odd", message="something is odd", subject="there")
    notes = [i for b in blocks(warnings=(doubt,)) if isinstance(b, doc.Footnotes) for i in b.items]
    assert len(notes) == 1
    assert "something is odd" in notes[0].text

from __future__ import annotations

import msgspec

from perftool.model.listing import BaselinesPayload
from perftool.model.verdict import ReportWarning
from perftool.render import document as doc
from perftool.render.api import RenderOptions
from perftool.render.presenters.baselines import PRESENT
from tests.render.samples import SAMPLES


def blocks(*, verbose: bool = False, **changes: object) -> list[doc.Block]:
    report = msgspec.structs.replace(SAMPLES["baselines"](), **changes)
    return list(PRESENT(report, RenderOptions(verbose=verbose)).blocks)


def rows(*, verbose: bool = False) -> list[list[str]]:
    shown = next(b for b in blocks(verbose=verbose) if isinstance(b, doc.Table))
    return [[cell.text for cell in row.cells] for row in shown.rows]


def test_baselines_show_age_and_commit() -> None:
    assert rows()[0][:4] == ["main", "ci-linux-x64", "3 days ago", "4f2c91a0b (main)"]
    assert rows(verbose=True)[0][-1] == "baselines/ci-linux-x64/main.json"


def test_no_baseline_says_how_to_get_one() -> None:
    notes = [b.text for b in blocks(payload=BaselinesPayload(entries=())) if isinstance(b, doc.Note)]
    assert any("perftool baseline save" in note for note in notes)


def test_doubts_are_footnotes() -> None:
    doubt = ReportWarning(code="odd", message="something is odd", subject="there")
    notes = [i for b in blocks(warnings=(doubt,)) if isinstance(b, doc.Footnotes) for i in b.items]
    assert len(notes) == 1
    assert "something is odd" in notes[0].text

from __future__ import annotations

import msgspec

from perftool.model.lint import LintPayload
from perftool.model.verdict import Verdict
from perftool.render import document as doc
from perftool.render.api import RenderOptions
from perftool.render.presenters.lint import PRESENT
from tests.render.lint_sample import PAYLOAD
from tests.render.samples import SAMPLES, report


def blocks(payload: LintPayload = PAYLOAD, **options: bool) -> tuple[doc.Block, ...]:
    made = msgspec.structs.replace(SAMPLES["lint"](), payload=payload)
    return PRESENT(made, RenderOptions(**options)).blocks  # type: ignore[arg-type]


def sections(payload: LintPayload = PAYLOAD, **options: bool) -> dict[str, doc.Section]:
    return {block.title: block for block in blocks(payload, **options) if isinstance(block, doc.Section)}


def test_the_verdict_comes_first_with_what_was_looked_at() -> None:
    first = blocks()[0]
    assert isinstance(first, doc.Banner)
    assert first.aside == (
        "2,416 statements, 55 repeated, 1 not analysed, 4 suppressed, 2 in the baseline,"
        " 2 files skipped (--show-skipped) · 910 ms (cache 1 %)"
    )


def test_the_option_is_named_until_it_is_given() -> None:
    first = blocks(show_skipped=True)[0]
    assert isinstance(first, doc.Banner)
    assert "2 files skipped ·" in first.aside


def test_a_clean_run_says_only_what_there_is() -> None:
    clean = LintPayload(files=3, size=900, statements=1, distinct=1)
    document = PRESENT(report(clean, Verdict(outcome="pass", headline="no findings in 3 files")), RenderOptions())
    first, *others = document.blocks
    assert isinstance(first, doc.Banner)
    assert first.aside == "1 statement"
    assert [block.title for block in others if isinstance(block, doc.Section)] == ["how it was linted"]


def test_details_are_shown_where_they_are_asked_for() -> None:
    assert sections()["findings by rule"].detail
    assert not sections(statistics=True)["findings by rule"].detail
    assert sections()["2 files not looked at"].detail
    assert not sections(show_skipped=True)["2 files not looked at"].detail
    assert sections()["dialects"].detail


def test_the_time_of_rules_is_shown_whenever_it_was_taken() -> None:
    assert not sections()["time by rule"].detail
    assert "time by rule" not in sections(msgspec.structs.replace(PAYLOAD, times=()))


def test_what_was_fixed_is_told() -> None:
    fixed = msgspec.structs.replace(PAYLOAD, fixed=3, fixed_files=1)
    assert doc.Note("3 findings fixed in 1 file", "good") in blocks(fixed)


def test_doubts_are_footnotes() -> None:
    (notes,) = [block for block in blocks() if isinstance(block, doc.Footnotes)]
    assert notes.items[0].text == "app/old.sql:3: names no rule that ran"


def test_parts_that_were_not_looked_at_are_counted_and_told_on_request() -> None:
    details = (msgspec.structs.replace(PAYLOAD.details[0], notes=("line 3: holds escapes",)), *PAYLOAD.details[1:])
    payload = msgspec.structs.replace(PAYLOAD, left_out=1, details=details)
    first = blocks(payload)[0]
    assert isinstance(first, doc.Banner)
    assert "1 part left out (-v)" in first.aside
    first = blocks(payload, verbose=True)[0]
    assert isinstance(first, doc.Banner)
    assert "1 part left out," in first.aside
    [listed] = sections(payload)["notes on files"].blocks
    assert isinstance(listed, doc.Items)
    assert [item.text for item in listed.items] == [f"{details[0].path}: line 3: holds escapes"]

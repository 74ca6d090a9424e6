from __future__ import annotations

import html
import re

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from perftool.render.api import RenderOptions
from perftool.render.formats.markdown import FORMAT, escape, escape_line
from perftool.render.visible import visible
from tests.render.hostile import NAMES, spoil
from tests.render.samples import SAMPLES

_PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def shown(sample: str, **options: object) -> str:
    text = FORMAT.render(SAMPLES[sample](), RenderOptions(**options))  # type: ignore[arg-type]
    assert isinstance(text, str)
    return text


def seen(markdown: str) -> str:
    """Return what a reader of the rendered page sees."""
    return html.unescape(re.sub(r"<[^>]*>", "", _PARSER.render(markdown).replace("<!-- -->", "")))


def squeezed(text: str) -> str:
    return " ".join(text.split())


@given(st.text(max_size=60))
@example("1) one")
@example("- item")
@example("a\\|b")
@example("    code")
@example("&lt;")
@example("http://x.y www.x.y a@b.c #1 @me")
def test_any_text_is_shown_as_it_is(text: str) -> None:
    line = " ".join(visible(text).split())
    assert squeezed(seen(escape_line(line))) == squeezed(line)


@given(st.text(max_size=60))
def test_any_text_fits_into_a_table_cell(text: str) -> None:
    line = " ".join(visible(text).split())
    page = _PARSER.render(f"| a | b |\n| --- | --- |\n| {escape(line)} | end |\n")
    cells = re.findall(r"<td>(.*?)</td>", page)
    assert len(cells) == 2
    assert cells[1] == "end"
    assert squeezed(html.unescape(re.sub(r"<[^>]*>", "", cells[0]))) == squeezed(line)


def test_people_and_issues_are_not_linked() -> None:
    assert escape("@team #12") == "@<!-- -->team #<!-- -->12"


@pytest.mark.parametrize("name", NAMES, ids=lambda n: ascii(n[:18]))
def test_hostile_names_make_no_markup(name: str) -> None:
    text = FORMAT.render(spoil(SAMPLES["compare"](), name), RenderOptions())
    assert isinstance(text, str)
    page = _PARSER.render(text)
    assert not re.search(r"<(script|a |img|em|code)", page)


def test_verdict_first_then_what_changed_then_the_rest_folded() -> None:
    text = shown("compare")
    verdict, changed = text.index("### ✗ 2 regressions"), text.index("| ComplexQuery |")
    folded, unchanged = text.index("<summary>1 without a significant change: CPU time/op"), text.index("| CTE |")
    method = text.index("<summary>how it was compared")
    assert verdict < changed < folded < unchanged < method
    assert text.count("<details>") == text.count("</details>")


def test_a_title_that_folds_is_html_and_shows_no_backslash() -> None:
    text = shown("compare-paired")
    assert "<summary>environment of HEAD~1</summary>" in text
    assert "environment of HEAD~1" in seen(text)


def test_a_failure_is_bold() -> None:
    assert "**+25.5 %**" in shown("compare")


def test_tables_are_tables() -> None:
    page = _PARSER.render(shown("bench"))
    assert page.count("<table>") == 1
    assert '<td style="text-align:right">31.2 µs ± 1%</td>' in page


def test_quiet_is_the_verdict() -> None:
    assert shown("bench", quiet=True) == "### ✓ 5 cases measured, geomean 45.6 µs\n"


def test_findings_follow_the_verdict_and_the_rest_is_folded() -> None:
    text = shown("lint")
    verdict, found = text.index("### ✗ 2 errors"), text.index("| **✗ error** | app/reports.sql:3:8 |")
    rules, skipped = text.index("<summary>findings by rule"), text.index("<summary>2 files not looked at")
    assert verdict < found < rules < skipped
    assert "o.seen\\_at IS NULL" in text
    assert "| MIG001 blocking-index-build |" in text
    assert text.count("<details>") == text.count("</details>")


def test_a_comment_on_a_pull_request_has_room_for_all_that_is_shown() -> None:
    """GitHub takes 65,536 characters."""
    report = SAMPLES["lint"]()
    many = msgspec.structs.replace(report, diagnostics=tuple(report.diagnostics) * 200)
    text = FORMAT.render(many, RenderOptions())
    assert len(text) < 50_000
    assert "<summary>120 more findings</summary>" in text
    assert "1,250 findings more in the report of the run" in text


@pytest.mark.parametrize("name", NAMES, ids=lambda n: ascii(n[:18]))
def test_hostile_findings_make_no_markup(name: str) -> None:
    text = FORMAT.render(spoil(SAMPLES["lint"](), name), RenderOptions())
    assert not re.search(r"<(script|a |img|em|code)", _PARSER.render(str(text)))

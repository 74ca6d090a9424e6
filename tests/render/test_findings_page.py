"""The findings on an HTML page: source lines, filters that work in a real browser, and nothing else that runs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
import pytest

from perftool.render.api import RenderOptions
from perftool.render.findings_page import MOST_SHOWN, SCRIPT, source
from perftool.render.formats.html import FORMAT
from tests.profiling.chromium import in_a_browser
from tests.render.hostile import spoil
from tests.render.lint_sample import DIAGNOSTICS, quote
from tests.render.samples import SAMPLES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.profiling.chromium import Browser


def page(**options: object) -> str:
    return str(FORMAT.render(SAMPLES["lint"](), RenderOptions(**{"source": quote, **options})))  # type: ignore[arg-type]


def test_a_finding_shows_its_line_with_the_place_marked() -> None:
    assert (
        '<pre><span class="line">3</span><code> WHERE <mark>o.seen_at = NULL</mark></code></pre>'
        '<p class="do"><b>do</b><code>o.seen_at IS NULL</code> <span class="muted">perftool lint --fix</span></p>'
    ) in page()
    assert "<pre>" not in page(source=None)


def test_the_verdict_comes_first_and_the_rules_last() -> None:
    shown = page()
    assert shown.index("2 errors, 4 warnings") < shown.index('class="filters') < shown.index("COR001</b>")
    assert shown.index("CREATE INDEX CONCURRENTLY") < shown.index("<summary>findings by rule")


def test_filters_offer_what_there_is() -> None:
    shown = page()
    assert '<option value="MIG001">MIG001 blocking-index-build (2)</option>' in shown
    assert "PER040 select-star (0)" not in shown
    assert re.findall(r'value="(\w+)" checked> \w+ (\d+)', shown) == [("error", "2"), ("warning", "4"), ("info", "1")]


def test_the_policy_allows_one_script_by_its_digest() -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page())
    assert policy
    assert policy[1].startswith("default-src 'none'")
    assert policy[1].endswith(source())
    assert page().count("<script>") == 1
    assert f"<script>{SCRIPT}</script>" in page()


def test_quiet_and_clean_pages_have_no_script() -> None:
    clean = msgspec.structs.replace(SAMPLES["lint"](), diagnostics=())
    for shown in (page(quiet=True), str(FORMAT.render(clean, RenderOptions()))):
        assert "<script" not in shown
        assert "script-src" not in shown


def test_a_page_holds_only_so_many() -> None:
    many = msgspec.structs.replace(SAMPLES["lint"](), diagnostics=DIAGNOSTICS[:1] * (MOST_SHOWN + 2))
    shown = str(FORMAT.render(many, RenderOptions()))
    assert shown.count("<article") == MOST_SHOWN
    assert "2 findings more than a page can hold" in shown


def test_ascii_is_ascii() -> None:
    shown = page(ascii_only=True)
    assert shown[shown.index('class="filters') : shown.index("</script>")].isascii()


PROBE = """(() => {
  const d = document, w = d.documentElement;
  const all = s => [...d.querySelectorAll(s)], seen = s => all(s).filter(e => e.getBoundingClientRect().height > 0);
  const set = (e, change) => { change(e); e.dispatchEvent(new Event('input', {bubbles: true})); };
  const told = {over: w.scrollWidth - w.clientWidth, all: seen('.finding').length, title: d.title};
  const errors = d.querySelector('.filters [value=error]'), rules = d.querySelector('select');
  const text = d.querySelector('[type=search]');
  set(errors, e => e.checked = false);
  told.withoutErrors = seen('.finding').length;
  set(errors, e => e.checked = true);
  set(rules, e => e.value = rules.options[2].value);
  told.oneRule = seen('.finding').length;
  told.files = seen('.file').length;
  set(rules, e => e.value = '');
  set(text, e => e.value = 'ORDERS_day');
  told.text = seen('.finding').length;
  told.output = d.querySelector('output').textContent;
  set(text, e => e.value = '');
  told.again = seen('.finding').length;
  return told;
})()"""


@in_a_browser
@pytest.mark.parametrize("width", [360, 1400])
@pytest.mark.parametrize("hostile", [False, True])
def test_the_filters_work_in_a_real_browser(chromium: Browser, width: int, hostile: bool, tmp_path: Path) -> None:
    """And a finding that brings a script of its own runs nothing."""
    made = SAMPLES["lint"]()
    if hostile:
        made = spoil(made, "<script>document.title='x'</script>\" onclick=alert(1) '")
    path = tmp_path / "page.html"
    path.write_text(str(FORMAT.render(made, RenderOptions(source=quote))), "utf-8")
    chromium.forget()
    chromium.open(path.as_uri(), width=width, ready="document.readyState === 'complete'")
    found = chromium.run(PROBE)
    assert found["title"].startswith("perftool lint")
    assert found["over"] <= 0, "the page must not scroll sideways"
    assert (found["all"], found["withoutErrors"], found["again"]) == (7, 5, 7)
    assert (found["oneRule"], found["files"]) == (2, 1)
    assert (found["text"], found["output"]) == ((0, "0 of 7 shown") if hostile else (1, "1 of 7 shown"))
    assert chromium.complaints == []

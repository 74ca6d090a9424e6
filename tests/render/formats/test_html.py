from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from perftool.render.api import RenderOptions
from perftool.render.findings_page import SCRIPT
from perftool.render.formats.html import FORMAT
from tests.profiling.chromium import in_a_browser
from tests.render.hostile import NAMES, spoil
from tests.render.samples import SAMPLES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.profiling.chromium import Browser

_VOID = {"meta", "link", "input"}
_SHAPES = {"line", "circle", "rect"}
_TAGS = {
    "html", "head", "meta", "link", "title", "style", "body", "main", "header", "footer", "b", "bdi", "div", "span",
    "p", "h2", "h3", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "dl", "dt", "dd", "details", "summary",
    "pre", "svg", "line", "circle", "rect", "text", "figure", "figcaption", "ol",
    "section", "article", "label", "input", "select", "option", "output", "code", "mark", "script",
}  # fmt: skip
_ATTRIBUTES = {
    "lang", "charset", "http-equiv", "content", "name", "rel", "href", "class", "scope", "data-label", "role",
    "aria-label", "aria-hidden", "x1", "x2", "y1", "y2", "cx", "cy", "r", "x", "y", "dx", "width", "height",
    "text-anchor", "data-path", "data-rule", "data-severity", "type", "value", "checked", "placeholder", "hidden",
}  # fmt: skip


class Page(HTMLParser):
    """Collects what a browser would see, and that elements close in the order they open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.scripts: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in _SHAPES
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.scripts.append(data)
        self.text += data


def page(sample: str, name: str = "", **options: object) -> Page:
    report = SAMPLES[sample]()
    shown = FORMAT.render(spoil(report, name) if name else report, RenderOptions(**options))  # type: ignore[arg-type]
    assert isinstance(shown, str)
    return Page(shown)


@pytest.mark.parametrize("sample", SAMPLES)
def test_is_self_contained(sample: str) -> None:
    seen = page(sample)
    assert ("script" in seen.tags) == (sample == "lint")
    links = [value for name, value in seen.attributes if name in ("src", "href", "action", "srcset")]
    assert links == ["data:,"]
    assert ("content", "width=device-width, initial-scale=1") in seen.attributes
    assert any(value.startswith("default-src 'none'") for _, value in seen.attributes)
    assert "url(" not in seen.text
    assert "@import" not in seen.text


@pytest.mark.parametrize("name", NAMES, ids=lambda n: ascii(n[:18]))
@pytest.mark.parametrize("sample", SAMPLES)
def test_hostile_names_make_no_markup(sample: str, name: str) -> None:
    seen = page(sample, name)
    assert "".join(seen.scripts) == (SCRIPT if sample == "lint" else ""), "no script but ours"
    assert seen.tags <= _TAGS
    assert {attribute for attribute, _ in seen.attributes} <= _ATTRIBUTES


def test_names_are_shown_as_they_are() -> None:
    assert "Sim<script>alert(1)</script>" in page("bench", "<script>alert(1)</script>").text


def test_unchanged_rows_are_folded() -> None:
    text = page("compare").text
    assert text.index("WindowFunction") < text.index("1 without a significant change: CPU time/op") < text.index("CTE")


def test_each_block_is_a_dot() -> None:
    shown = FORMAT.render(SAMPLES["bench"](), RenderOptions())
    assert isinstance(shown, str)
    assert shown.count("<svg") == 5
    assert shown.count("<circle") == 5 * 12
    assert 'aria-label="SimpleSelect: 31.2 µs, 12 values"' in shown
    places = [float(p) for p in re.findall(r'c?x[12]?="([\d.]+)%"', shown)]
    assert all(0 <= place <= 100 for place in places)


def test_light_and_dark() -> None:
    assert "prefers-color-scheme:dark" in page("bench").text


MEASURE = """(() => {
  const w = document.documentElement, box = e => e.getBoundingClientRect();
  const all = s => [...document.querySelectorAll(s)];
  const seen = all('svg[role=img]').filter(e => box(e).width > 0);
  const texts = all('svg text').filter(e => box(e).width > 0);
  const marks = all('circle').filter(e => box(e).width > 0);
  return {
    title: document.title,
    over: w.scrollWidth - w.clientWidth,
    rows: all('tr').length,
    plots: seen.length,
    narrowest: Math.min(...seen.map(e => box(e).width)),
    lowest: Math.min(...seen.map(e => box(e).height)),
    astray: marks.filter(e => box(e).left < box(e.closest('svg')).left - 4
      || box(e).right > box(e.closest('svg')).right + 4 || box(e).top < box(e.closest('svg')).top - 4
      || box(e).bottom > box(e.closest('svg')).bottom + 4).length,
    marks: marks.length,
    clipped: texts.filter(e => box(e).left < 0 || box(e).right > w.clientWidth).length,
    scripts: all('script').length,
  };
})()"""


@in_a_browser
@pytest.mark.parametrize("width", [360, 1400])
@pytest.mark.parametrize(("sample", "plots"), [("compare", 5), ("compare-paired", 4 + 8), ("history", 4)])
def test_a_real_browser_shows_it_without_complaint(
    chromium: Browser, sample: str, plots: int, width: int, tmp_path: Path
) -> None:
    """Load the page in a window of the given width: all fits, plots can be seen, the console stays silent."""
    shown = FORMAT.render(spoil(SAMPLES[sample](), "<script>document.title='x'</script>"), RenderOptions())
    assert isinstance(shown, str)
    path = tmp_path / "page.html"
    path.write_text(shown, "utf-8")
    chromium.forget()
    chromium.open(path.as_uri(), width=width, ready="document.readyState === 'complete'")
    found = chromium.run(MEASURE)
    assert found["title"].startswith("perftool compare")
    assert found["over"] <= 0, "the page must not scroll sideways"
    assert found["rows"] > 4
    assert found["plots"] >= plots
    assert found["narrowest"] > 150
    assert found["lowest"] > 20
    assert found["marks"] > 0
    assert found["astray"] == 0, "every dot lies on its plot"
    assert found["clipped"] == 0, "every name of a place can be read"
    assert found["scripts"] == 0
    assert set(chromium.requests) <= {path.as_uri(), "about:blank", "data:,"}
    assert chromium.complaints == []


def test_a_paired_run_shows_a_dot_for_each_pair_between_no_change_and_the_thresholds() -> None:
    text = page("compare-paired").text
    shown = FORMAT.render(SAMPLES["compare-paired"](), RenderOptions())
    assert isinstance(shown, str)
    assert "one dot per pair of blocks" in text
    assert 'aria-label="✗ [+29.9, +31.1] %: +30.5 %, 20 values"' in shown
    assert text.count("fail 20 %") == text.count("warn 10 %") == 4
    assert "one dot per pair of blocks" not in page("compare").text


def test_a_history_is_plotted_with_its_changes_numbered() -> None:
    shown = FORMAT.render(SAMPLES["history"](), RenderOptions())
    assert isinstance(shown, str)
    assert shown.count("<figure>") == 5
    assert "CTE · CPU time/op" in shown
    assert "−20.0 % since" in shown
    assert "with sqlglot 30.30.0 → 30.31.0" in shown
    assert shown.count("<title>") == 1 + 5 * 20 + 4, "a page's title, one for each point, one for each change"
    assert "▂" not in shown, "where there are plots there are no sparklines"


def test_a_history_plots_what_changed_before_what_did_not() -> None:
    text = page("history").text
    places = [text.index(f"{name} · ") for name in ("ComplexQuery", "CTE", "SimpleSelect")]
    assert places == sorted(places)
    assert text.index("plot of the other series") < places[2]

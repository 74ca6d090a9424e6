from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from perftool.render.api import RenderOptions
from perftool.render.formats.html import FORMAT
from tests.render.hostile import NAMES, spoil
from tests.render.samples import SAMPLES

if TYPE_CHECKING:
    from pathlib import Path

_VOID = {"meta", "link", "line", "circle"}
_TAGS = {
    "html", "head", "meta", "link", "title", "style", "body", "main", "header", "footer", "b", "bdi", "div", "span",
    "p", "h2", "h3", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "dl", "dt", "dd", "details", "summary",
    "pre", "svg", "line", "circle",
}  # fmt: skip
_ATTRIBUTES = {
    "lang", "charset", "http-equiv", "content", "name", "rel", "href", "class", "scope", "data-label", "role",
    "aria-label", "x1", "x2", "y1", "y2", "cx", "cy", "r",
}  # fmt: skip


class Page(HTMLParser):
    """Collects what a browser would see, and that elements close in the order they open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        assert tag in _VOID

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def page(sample: str, name: str = "", **options: object) -> Page:
    report = SAMPLES[sample]()
    shown = FORMAT.render(spoil(report, name) if name else report, RenderOptions(**options))  # type: ignore[arg-type]
    assert isinstance(shown, str)
    return Page(shown)


@pytest.mark.parametrize("sample", SAMPLES)
def test_is_self_contained(sample: str) -> None:
    seen = page(sample)
    assert "script" not in seen.tags
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


BROWSER = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
@pytest.mark.parametrize("width", [360, 1400])
def test_a_real_browser_shows_it_without_complaint(width: int, tmp_path: Path) -> None:
    """Load the page in a frame of the given width; it must fit, and the console must stay silent."""
    assert BROWSER is not None
    shown = FORMAT.render(spoil(SAMPLES["compare"](), "<script>document.title='x'</script>"), RenderOptions())
    assert isinstance(shown, str)
    (tmp_path / "page.html").write_text(shown, "utf-8")
    # Only the probe has a script; it reads the frame's size once the page has loaded.
    probe = (
        f"<iframe id=f src=page.html style='width:{width}px;height:900px;border:0'></iframe><script>"
        "onload=()=>{const d=document.getElementById('f').contentDocument;document.title="
        "`over=${d.documentElement.scrollWidth-d.documentElement.clientWidth} rows=${d.querySelectorAll('tr').length}"
        " title=${d.title}`}</script>"
    )
    (tmp_path / "probe.html").write_text(probe, "utf-8")
    command = [
        BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}",
        "--allow-file-access-from-files", "--enable-logging=stderr", "--window-size=1600,1000", "--dump-dom",
        (tmp_path / "probe.html").as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=90)
    found = re.search(r"<title>over=(-?\d+) rows=(\d+) title=perftool compare", done.stdout)
    assert found, done.stdout[:2000]
    assert int(found[1]) <= 0, "the page must not scroll sideways"
    assert int(found[2]) > 8
    assert "CONSOLE" not in done.stderr

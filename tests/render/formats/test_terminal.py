from __future__ import annotations

import re

import pytest

from perftool.render.api import RenderOptions
from perftool.render.formats import terminal, text
from tests.render.samples import SAMPLES

_STYLE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("columns", [30, 60, 100, 160])
def test_says_the_same_as_text(sample: str, columns: int) -> None:
    report = SAMPLES[sample]()
    for verbose in (False, True):
        plain = text.FORMAT.render(report, RenderOptions(width=columns, verbose=verbose))
        coloured = terminal.FORMAT.render(report, RenderOptions(width=columns, verbose=verbose, colour=True))
        assert isinstance(coloured, str)
        assert "\x1b[" in coloured
        assert _STYLE.sub("", coloured) == plain


def test_without_colour_it_is_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """The caller has decided; rich must not look at the environment again."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "20")
    report = SAMPLES["compare"]()
    assert terminal.FORMAT.render(report, RenderOptions()) == text.FORMAT.render(report, RenderOptions())


def test_colours_tell_better_from_worse() -> None:
    shown = terminal.FORMAT.render(SAMPLES["compare"](), RenderOptions(colour=True))
    assert isinstance(shown, str)
    assert re.search(r"\x1b\[1;31m *\+25\.5 %", shown), "a regression is red"
    assert re.search(r"\x1b\[32m *−31\.0 %", shown), "an improvement is green"
    higher = terminal.FORMAT.render(SAMPLES["compare-columns"](), RenderOptions(colour=True))
    assert isinstance(higher, str)
    assert re.search(r"\x1b\[32m *\+100\.0 %", higher), "more of a rate is an improvement"

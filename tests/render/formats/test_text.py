from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perftool.render.api import RenderOptions
from perftool.render.formats.text import FORMAT
from perftool.render.visible import width
from tests.render.samples import SAMPLES


def shown(sample: str, **options: object) -> str:
    text = FORMAT.render(SAMPLES[sample](), RenderOptions(**options))  # type: ignore[arg-type]
    assert isinstance(text, str)
    return text


@pytest.mark.parametrize("sample", SAMPLES)
@settings(max_examples=25)
@given(columns=st.integers(24, 200), verbose=st.booleans())
def test_no_line_is_wider_than_asked_for(sample: str, columns: int, verbose: bool) -> None:
    for line in shown(sample, width=columns, verbose=verbose).splitlines():
        assert width(line) <= columns, line


@pytest.mark.parametrize("sample", SAMPLES)
def test_ascii_means_ascii(sample: str) -> None:
    assert shown(sample, ascii_only=True, verbose=True).isascii()


@pytest.mark.parametrize("sample", SAMPLES)
def test_no_trailing_blanks_and_one_final_newline(sample: str) -> None:
    text = shown(sample)
    assert not any(line.endswith(" ") for line in text.split("\n"))
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_quiet_is_the_verdict_and_nothing_else() -> None:
    assert shown("bench", quiet=True) == "✓ 5 cases measured, geomean 45.6 µs\n"
    assert shown("bench", quiet=True, ascii_only=True) == "ok 5 cases measured, geomean 45.6 us\n"


def test_the_verdict_comes_first() -> None:
    assert shown("compare").startswith("✗ 2 regressions, 1 warning")


def test_a_narrow_table_says_which_columns_are_missing() -> None:
    assert "(not shown in 60 columns: wall/op, ops/s, p99)" in shown("bench", width=60)


def test_a_table_that_fits_no_way_is_stacked() -> None:
    text = shown("compare-columns", width=50)
    assert "Encode 1\n  old.txt" in text


def test_verbose_shows_what_is_folded_away_otherwise() -> None:
    assert "processor" not in shown("bench")
    assert "Example CPU 3000" in shown("bench", verbose=True)

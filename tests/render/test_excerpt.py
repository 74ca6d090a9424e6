"""The line that a finding stands in: aligned and cut whatever stands in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.model.diagnostic import Span
from perftool.render.excerpt import Excerpt, excerpt
from perftool.render.visible import width


def span(column: int, end: int, *, lines: int = 1) -> Span:
    return Span(path="a.sql", start=0, end=end, line=7, column=column, end_line=6 + lines, end_column=end)


def test_a_short_line_is_shown_as_it_is() -> None:
    assert excerpt("SELECT a = NULL;\n", span(8, 16), 80) == Excerpt("SELECT ", "a = NULL", ";")


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_endings_are_no_part_of_the_line(ending: str) -> None:
    assert excerpt(f"SELECT 1{ending}FROM t", span(1, 9), 80) == Excerpt("", "SELECT 1", "")


def test_a_finding_over_several_lines_is_marked_to_the_end_of_the_first() -> None:
    assert excerpt("x (SELECT a  \r\n FROM t) y", span(3, 9, lines=2), 80) == Excerpt("x ", "(SELECT a", "")


def test_a_finding_whose_end_is_unknown_is_marked_where_it_starts() -> None:
    unknown = Span(path="a.sql", start=10, end=20, line=7, column=3)
    assert excerpt("ab cd", unknown, 80) == Excerpt("ab", " ", "cd")


def test_a_finding_behind_the_end_of_the_line_marks_nothing() -> None:
    assert excerpt("SELECT", span(40, 50), 80) == Excerpt("SELECT", "", "")


def test_tabs_take_four_columns_and_what_cannot_be_seen_is_spelled_out() -> None:
    assert excerpt("\tSELECT\x1b[31m\u202e 1", span(2, 8), 80) == Excerpt("    ", "SELECT", "\\x1b[31m\\u202e 1")


def test_wide_and_combining_characters_have_their_width() -> None:
    shown = excerpt("'漢字e\u0301' = NULL", span(1, 7), 80)
    assert (width(shown.before), width(shown.marked)) == (0, 7)


def test_a_long_line_is_cut_around_the_finding() -> None:
    line = "a" * 500 + " bad = NULL " + "z" * 500
    shown = excerpt(line, span(502, 512), 40)
    assert shown.marked == "bad = NULL"
    assert shown.before.startswith("…aa")
    assert shown.after.endswith("zz…")
    assert width(shown.before) + width(shown.marked) + width(shown.after) == 40


def test_a_finding_longer_than_the_room_is_cut_itself() -> None:
    shown = excerpt("SELECT " + "b" * 300 + " FROM t", span(8, 308), 40)
    assert shown == Excerpt("SELECT ", "b" * 32 + "…", "")


def test_ascii_is_ascii() -> None:
    shown = excerpt("ä" * 100 + "bad" + "ö" * 100, span(101, 104), 40, ascii_only=True)
    assert (shown.before + shown.marked + shown.after).isascii()
    assert shown.before.startswith("...")


@given(
    st.text(alphabet=st.sampled_from("ab \t漢é\x00\u202e\u0301🦆\n\r"), max_size=300),
    st.integers(1, 320),
    st.integers(0, 320),
    st.integers(12, 120),
    st.booleans(),
)
def test_any_line_fits_and_never_breaks(text: str, column: int, size: int, columns: int, ascii_only: bool) -> None:
    shown = excerpt(text, span(column, column + size), columns, ascii_only=ascii_only)
    drawn = shown.before + shown.marked + shown.after
    assert width(drawn) <= columns
    assert drawn.isprintable()


@given(st.text(alphabet="ab漢é ", max_size=60), st.data())
def test_what_is_marked_is_the_text_of_the_finding(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    shown = excerpt(text, span(start + 1, end + 1), 200)
    assert shown.marked == text[start:end]
    assert shown.before == text[:start]


def test_a_huge_line_costs_no_more_than_its_cut() -> None:
    line = "x" * 5_000_000
    assert width(excerpt(line, span(2_500_000, 2_500_010), 60).marked) == 10

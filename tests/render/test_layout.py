from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from perftool.render import document as doc
from perftool.render.api import RenderOptions
from perftool.render.layout import lines, wrap
from perftool.render.visible import width


def drawn(*blocks: doc.Block, **options: object) -> list[str]:
    laid_out = lines(doc.Document("t", blocks), RenderOptions(**options))  # type: ignore[arg-type]
    return ["".join(text for text, _ in line).rstrip() for line in laid_out]


@given(st.text(alphabet="ab漢 ", max_size=80), st.integers(2, 30))
def test_wrapping_loses_no_word(text: str, columns: int) -> None:
    broken = wrap(text, columns)
    assert all(width(line) <= columns for line in broken)
    assert "".join(broken).replace(" ", "") == text.replace(" ", "")


def test_an_aside_stands_at_the_far_side_or_below() -> None:
    assert drawn(doc.Heading("left", "right"), width=24) == ["left               right"]
    assert drawn(doc.Heading("left" * 5, "right"), width=24) == ["left" * 5, "right"]


def test_names_and_values_are_aligned() -> None:
    assert drawn(doc.KeyValues((("a", "1"), ("long", "2")))) == ["  a     1", "  long  2"]


def test_list_entries_hang_under_their_mark() -> None:
    entry = doc.Items((doc.Item("one two three four five", "⚠", "warn"),), "title")
    assert drawn(entry, width=24) == ["title", "⚠ one two three four", "  five"]


def test_a_mark_longer_than_the_line_leaves_room_for_the_text() -> None:
    shown = drawn(doc.Items((doc.Item("said of it", "m" * 400),)), width=30)
    assert all(len(line) <= 30 for line in shown)
    assert "said of it" in " ".join(shown)


def test_no_room_at_all_ends_too() -> None:
    assert wrap("abc", -5) == ["a", "b", "c"]


def test_a_snippet_keeps_its_lines() -> None:
    assert drawn(doc.Snippet("a\n  b\x1b")) == ["  a", "    b\\x1b"]


def test_details_show_when_verbose_and_mentions_always() -> None:
    hidden = doc.Section("more", (doc.Note("inside"),))
    assert drawn(hidden) == []
    assert drawn(hidden, verbose=True) == ["more", "inside"]
    assert drawn(doc.Section("more", (doc.Note("inside"),), mention=True)) == ["more"]
    assert drawn(doc.Section("more", (doc.Note("inside"),), detail=False)) == ["more", "inside"]


def test_charts_show_when_verbose() -> None:
    series = doc.Series("name", (1.0, 2.0, 3.0), 2.0, 1.0, 3.0, "2 s")
    chart = doc.Chart("dots", (doc.Group("group", (series,)),))
    assert drawn(chart) == []
    assert drawn(chart, verbose=True, width=30, ascii_only=True) == [
        "dots",
        "group",
        "name  .--------|--------.  2 s",
    ]

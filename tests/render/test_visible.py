from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.render.document import Banner, Document, Items
from perftool.render.visible import cut, document_to_ascii, to_ascii, visible, width


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain – µ ✓", "plain – µ ✓"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("\u202eabc\u2069", "\\u202eabc\\u2069"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("\x9b2J", "\\x9b2J"),
    ],
)
def test_what_could_move_the_cursor_is_spelled_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text())
def test_nothing_hidden_is_left(text: str) -> None:
    kept = visible(text)
    assert not any(unicodedata.category(c) == "Cc" for c in kept)
    assert visible(kept) == kept


@given(st.text())
def test_ascii_is_ascii(text: str) -> None:
    assert to_ascii(text).isascii()


def test_marks_have_a_likeness_in_ascii() -> None:
    assert to_ascii("✓ ✗ ⚠ ± µ – │ × … −∞ ¹²") == "ok FAIL ! +- u - | x ... -inf [12]"


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cf", "Cs", "Mn", "Me"])), st.integers(1, 30))
def test_cut_text_fits(text: str, columns: int) -> None:
    shown = cut(text, columns)
    assert width(shown) <= columns
    assert shown == text or width(text) > columns


def test_wide_and_combining_characters_have_their_width() -> None:
    assert width("漢字") == 4
    assert width("e\u0301") == 1
    assert width("\u0e01\u0e34") == 1, "a Thai vowel sign stands above its consonant"
    assert width("\u26a0\ufe0f") == 1


def test_a_whole_document_is_spelled_in_ascii() -> None:
    document = Document("µ", (Banner("pass", "31 µs ± 1%"), Items((), "–")))
    assert document_to_ascii(document) == Document("u", (Banner("pass", "31 us +- 1%"), Items((), "-")))


def test_a_path_is_cut_at_its_front() -> None:
    assert cut("app/reports/orders.sql:17", 16, front=True) == "...orders.sql:17"
    assert cut("app/größe/orders.sql:17", 16, front=True) == "…e/orders.sql:17"

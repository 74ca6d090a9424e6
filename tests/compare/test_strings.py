"""Go's quoted strings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.compare.strings import BadEscapeError, quote, unquote


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("plain", "plain"),
        (r"a\tb\\\"", 'a\tb\\"'),
        (r"\x41\102\u00b5\U0001F600", "ABµ😀"),
        (r"\xc2\xb5", "µ"),
        (r"\xff", "\ufffd"),
    ],
)
def test_unquote(body: str, text: str) -> None:
    assert unquote(body) == text


@pytest.mark.parametrize("body", [r"\q", "\\", r"\x4", r"\u12", r"\'", r"\400", r"\ud800", "\\U00110000", "a\nb"])
def test_what_is_no_escape(body: str) -> None:
    with pytest.raises(BadEscapeError):
        unquote(body)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_quoting_is_undone(text: str) -> None:
    quoted = quote(text)
    assert quoted.startswith('"')
    assert unquote(quoted[1:-1]) == text

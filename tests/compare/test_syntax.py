"""Tokens, and errors that point at the fault."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from perftool.compare.syntax import ExpressionError, Tokens
from tests.fakes.failures import failure


def kinds(expression: str, *, value: bool = False) -> list[tuple[str, str]]:
    tokens = Tokens(expression)
    found = []
    while (token := tokens.take(value=value)).kind != "end":
        found.append((token.kind, token.text))
    return found


def test_tokens() -> None:
    assert kinds('a-b:-*"c d" AND OR(,@') == [
        ("word", "a-b"), (":", ":"), ("-", "-"), ("*", "*"), ("quoted", "c d"),
        ("and", "AND"), ("or", "OR"), ("(", "("), (",", ","), ("@", "@"),
    ]  # fmt: skip


def test_a_slash_begins_a_regexp_only_where_a_value_may_stand() -> None:
    assert kinds("/a[/]b/", value=True) == [("regexp", "a[/]b")]
    assert kinds("/size") == [("word", "/size")]
    assert kinds(r"/a\/(b/)/ c", value=True) == [("regexp", r"a\/(b/)"), ("word", "c")]


def test_looking_ahead_takes_nothing() -> None:
    tokens = Tokens(" a b")
    assert tokens.peek() == tokens.peek() == tokens.take()
    assert tokens.take().text == "b"


def test_the_caret_counts_columns_not_bytes() -> None:
    error = ExpressionError("expected value", "µ:\u3000(x", 4)
    assert error.pointed == "syntax error: expected value\n\tµ:\u3000(x\n\t    ^"


def test_our_own_message_is_one_line_with_the_place_in_the_hint() -> None:
    error = ExpressionError('missing ")"', "a:(b", 4).given_with("filter")
    assert error.message == '--filter: missing ")"'
    assert error.hint == "at the caret: a:(b^"
    assert str(error) == error.message


@given(st.text(max_size=20), st.booleans())
def test_any_text_is_tokens_or_a_pointed_error(expression: str, value: bool) -> None:
    error = failure(ExpressionError, lambda: kinds(expression, value=value))
    if isinstance(error, ExpressionError):
        assert 0 <= error.offset <= len(expression)
        assert "\n" not in error.message.replace(expression, "")

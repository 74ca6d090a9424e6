"""What is taken out of a text is what the lexer takes for strings, quoted names and comments."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perftool.sql.dialects import KNOWN
from perftool.sql.outline import outline
from perftool.sql.tokens import lex

PIECES = (
    "'", '"', "`", "''", "'''", '"""', "--", "//", "/*", "*/", "/", "*", "-", "#", "\n", "\r", "\\", "\\'", "$", "$$",
    "$a$", "e'", "E'", "r'", "U&'", 'b"', "q'[", "]'", "[", "]", "]]", "(", ")", "{", "}", "%(", ")s", "%", "a", "e",
    "1", "1e", ".", "@", "::", " ", "é", "\0", ":a", "?", "not",
)  # fmt: skip
BRACKET = re.compile(r"[()\[\]{}]")


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join), st.sampled_from(KNOWN))
@settings(max_examples=1500, deadline=None)
def test_the_brackets_that_are_left_are_those_that_are_tokens(text: str, dialect: str) -> None:
    plain = outline(text, dialect)
    tokens = [token for kind, token in lex(text, dialect) if kind == "operator" and token in "()[]{}"]
    assert plain is None or BRACKET.findall(plain) == tokens


@pytest.mark.parametrize(
    ("text", "dialect", "left"),
    [
        ("select '(' -- (\n, \"(\" /* ( */ (1)", "", "select    \n,     (1)"),
        ("select [a(b], 'it''s (' (1)", "tsql", "select  ,   (1)"),
        ("select '\\'(' (1)", "bigquery", "select   (1)"),
        ("select %('a)s (1)", "mysql", "select   (1)"),
        ("/* a /* b */", "oracle", " "),
        ("/* a /* b */ */", "postgres", None),
        ("select $$($$", "postgres", None),
        ("select e'\\'('", "postgres", None),
        ("select 1 # (", "mysql", None),
        ("select q'[(]'", "oracle", None),
    ],
)
def test_texts_where_only_cutting_tells_are_left_to_it(text: str, dialect: str, left: str | None) -> None:
    assert outline(text, dialect) == left

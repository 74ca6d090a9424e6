from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perftool.sql.dialects import KNOWN
from perftool.sql.tokens import count_tokens, lex, lexemes, scan


@pytest.mark.parametrize(
    ("dialect", "text", "expected"),
    [
        ("", "select a.b, 1.5e3 from t -- c\n;", "select|a|.|b|,|1.5e3|from|t|;"),
        ("", "a<=b and c<>d || e::int", "a|<=|b|and|c|<>|d||||e|::|int".replace("||||", "|" + "||" + "|")),
        ("", "x->>'a' #> .5 1..2", "x|->>|'a'|#>|.5|1|.|.|2"),
        ("", "$1 ? :p %s %(n)s @v ?1", "$1|?|:p|%s|%(n)s|@v|?1"),
        ("postgres", "/* a /* b */ c */ d E'\\'' U&'x' $t$ $$ $t$", "d|E'\\''|U&'x'|$t$ $$ $t$"),
        ("mysql", 'a -- b\n"x\\"y" `c``d` # e', 'a|"x\\"y"|`c``d`'),
        ("oracle", "q'[it's]' nq'!x!' b", "q'[it's]'|nq'!x!'|b"),
        ("bigquery", "r'a' '''b'c''' \"\"\"d\"\"\"", "r'a'|'''b'c'''|\"\"\"d\"\"\""),
        ("tsql", "[a]]b] N'x'", "[a]]b]|N'x'"),
        ("", "'never closed ; --", "'never closed ; --"),
        ("", "a /* never closed", "a"),
        ("", "é\0ü", "é|ü"),
    ],
)  # fmt: skip
def test_tokens(dialect: str, text: str, expected: str) -> None:
    found = [token for _, token in lex(text, dialect)]
    assert "|".join(found) == expected
    assert count_tokens(text, dialect) == len(found)


@given(st.text(alphabet="ab1'\"`[]$-/*#\\;.: \n%(?@qENé\0", max_size=80), st.sampled_from(KNOWN))
@settings(max_examples=400, deadline=None)
def test_never_fails_and_keeps_order(text: str, dialect: str) -> None:
    position = 0
    for _, token in lex(text, dialect):
        position = text.index(token, position) + len(token)


@pytest.mark.parametrize("unit", [" ", "'", "/*", "(", "$", "$a$", "1e", ":a", "%(", "a@", "'''a", "q'[", "\0", "e'\\"])
def test_work_grows_with_the_text_only(unit: str) -> None:
    """A quadratic scanner would need minutes here."""
    text = unit * 40_000
    for dialect in ("", "postgres", "bigquery", "oracle"):
        assert count_tokens(text, dialect) == len(scan(text, dialect).texts) <= len(text)


@given(
    st.lists(
        st.sampled_from(["a", "Ab", "1", ".5", "'", '"', "`", "[", "]", "$", "$a$", "-", "--", "/*", "*/", "#", "@",
                         ":", "|", "::", "?", "%s", "(", ")", ",", ";", " ", "\n", "\\", "q'", "E'", 'U&"', "é", "\0",
                         "&", "İ"]),
        max_size=25,
    ).map("".join),
    st.sampled_from(KNOWN),
)  # fmt: skip
@settings(max_examples=600, deadline=None)
def test_side_by_side_they_are_the_same(text: str, dialect: str) -> None:
    found = lexemes(text, dialect)
    words = [token.text.lower() if token.kind in ("word", "operator") else "" for token in found]
    columns = [list(column) for column in zip(*((t.text, t.start, t.end) for t in found), strict=True)] or [[], [], []]
    for _ in range(2):
        assert list(scan(text, dialect)) == [words, *columns]

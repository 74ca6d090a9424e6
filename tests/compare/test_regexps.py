"""RE2 expressions in Python."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.compare.regexps import BadRegexpError, translate


@pytest.mark.parametrize(
    ("source", "found", "not_found"),
    [
        ("^B/s$", "B/s", "MB/s"),
        (r"\d", "a1", "a٣"),
        (r"^\s$", "\t", "\v"),
        (r"[[:upper:]_]", "aB", "ab"),
        (r"[^\s]x", "ax", " x"),
        (r"a\z", "ba", "ab"),
        (r"\Qa.b\E.", "a.bc", "axbc"),
        (r"(?P<n>x)y", "xy", "x"),
        (r"(?<n>x)y", "xy", "x"),
        (r"\x{b5}op", "µop", "uop"),
        (r"a(?i)b|c", "C", "A"),
        (r"(a(?i)b)c", "aBc", "aBC"),
        ("[a&&b|~]", "~", "c"),
        ("[]a]", "]", "b"),
        ("a|", "", None),
        ("(?i:ab)", "AB", "A"),
        ("a{2}", "aa", "a"),
        ("}", "}", "{"),
        ("b{,2}", "b{,2}", "bb"),
        ("x{01}", "x{01}", "x"),
        ("^{2}a$+", "a", "ba"),
        ("[[:^digit:]]", "a", "1"),
        (r"^[\W]$", "é", "e"),
        (r"[\d-z]$", "-", "y"),
        (r"^\101$", "A", "1"),
        (r"\B", "", "a"),
        (r"\bE", "éE", "eE"),
        ("(?i)É", "é", "e"),
        ("(?U)a+", "a", "b"),
        ("(?iU-s:A)", "a", "b"),
    ],
)
def test_search(source: str, found: str, not_found: str | None) -> None:
    pattern = translate(source)
    assert pattern.search(found)
    assert not_found is None or not pattern.search(not_found)


@pytest.mark.parametrize(
    "source",
    [
        "(", ")", "(a", "a)", "[a", "*", "a**", "a*+", "a{2}+", "(?=a)", "(?!a)", "(?<=a)", "(?<!a)", r"(a)\1", r"\pL",
        "(?P=n)", "(?>a)", "(?(1)a|b)", "(?#c)", "\\", r"\y", r"\é", "[z-a]", "(?-)a", "(?i-)a", "[[:nope:]]", "a{2,1}",
        "(?P<n>a)(?P<n>b)",
    ],
)  # fmt: skip
def test_what_re2_refuses_is_refused(source: str) -> None:
    with pytest.raises(BadRegexpError, match=r"^error parsing regexp: ") as caught:
        translate(source)
    assert "\n" not in str(caught.value)


@given(st.text(alphabet="ab(|)[]^$.*+?{}1,\\QEdDwWsSpx:-i<>PU&~ ", max_size=14))
def test_anything_compiles_or_is_refused(source: str) -> None:
    try:
        pattern = translate(source)
    except BadRegexpError:
        return
    assert isinstance(pattern, re.Pattern)

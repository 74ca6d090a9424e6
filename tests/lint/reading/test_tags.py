"""Tags: one match for the common ones comes to what reading bracket by bracket does."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.lint.reading import tags as reading
from perftool.lint.reading.tags import tags

_PIECES = st.sampled_from(
    ["{{", "}}", "{%", "%}", "{#", "#}", "{", "}", "(", ")", "[", "]", "'", '"', "\\", "'a'", '"b"', "%", " ", "-", "a",
     "ref", "if", "if .x", "else", "end", "endif", "range $x", "/*", "*/", "|", ".", ",", "\n", "é", "set x ="]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=30).map("".join), st.booleans())
def test_short_cuts_change_nothing(text: str, inside: bool) -> None:
    data = f"{{{{ {text} }}}}".encode() if inside else text.encode()
    never, always = re.compile(rb"(?!)"), re.compile(rb"")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "_TO_END", {b"}}": never, b"%}": never})
        patch.setattr(reading, "_GO_LIKE", always)
        expected = tags(data)
    assert tags(data) == expected


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("{{ ref('a') }} {{ f(g(h(1))) }}", ["value", "value"]),
        ("{{ {'a': {'b': 1}} }}{% set a = '%}' %}", ["value", "statement"]),
        ("{{ 'a\\'}}' }}", ["value"]),
        ("{{ if .x }}{{ end }}{{/* a */}}{{ iffy }}", ["statement", "statement", "comment", "value"]),
    ],
)
def test_kinds(text: str, kinds: list[str]) -> None:
    assert [tag.kind for tag in tags(text.encode()).found] == kinds

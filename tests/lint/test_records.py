"""How a statement's characters lie in its file."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from perftool.lint.records import layout

TEXTS = st.sampled_from(["ab\n\ré€😀", "ab\né", "ab\n", "ab"]).flatmap(lambda alphabet: st.text(alphabet, max_size=40))


@given(TEXTS, st.sampled_from(["utf-8", "utf-16-le"]))
def test_each_character_has_its_line_its_column_and_its_byte(text: str, encoding: str) -> None:
    lies = layout(text, unit=1 if encoding == "utf-8" else 2)
    for index in range(len(text) + 1):
        if text[index - 1 : index + 1] == "\r\n":
            continue
        before = text[:index].replace("\r\n", "\n").replace("\r", "\n")
        assert lies.place(index) == (before.count("\n"), len(before) - before.rfind("\n") - 1)
        assert lies.offset(index) == len(text[:index].encode(encoding))

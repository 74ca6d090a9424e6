"""The lines behind a verdict."""

from __future__ import annotations

from perftool.model.verdict import Verdict
from perftool.render import document as doc
from perftool.render.reasons import reasons


def test_each_line_has_the_mark_and_tone_of_its_outcome() -> None:
    (found,) = reasons(Verdict(outcome="fail", headline="1 regression", reasons=("✗ a: 30 % slower", "b: undecided")))
    assert isinstance(found, doc.Items)
    assert [(item.mark, item.tone, item.text) for item in found.items] == [
        ("✗", "bad", "a: 30 % slower"),
        ("?", "warn", "b: undecided"),
    ]


def test_what_the_headline_says_is_not_said_again() -> None:
    assert reasons(Verdict(outcome="inconclusive", headline="nothing: no row", reasons=("no row",))) == []


def test_of_many_lines_the_rest_is_counted() -> None:
    (found,) = reasons(Verdict(outcome="fail", headline="x", reasons=tuple(f"✗ {n}: slower" for n in range(20))))
    assert isinstance(found, doc.Items)
    assert len(found.items) == 9
    assert found.items[-1].text == "and 12 more"

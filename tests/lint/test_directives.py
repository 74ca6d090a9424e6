"""What comments say to perftool, and what only looks as if it did."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.lint.directives import directives


def said(comment: str) -> list[tuple[str, list[str], str]]:
    found = list(directives(comment))
    assert not [one.fault for one in found if one.fault]
    return [(one.form, [word.text for word in one.words], one.reason) for one in found]


@pytest.mark.parametrize(
    ("comment", "form", "words", "reason"),
    [
        ("-- perftool: ignore[COR001] legacy", "ignore", ["COR001"], "legacy"),
        ("--perftool:ignore[COR001,MIG]", "ignore", ["COR001", "MIG"], ""),
        (
            "-- perftool: ignore [ COR001 , null-comparison ]: ticket 7",
            "ignore",
            ["COR001", "null-comparison"],
            "ticket 7",
        ),
        ("/* perftool: ignore[COR001] — why */", "ignore", ["COR001"], "why"),
        ("/**\n * perftool: ignore-file[PERF001] wide on purpose\n */", "ignore-file", ["PERF001"], "wide on purpose"),
        ("# perftool: ignore-file[ALL]", "ignore-file", ["ALL"], ""),
        ("-- noqa", "noqa", [], ""),
        ("--noqa:COR001", "noqa", ["COR001"], ""),
        ("-- NOQA : COR001, L034 as agreed", "noqa", ["COR001", "L034"], "as agreed"),
        ("-- the total -- noqa: select-star", "noqa", ["select-star"], ""),
        ("-- noqa: disable=all", "noqa", ["disable"], "=all"),
    ],
)
def test_forms(comment, form, words, reason):
    assert said(comment) == [(form, words, reason)]


def test_two_directives_may_share_a_comment():
    assert [form for form, _, _ in said("-- noqa: L034 -- perftool: ignore[COR001]")] == ["noqa", "ignore"]


@pytest.mark.parametrize(
    "comment",
    [
        "-- see perftool: ignore[COR001]",
        "-- write noqa behind it",
        "-- noqa-ish",
        "-- noqa: 12",
        "-- myperftool: ignore[COR001]",
        "-- perftool: see below",
        "-- perftool lint found this",
    ],
)
def test_prose_is_no_directive(comment):
    assert said(comment) == []


@pytest.mark.parametrize(
    ("comment", "fault"),
    [
        ("-- perftool: ignore", "no rule"),
        ("-- perftool: ignore[] why", "no rule"),
        ("-- perftool: ignore-file", "no rule"),
        ("-- perftool: ignore[COR001 why", "closing bracket"),
        ("-- perftool: ignroe[COR001]", "ignroe"),
    ],
)
def test_what_was_meant_and_went_wrong_is_told(comment, fault):
    (found,) = directives(comment)
    assert fault in found.fault


@given(st.text(alphabet="-/*# \nnoqaNOQ:perftool:ignore-file[],COR1é\r\t") | st.text())
def test_words_stand_where_they_say(comment):
    for one in directives(comment):
        assert 0 <= one.start < one.end <= len(comment)
        for word in one.words:
            assert comment[word.start : word.end] == word.text
            assert one.start <= word.start < word.end <= one.end

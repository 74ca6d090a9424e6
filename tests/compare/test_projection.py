"""The projection language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.compare import projection
from perftool.compare.projection import Field, Group, number
from perftool.compare.query import Subject
from perftool.compare.syntax import ExpressionError
from tests.fakes.results import series


def subject(name: str, **config: str) -> Subject:
    return Subject(series(name, [1.0], config=tuple(config.items())), "f", dict(config))


def test_fields() -> None:
    assert projection.parse("") == ()
    assert projection.parse(".name,/size@num pkg@alpha") == (
        Field(".name"), Field("/size", "num"), Field("pkg", "alpha"),
    )  # fmt: skip
    assert projection.parse('/f@(a "b c" a)') == (Field("/f", "fixed", {"a": 2, "b c": 1}),)


@pytest.mark.parametrize(
    ("expression", "problem", "offset"),
    [
        (",a", "expected key", 0),
        ("a,", "expected key", 2),
        ("a,,b", "expected key", 2),
        ("a@up", 'unknown order "up"', 2),
        ("a@", "expected named sort order or parenthesized list", 2),
        ("a@()", "nothing to match", 3),
        ("a@(b", "missing )", 4),
        (".config@(a)", "fixed order not allowed for .config", 8),
        ("a .unit", ".unit is only allowed in filters", 2),
        ('""', "key must not be empty", 0),
        ("a:b", "expected key", 1),
    ],
)
def test_what_is_wrong_and_where(expression: str, problem: str, offset: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        projection.parse(expression)
    assert (caught.value.problem, caught.value.offset) == (problem, offset)


def sorted_keys(expression: str, subjects: list[Subject]) -> list[tuple[str, ...]]:
    group = Group((), projection.parse(expression), (), ())
    for one in subjects:
        group.row.see(one)
    return sorted({group.row.project(one) for one in subjects}, key=group.row.sort_key)


def test_the_default_order_is_that_of_appearance() -> None:
    assert sorted_keys("/n", [subject("A/n=b"), subject("A/n=a"), subject("A/n=b")]) == [("b",), ("a",)]


def test_named_orders() -> None:
    found = [subject(f"A/n={n}") for n in ("10", "9k", "nan", "x", "2", "1Ki", "b")]
    assert [key for (key,) in sorted_keys("/n@num", found)] == ["2", "10", "1Ki", "9k", "nan", "b", "x"]
    assert [key for (key,) in sorted_keys("/n@alpha", found)] == ["10", "1Ki", "2", "9k", "b", "nan", "x"]


def test_a_fixed_order_admits_only_what_it_lists() -> None:
    group = Group((), projection.parse('/n@(b "" a)'), (), ())
    assert [group.admits(subject(name)) for name in ("A/n=a", "A", "A/n=c")] == [True, True, False]
    assert sorted_keys('/n@(b "" a)', [subject("A/n=a"), subject("A"), subject("A/n=b")]) == [("b",), ("",), ("a",)]


def test_configurations_sort_bytewise_and_their_keys_by_appearance() -> None:
    found = [subject("A", pkg="z", goos="x"), subject("A", pkg="a"), subject("A", extra="1", pkg="a")]
    assert sorted_keys(".config", found) == [("a", "", ""), ("a", "", "1"), ("z", "x", "")]


def test_what_is_specific_leaves_the_groups() -> None:
    group = Group(
        projection.parse(".config"),
        projection.parse(".fullname"),
        projection.parse("/size,commit"),
        projection.parse("goos"),
    )
    one = subject("A/size=1/mode=x-8", commit="c", goos="linux", pkg="p")
    for seen in (group.table, group.row, group.column, group.residue):
        seen.see(one)
    assert group.table.names() == ("pkg",)
    assert group.table.project(one) == ("p",)
    assert group.row.project(one) == ("A/mode=x-8",)
    assert group.column.project(one) == ("1", "c")
    assert group.residue.names() == ()


def test_the_residue_is_what_nobody_asked_for() -> None:
    group = Group((), projection.parse(".name"), projection.parse("pkg"), ())
    one = subject("A/size=1", pkg="p", goos="linux")
    group.residue.see(one)
    assert group.residue.names() == ("goos", ".fullname")
    assert group.residue.project(one) == ("linux", "*/size=1")


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", 12.0), ("1e3", 1000.0), ("4KiB", 4096.0), ("4kB", 4000.0), ("size2M", 2e6), ("1Yi", 2.0**80), ("x", None),
     (".", None), ("1.2.3", None), ("0x10p0", 16.0)],
)  # fmt: skip
def test_numbers_in_names(text: str, value: float | None) -> None:
    assert number(text) == value


@given(st.lists(st.text(max_size=6), min_size=1, max_size=8), st.sampled_from(["num", "alpha"]))
def test_orders_are_total(values: list[str], order: str) -> None:
    names = [f"A/n={value.replace('/', '')}" for value in values]
    forwards = sorted_keys(f"/n@{order}", [subject(name) for name in names])
    assert forwards == sorted_keys(f"/n@{order}", [subject(name) for name in reversed(names)])

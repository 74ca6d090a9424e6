"""Captures are built, merged and chosen from without losing weight."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.profiling.capture import ALLOC_SPACE, CPU, SAMPLES, Builder, Capture, Function, chosen, merged

STACKS = st.lists(
    st.tuples(
        st.lists(st.sampled_from("abcd"), min_size=1, max_size=4),
        st.integers(0, 1000),
        st.sampled_from([None, {"thread": "one"}, {"thread": "two", "test": "t"}]),
    ),
    max_size=12,
)


def capture(rows: list[tuple[list[str], int, dict[str, str] | None]]) -> Capture:
    builder = Builder((SAMPLES, CPU))
    for names, weight, labels in rows:
        builder.add([builder.frame(Function(name), 1) for name in names], (1, weight), labels)
    return builder.build()


def by_stack(one: Capture) -> dict[tuple[object, ...], int]:
    found: dict[tuple[object, ...], int] = {}
    for sample in one.samples:
        names = tuple(one.function_of(at).name for at in one.stacks[sample.stack])
        found[names, one.labels[sample.labels]] = sample.values[one.index("cpu") or 0]
    return found


@given(STACKS, STACKS)
def test_merging_keeps_every_weight(left: list, right: list) -> None:
    both = merged([capture(left), capture(right)])
    assert by_stack(both) == by_stack(capture(left + right))


@given(STACKS)
def test_each_thing_is_held_once(rows: list) -> None:
    one = capture(rows)
    for held in (one.functions, one.frames, one.stacks, one.labels):
        assert len(set(held)) == len(held)


def test_choosing_by_label() -> None:
    one = capture([(["a"], 5, {"thread": "one"}), (["a"], 7, {"thread": "two"}), (["b"], 1, None)])
    assert chosen(one, lambda labels: labels.get("thread") == "two").total(1) == 7


def test_merging_adds_up_facts() -> None:
    first = replace(capture([(["a"], 5, None)]), facts={"gc.cpu_ns": "3", "gc.max_ns": "9", "rate": "100"})
    second = replace(capture([(["a"], 5, None)]), facts={"gc.cpu_ns": "4", "gc.max_ns": "2", "rate": "100"})
    assert merged([first, second]).facts == {"gc.cpu_ns": "7", "gc.max_ns": "9", "rate": "100"}


def test_value_types_of_all_are_kept() -> None:
    builder = Builder((ALLOC_SPACE,))
    builder.add([builder.frame(Function("m"))], (8,))
    both = merged([capture([(["a"], 5, None)]), builder.build()])
    assert [kind.kind for kind in both.value_types] == ["samples", "cpu", "alloc_space"]
    assert both.total(1) == 5
    assert both.total(2) == 8


def test_nothing_to_merge() -> None:
    with pytest.raises(ValueError, match="no capture"):
        merged([])

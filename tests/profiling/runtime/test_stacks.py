"""Stacks as numbers: each one once, and no more of them than there may be."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from perftool.profiling.runtime import stacks as module
from perftool.profiling.runtime.stacks import TOO_DEEP, TOO_MANY, Stacks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType


def chain(stacks: Stacks, node: int) -> list[tuple[str, int]]:
    """Return the names and lines of a stack, the outermost first."""
    found = []
    while node >= 0:
        node, function, line = stacks.nodes[node]
        found.append((stacks.functions[function][0], line))
    return found[::-1]


def here() -> FrameType:
    return sys._getframe(1)


def outer(call: Callable[[], int]) -> int:
    return call()


def test_a_stack_has_one_number_and_its_frames_in_order() -> None:
    stacks = Stacks()
    numbers = {outer(lambda: stacks.node(sys._getframe())) for _ in range(3)}
    assert len(numbers) == 1
    names = [name for name, _ in chain(stacks, numbers.pop())]
    assert names[-2:] == [
        f"{__name__}.outer",
        f"{__name__}.test_a_stack_has_one_number_and_its_frames_in_order.<locals>.<setcomp>.<lambda>"
        if sys.version_info < (3, 12)
        else f"{__name__}.test_a_stack_has_one_number_and_its_frames_in_order.<locals>.<lambda>",
    ]


def test_lines_tell_stacks_apart_and_instructions_do_not() -> None:
    stacks = Stacks()
    one, two = stacks.node(here()), stacks.node(here())
    three = stacks.node(here())
    assert one == two
    assert three != one
    assert chain(stacks, three)[-1][1] == chain(stacks, one)[-1][1] + 1


@pytest.mark.skipif(sys.version_info < (3, 11), reason="the interpreter looks for signals elsewhere")
def test_what_ran_until_a_function_begins_is_its_caller() -> None:
    stacks, seen = Stacks(), []

    def callee() -> None:
        return None

    def caller() -> None:
        callee()

    def trace(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code is callee.__code__:
            seen.append(stacks.node(frame))

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        caller()
    finally:
        sys.settrace(before)
    name = chain(stacks, seen[0])[-1][0]
    assert name.endswith("caller"), name


@pytest.mark.skipif(sys.version_info < (3, 11), reason="the interpreter looks for signals elsewhere")
def test_what_ran_until_a_generator_goes_on_is_that_generator() -> None:
    stacks, seen = Stacks(), []

    def squares() -> Iterator[int]:
        yield 1
        yield 4

    def trace(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code is squares.__code__:
            seen.append(stacks.node(frame))

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        sum(squares())
    finally:
        sys.settrace(before)
    leaves = [chain(stacks, node)[-1][0].rpartition(".")[2] for node in seen]
    assert leaves == ["test_what_ran_until_a_generator_goes_on_is_that_generator", "squares", "squares"]


def test_beyond_the_most_new_stacks_are_counted_together_below_what_is_known() -> None:
    stacks = Stacks(most=40)

    def deeper(depth: int) -> int:
        return deeper(depth - 1) if depth else stacks.node(sys._getframe())

    numbers = [deeper(depth) for depth in [*range(200), 0]]
    assert chain(stacks, numbers[0])[-1][0].endswith("deeper")
    assert len(stacks.nodes) <= 80
    assert stacks.dropped
    leaves = {chain(stacks, number)[-1][0] for number in numbers}
    assert TOO_MANY in leaves
    assert numbers[-1] == numbers[0]


def test_a_stack_that_is_too_deep_loses_its_middle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_FRAMES", 100)
    monkeypatch.setattr(module, "_HALF", 50)
    stacks = Stacks()

    def down(depth: int) -> int:
        return down(depth - 1) if depth else stacks.node(sys._getframe())

    full = [name for name, _ in chain(stacks, down(0))]
    names = [name for name, _ in chain(stacks, down(300))]
    assert len(names) == 101
    assert names[50] == TOO_DEEP
    assert names[: min(50, len(full))] == [*full, *names][: min(50, len(full))]
    assert names[51:] == [full[-1]] * 50


def test_own_frames_are_not_shown() -> None:
    stacks = Stacks()
    namespace: dict[str, object] = {"node": stacks.node, "sys": sys}
    exec(compile("def own():\n    return node(sys._getframe())\n", module.OWN + "own.py", "exec"), namespace)
    number = namespace["own"]()  # type: ignore[operator]
    assert chain(stacks, number)[-1][0].endswith("test_own_frames_are_not_shown")

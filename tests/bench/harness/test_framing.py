"""Frame objects that only a profile function has made: where, how many, how large."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from perftool.bench.harness.framing import frames
from perftool.bench.harness.operation import Operation

if TYPE_CHECKING:
    import pytest

HERE = Path(__file__).name


def leaf(x: int) -> int:
    return x


def twice() -> int:
    return leaf(1) + leaf(2)


def lazy() -> int:
    return sum(n for n in range(5))


async def waits() -> int:
    return twice()


def counted(operation: object, count: int = 3) -> dict[tuple[str, ...], tuple[int, int]]:
    """Return number and bytes of what was made below the loop, by the names of the functions in the stack."""
    module = ModuleType("measured")
    module.operation = operation  # type: ignore[attr-defined]
    found: dict[tuple[str, ...], tuple[int, int]] = {}
    with contextlib.closing(Operation(module, {"factory": "operation", "direct": True})) as built:
        made = list(frames(built, count))
    for stack, number, size in made:
        ends = [at for at, (file, _) in enumerate(stack) if file == "<perftool loop>"]
        if ends:
            inner = tuple(f"{Path(file).name}:{line}" for file, line in stack[ends[-1] + 1 :])
            found[inner] = (number, size)
    return found


def line(function: object) -> str:
    return f"{HERE}:{function.__code__.co_firstlineno + 1}"  # type: ignore[attr-defined]


def size_of(function: object) -> int:
    sizes: list[int] = []
    sys.setprofile(lambda frame, event, _: sizes.append(sys.getsizeof(frame)) if event == "call" else None)
    try:
        function(1)  # type: ignore[operator]
    finally:
        sys.setprofile(None)
    return sizes[0]


def test_every_call_makes_one_at_its_caller() -> None:
    found = counted(twice)
    assert found[line(twice),] == (6, 6 * size_of(leaf))
    assert found[()][0] == 3


def test_a_generator_has_one_however_often_it_goes_on() -> None:
    assert counted(lazy, 4)[line(lazy),][0] == 4


def test_a_coroutine_too() -> None:
    found = counted(waits)
    assert found[line(waits),][0] == 3
    assert found[line(waits), line(twice)][0] == 6


def test_nothing_watches_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    counted(twice)
    assert sys.getprofile() is None

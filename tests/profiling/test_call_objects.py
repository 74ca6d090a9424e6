"""Taking out of a memory capture what only the recording made."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from perftool.profiling.benchmarked import LOOP
from perftool.profiling.call_objects import WATCHED, without_frames
from perftool.profiling.capture import ALLOC_OBJECTS, ALLOC_SPACE, TEMPORARY_OBJECTS, Builder, Capture, Function

LOOP_FILE = "<perftool loop>"
CALLER = Function("shop.total", "/srv/shop.py", 10)
INNER = Function("shop.each", "/srv/shop.py", 20)


def capture(*samples: tuple[tuple[tuple[Function, int], ...], tuple[int, int, int], str]) -> Capture:
    builder = Builder((ALLOC_OBJECTS, ALLOC_SPACE, TEMPORARY_OBJECTS))
    for stack, values, thread in samples:
        builder.add([builder.frame(*one) for one in stack], values, {"thread": thread})
    return replace(builder.build(), doubts=(("frame-objects", "…"), ("other", "…")))


def left(found: Capture) -> list[tuple[int, ...]]:
    return [one.values for one in found.samples]


def made(number: int, size: int, *places: tuple[str, int]) -> list[Any]:
    return [[["/srv/harness.py", 1], [LOOP_FILE, 7], *(list(place) for place in places)], number, size]


def test_what_was_made_at_a_line_goes() -> None:
    held = capture((((CALLER, 12),), (10, 1500, 9), "main"), (((CALLER, 13),), (10, 1500, 9), "main"))
    found = without_frames(held, [made(6, 900, ("/srv/shop.py", 12))], LOOP_FILE)
    assert left(found) == [(4, 600, 4), (10, 1500, 9)]
    assert found.doubts == (("other", "…"), WATCHED)


def test_deeper_stacks_and_the_loop_itself() -> None:
    held = capture((((CALLER, 12), (INNER, 21)), (3, 300, 3), "main"), (((LOOP, 0),), (5, 500, 5), "main"))
    frames = [made(3, 300, ("/srv/shop.py", 12), ("/srv/shop.py", 21)), made(4, 480)]
    assert left(without_frames(held, frames, LOOP_FILE)) == [(1, 20, 1)]


def test_other_threads_come_next_and_nothing_is_less_than_none() -> None:
    held = capture((((CALLER, 12),), (2, 200, 0), "a"), (((CALLER, 12),), (5, 500, 0), "b"))
    assert left(without_frames(held, [made(4, 400, ("/srv/shop.py", 12))], LOOP_FILE)) == [(3, 300, 0)]
    assert left(without_frames(held, [made(400, 40_000, ("/srv/shop.py", 12))], LOOP_FILE)) == []


def test_what_was_made_outside_of_the_loop_is_not_in_there() -> None:
    held = capture((((CALLER, 12),), (2, 200, 0), "a"))
    assert left(without_frames(held, [[[["/srv/shop.py", 12]], 2, 200]], LOOP_FILE)) == [(2, 200, 0)]

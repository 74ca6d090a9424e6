"""Chrome traces: every call inside of its caller, whole microseconds, every thread a track of its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from perftool.profiling.lanes import lanes
from perftool.profiling.writers.chrome import write
from tests.profiling.drawn import captures, example, heap

if TYPE_CHECKING:
    from perftool.profiling.capture import Capture


def events(capture: Capture, phase: str = "X") -> list[dict[str, Any]]:
    content = json.loads(write(capture))
    assert content["displayTimeUnit"] == "ms"
    return [one for one in content["traceEvents"] if one["ph"] == phase]


def nested(calls: list[dict[str, Any]]) -> None:
    """Check that the calls of each thread lie inside of each other or beside each other, as viewers need it."""
    for thread in {(one["pid"], one["tid"]) for one in calls}:
        open_until: list[int] = []
        for one in (call for call in calls if (call["pid"], call["tid"]) == thread):
            begin, end = one["ts"], one["ts"] + one["dur"]
            assert end > begin >= 0
            while open_until and open_until[-1] <= begin:
                open_until.pop()
            assert not open_until or end <= open_until[-1]
            open_until.append(end)


def test_flame_of_each_thread() -> None:
    calls = events(example())
    nested(calls)
    module = [one for one in calls if one["name"] == "shop.<module>"]
    assert [(one["ts"], one["dur"], one["pid"]) for one in module] == [
        (0, 156_000, 0),
        (0, 40_000, 12),
        (0, 20_000, 0),
        (0, 10_000, 0),
    ]
    assert len({one["tid"] for one in module}) == 4
    total = next(one for one in calls if one["name"] == "shop.Shop.total")
    assert (total["args"], total["cat"], total["dur"]) == ({"file": "/app/shop.py:2"}, "python", 113_000)
    # The heavier call comes first.
    assert [one["name"] for one in calls[1:3]] == ["shop.<lambda>", "shop.outer"]


def test_tracks_have_names() -> None:
    named = events(example(), "M")
    threads = [one["args"]["name"] for one in named if one["name"] == "thread_name"]
    assert threads == ["Main", "Worker-1", "Main", "all threads"]
    assert {one["args"]["name"] for one in named if one["name"] == "process_name"} == {"cpu"}


def test_other_values_than_times_say_their_scale() -> None:
    (process,) = [one for one in events(heap(), "M") if one["name"] == "process_name"]
    assert process["args"]["name"] == "inuse_space (bytes): one per µs"
    assert [one["dur"] for one in events(heap())] == [10 << 20, 10 << 20]


@settings(deadline=None)
@given(capture=captures(values=st.integers(0, 10**12)))
def test_any_capture_nests_and_keeps_its_weight(capture: Capture) -> None:
    calls = events(capture)
    nested(calls)
    for number, lane in enumerate(lanes(capture, capture.default), 1):
        mine = [one for one in calls if one["tid"] == number]
        ends = max((one["ts"] + one["dur"] for one in mine), default=0)
        scale = 1_000 if capture.value_types[capture.default].unit == "nanoseconds" else 1
        assert ends == sum(weight for stack, weight in lane.stacks.items() if stack) // scale

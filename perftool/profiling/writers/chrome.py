"""Chrome trace: events with a beginning and a duration, which Perfetto, chrome://tracing and others lay out.

A capture has no order in time: what is written is a flame graph, each call beside the next lighter one.

source: "Trace Event Format" of the Chromium project: complete events (``X``) and metadata (``M``).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from perftool.profiling.api import Writer
from perftool.profiling.lanes import Lane, lanes
from perftool.profiling.naming import unicode_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.profiling.capture import Capture, Function, ValueType

#: Times in traces are microseconds.
_NANOSECONDS: Final = 1_000


class _Call:
    """A function below its callers, with the weight of everything below it."""

    __slots__ = ("function", "inner", "total")

    def __init__(self, function: int) -> None:
        self.function = function
        self.inner: dict[int, _Call] = {}
        self.total = 0


def write(capture: Capture) -> bytes:
    """Return the default value of each thread as a flame graph in time; other values than times count microseconds.

    Weights below 0 have no length and are left out.
    """
    events: list[dict[str, Any]] = []
    if capture.value_types:
        measured = capture.value_types[capture.default]
        for number, lane in enumerate(lanes(capture, capture.default), 1):
            events += _events(capture, lane, number, measured)
    content = {
        "displayTimeUnit": "ms",
        "otherData": {
            "engine": unicode_of(capture.engine),
            "doubts": [unicode_of(message) for _, message in capture.doubts],
        },
        "traceEvents": events,
    }
    return json.dumps(content, separators=(",", ":")).encode("ascii")


def _events(capture: Capture, lane: Lane, number: int, measured: ValueType) -> Iterator[dict[str, Any]]:
    # Viewers take the number of a thread for its own all over the trace.
    place = {"pid": int(lane.pid) if lane.pid.isascii() and lane.pid.isdigit() else 0, "tid": number}
    is_time = measured.unit == "nanoseconds"
    scale = _NANOSECONDS if is_time else 1
    said = unicode_of(measured.kind if is_time else f"{measured.kind} ({measured.unit}): one per µs")
    yield {"ph": "M", "name": "process_name", **place, "args": {"name": said}}
    yield {"ph": "M", "name": "thread_name", **place, "args": {"name": unicode_of(lane.thread) or "all threads"}}
    # What is still to be laid out, the next one last: (call, where it begins).
    left: list[tuple[_Call, int]] = [(_tree(lane), 0)]
    while left:
        call, start = left.pop()
        if call.function >= 0:
            # Rounding both ends down keeps every call inside of its caller.
            begin, end = start // scale, (start + call.total) // scale
            if end > begin:
                function = capture.functions[call.function]
                yield {"ph": "X", "ts": begin, "dur": end - begin, **place, **_described(function)}
        at = start
        inner: list[tuple[_Call, int]] = []
        for one in sorted(call.inner.values(), key=lambda one: (-one.total, one.function)):
            inner.append((one, at))
            at += one.total
        left += reversed(inner)


def _tree(lane: Lane) -> _Call:
    root = _Call(-1)
    for stack, weight in lane.stacks.items():
        if weight <= 0:
            continue
        call = root
        call.total += weight
        for function in stack:
            inner = call.inner.get(function)
            if inner is None:
                inner = call.inner[function] = _Call(function)
            call = inner
            call.total += weight
    return root


def _described(function: Function) -> dict[str, Any]:
    """Return name and place; nothing that differs from call to call, since viewers add up what is described alike."""
    place = f"{function.file}:{function.start_line}" if function.start_line else function.file
    named = {"name": unicode_of(function.name), "cat": function.kind}
    return {**named, "args": {"file": unicode_of(place)}} if place else named


WRITER = Writer(name="chrome", suffixes=(".trace.json", ".chrome.json"), write=write)

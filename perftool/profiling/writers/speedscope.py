"""speedscope: the JSON of the viewer at speedscope.app, which shows one thread at a time.

source: github.com/jlfwong/speedscope, "Importing from custom sources" and its file-format-schema.json.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from perftool import __version__
from perftool.profiling.api import Writer
from perftool.profiling.lanes import Lane, lanes
from perftool.profiling.naming import unicode_of

if TYPE_CHECKING:
    from perftool.profiling.capture import Capture, Function

_SCHEMA: Final = "https://www.speedscope.app/file-format-schema.json"
#: The units that speedscope knows; anything else is a bare number there.
_UNITS: Final = frozenset({"nanoseconds", "microseconds", "milliseconds", "seconds", "bytes"})


def write(capture: Capture) -> bytes:
    """Return a profile for each value type and thread, the default type first and then the heaviest thread.

    A frame is a function with the line where it begins, so that the viewer adds up all lines of a function. What the
    format has no place for (kinds of functions, the exact value type) stands in fields that viewers pass over.
    """
    used = sorted({capture.frames[at].function for stack in capture.stacks for at in stack})
    frames = {function: place for place, function in enumerate(used)}
    others = [at for at in range(len(capture.value_types)) if at != capture.default]
    profiles: list[dict[str, Any]] = []
    for index in [capture.default, *others] if capture.value_types else []:
        found = lanes(capture, index) or [Lane("", "")]
        profiles += [_profile(capture, index, lane, frames) for lane in found]
    content = {
        "$schema": _SCHEMA,
        "exporter": f"perftool@{__version__}",
        "name": unicode_of(f"perftool {capture.engine}".rstrip()),
        "activeProfileIndex": 0,
        "shared": {"frames": [_frame(capture.functions[at]) for at in used]},
        "profiles": profiles,
    }
    return json.dumps(content, separators=(",", ":")).encode("ascii")


def _frame(function: Function) -> dict[str, Any]:
    frame: dict[str, Any] = {"name": unicode_of(function.name)}
    if function.file:
        frame["file"] = unicode_of(function.file)
    if function.start_line:
        frame["line"] = function.start_line
    if function.kind != "python":
        frame["kind"] = function.kind
    return frame


def _profile(capture: Capture, index: int, lane: Lane, frames: dict[int, int]) -> dict[str, Any]:
    kind, unit = capture.value_types[index]
    # Next to each other, equal beginnings of stacks are one bar, also in the view that keeps the order of samples.
    stacks = sorted(lane.stacks.items())
    return {
        "type": "sampled",
        "name": unicode_of(f"{kind}: {lane.title}" if lane.title else kind),
        "unit": unit if unit in _UNITS else "none",
        "startValue": 0,
        "endValue": sum(weight for _, weight in stacks),
        "samples": [[frames[at] for at in stack] for stack, _ in stacks],
        "weights": [weight for _, weight in stacks],
        "perftool": {
            "kind": unicode_of(kind),
            "unit": unicode_of(unit),
            "pid": unicode_of(lane.pid),
            "thread": unicode_of(lane.thread),
        },
    }


WRITER = Writer(name="speedscope", suffixes=(".speedscope.json", ".speedscope"), write=write)

"""speedscope: the JSON of speedscope.app, as py-spy, memray, pyinstrument, perftool and many others write it.

source: github.com/jlfwong/speedscope, "Importing from custom sources" and its file-format-schema.json.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from perftool.errors import InputError
from perftool.profiling import opened
from perftool.profiling.api import Reader
from perftool.profiling.capture import INUSE_OBJECTS, INUSE_SPACE, SAMPLES, WALL, Builder, Function, Kind, ValueType
from perftool.profiling.naming import PROCESS, THREAD, kind_of, qualified

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from perftool.profiling.capture import Capture

_SUFFIXES: Final = (".speedscope.json", ".speedscope")
_PROFILE: Final = re.compile(rb'"type"\s*:\s*"(?:sampled|evented)"|speedscope\.app/file-format-schema')
#: JSON takes many times its size in memory.
_MOST_BYTES: Final = 128 << 20
_SCALES: Final = {"nanoseconds": 1.0, "microseconds": 1e3, "milliseconds": 1e6, "seconds": 1e9}
#: What py-spy calls the profile of a thread.
_PY_SPY: Final = re.compile(r'Process (\d+) Thread (\S+)(?: "(.*)")?')
_MOST: Final = 2.0**63

_Unit = Literal["none", "nanoseconds", "microseconds", "milliseconds", "seconds", "bytes"]


class _Frame(msgspec.Struct):
    name: str
    file: str | None = None
    line: float | None = None
    kind: Kind | None = None


class _Shared(msgspec.Struct):
    frames: list[_Frame]


class _Own(msgspec.Struct):
    """What perftool adds to a profile."""

    kind: str
    unit: str
    pid: str
    thread: str


class _Sampled(msgspec.Struct, tag_field="type", tag="sampled"):
    name: str
    unit: _Unit
    samples: list[list[int]]
    weights: list[float]
    perftool: _Own | None = None


class _Event(msgspec.Struct):
    type: Literal["O", "C"]
    at: float
    frame: int


class _Evented(msgspec.Struct, tag_field="type", tag="evented"):
    name: str
    unit: _Unit
    events: list[_Event]
    end: float | None = msgspec.field(default=None, name="endValue")
    perftool: _Own | None = None


class _File(msgspec.Struct):
    shared: _Shared
    profiles: list[_Sampled | _Evented]
    exporter: str | None = None


_Weighed = tuple[tuple[int, ...], float]


class _DamagedError(Exception):
    """What the schema cannot say is wrong; the message says where."""


def recognises(name: str, head: bytes) -> bool:
    """Tell the format by its name, or by what begins each of its profiles."""
    return name.lower().endswith(_SUFFIXES) or (head.lstrip()[:1] == b"{" and _PROFILE.search(head) is not None)


def read(path: Path) -> Capture:
    """Return the capture in a speedscope file: times in nanoseconds, a label ``thread`` for each of several profiles.

    The format does not say more: bytes are taken for bytes held, what has no unit for objects held beside bytes and
    for samples otherwise.
    raises: InputError when the file is damaged.
    """
    data = opened.content(path, _MOST_BYTES)
    if data.count(b"[") + data.count(b"{") > 2 * opened.MOST_ENTRIES:
        raise InputError(f"{path}: holds more than {2 * opened.MOST_ENTRIES} stacks and events")
    try:
        file = msgspec.json.decode(data, type=_File)
        return _capture(file)
    except (msgspec.DecodeError, UnicodeDecodeError, _DamagedError) as error:
        raise InputError(f"{path}: a damaged speedscope file: {error}") from error
    except RecursionError as error:
        raise InputError(f"{path}: a damaged speedscope file: it is nested too deeply") from error


def _capture(file: _File) -> Capture:
    if not file.profiles:
        raise _DamagedError("there is no profile in it")
    counts = INUSE_OBJECTS if any(one.unit == "bytes" for one in file.profiles) else SAMPLES
    types = [_value_type(profile, counts) for profile in file.profiles]
    builder = Builder(dict.fromkeys(types))
    places = {one: place for place, one in enumerate(dict.fromkeys(types))}
    ours = (file.exporter or "").startswith("perftool")
    frames: dict[int, int] = {}
    several = Counter(types)
    heads = {} if ours else _heads(file.shared.frames)
    # pyinstrument writes the own time of a function as a frame below it.
    selves = frozenset(at for at, one in enumerate(file.shared.frames) if one.name == "[self]" and not one.file)
    left = opened.MOST_FRAMES
    for number, (profile, measured) in enumerate(zip(file.profiles, types, strict=True)):
        labels = _labels(profile, several=several[measured] > 1)
        scale = _SCALES.get(profile.unit, 1.0)
        for whole, weight in _stacks(profile, len(file.shared.frames), f"$.profiles[{number}]"):
            stack, found = _called(whole, heads, selves)
            left -= len(stack)
            if left < 0:
                raise _DamagedError(f"more than {opened.MOST_FRAMES} frames in its stacks")
            values = [0] * len(places)
            values[places[measured]] = _whole(weight * scale, profile, number)
            for at in stack:
                if at not in frames:
                    frames[at] = builder.frame(*_function(file.shared.frames[at], ours=ours))
            builder.add([frames[at] for at in stack], values, {**labels, **found})
    return replace(builder.build(), engine=(file.exporter or "speedscope").partition("@")[0])


def _value_type(profile: _Sampled | _Evented, counts: ValueType) -> ValueType:
    if profile.perftool is not None:
        return ValueType(profile.perftool.kind, profile.perftool.unit)
    if profile.unit in _SCALES:
        return WALL
    return INUSE_SPACE if profile.unit == "bytes" else counts


def _function(frame: _Frame, *, ours: bool) -> tuple[Function, int]:
    file = frame.file or ""
    line = int(frame.line) if frame.line is not None and 0 <= frame.line < _MOST else 0
    if ours:
        return Function(frame.name, file, line, frame.kind or "python"), 0
    return Function(qualified(frame.name, file), file, kind=frame.kind or kind_of(frame.name, file)), line


def _labels(profile: _Sampled | _Evented, *, several: bool) -> dict[str, str]:
    if profile.perftool is not None:
        labels = {"pid": profile.perftool.pid, "thread": profile.perftool.thread}
    elif named := _PY_SPY.fullmatch(profile.name):
        labels = {"pid": named[1], "thread": named[3] or named[2]}
    else:
        labels = {"thread": profile.name} if several else {}
    return {key: label for key, label in labels.items() if label}


def _heads(frames: list[_Frame]) -> dict[int, dict[str, str]]:
    """Return the frames by which py-spy names processes and threads, as the labels that they mean."""
    found: dict[int, dict[str, str]] = {}
    # A thread that had no name yet is the same thread.
    named = {one[1]: one[2] for one in map(THREAD.fullmatch, (frame.name for frame in frames)) if one and one[2]}
    for at, frame in enumerate(frames):
        if process := PROCESS.fullmatch(frame.name):
            found[at] = {"pid": process[1]}
        elif thread := THREAD.fullmatch(frame.name):
            found[at] = {"thread": named.get(thread[1], thread[1])}
    return found


def _called(
    stack: tuple[int, ...], heads: dict[int, dict[str, str]], selves: frozenset[int]
) -> tuple[tuple[int, ...], dict[str, str]]:
    """Return a stack without what is no call, and the labels that stood there instead."""
    labels: dict[str, str] = {}
    at = 0
    while at < len(stack) and stack[at] in heads:
        labels.update(heads[stack[at]])
        at += 1
    end = len(stack) - (bool(stack) and stack[-1] in selves)
    return stack[at:end], labels


def _whole(weight: float, profile: _Sampled | _Evented, number: int) -> int:
    """Return a weight as a whole number of nanoseconds, bytes or samples."""
    if not -_MOST < weight < _MOST:
        raise _DamagedError(f"a weight is out of range - at `$.profiles[{number}]`")
    if profile.unit == "none" and not weight.is_integer():
        raise _DamagedError(f"{weight} is no number of samples, and has no unit - at `$.profiles[{number}]`")
    return round(weight)


def _stacks(profile: _Sampled | _Evented, frames: int, place: str) -> Iterator[_Weighed]:
    found = _sampled(profile, place) if isinstance(profile, _Sampled) else _evented(profile, place)
    for stack, weight in found:
        if any(not 0 <= at < frames for at in stack):
            raise _DamagedError(f"a stack goes through a frame that the file does not have - at `{place}`")
        yield stack, weight


def _sampled(profile: _Sampled, place: str) -> Iterator[_Weighed]:
    if len(profile.samples) != len(profile.weights):
        count = f"{len(profile.samples)} samples have {len(profile.weights)} weights"
        raise _DamagedError(f"{count} - at `{place}`")
    for stack, weight in zip(profile.samples, profile.weights, strict=True):
        yield tuple(stack), weight


def _evented(profile: _Evented, place: str) -> Iterator[_Weighed]:
    """Yield each stack with the time between the events at which it stood; what lies between calls is no stack.

    Stacks are kept as a chain of calls, so that an event costs the same however deep it is.
    """
    numbers: dict[tuple[int, int], int] = {}
    chain: list[tuple[int, int]] = [(-1, -1)]
    weights: dict[int, float] = {}
    top = 0
    last = profile.events[0].at if profile.events else 0.0
    end = [] if profile.end is None else [_Event("C", profile.end, -1)]
    for event in [*profile.events, *end]:
        if event.at < last:
            raise _DamagedError(f"events go back in time from {last} to {event.at} - at `{place}.events`")
        if top and event.at > last:
            weights[top] = weights.get(top, 0.0) + event.at - last
        last = event.at
        if event.type == "O":
            call = (top, event.frame)
            if call not in numbers:
                numbers[call] = len(chain)
                chain.append(call)
            top = numbers[call]
        elif event.frame >= 0:
            if not top or chain[top][1] != event.frame:
                raise _DamagedError(f"frame {event.frame} is closed and is not the open one - at `{place}.events`")
            top = chain[top][0]
    for at, weight in weights.items():
        yield _unrolled(chain, at), weight


def _unrolled(chain: list[tuple[int, int]], at: int) -> tuple[int, ...]:
    stack: list[int] = []
    while at:
        outer, frame = chain[at]
        stack.append(frame)
        at = outer
    return tuple(reversed(stack))


READER = Reader(name="speedscope", suffixes=_SUFFIXES, recognises=recognises, read=read)

"""pprof: the gzipped protocol buffer of Google's tool, which ``go tool pprof`` and most services read.

source: github.com/google/pprof, proto/profile.proto (field numbers and meaning).
"""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING, Final

from perftool.errors import OutputError
from perftool.profiling.api import Writer
from perftool.profiling.pprof_note import comments
from perftool.profiling.protobuf import block, number, packed, varint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from perftool.profiling.capture import Capture, Function, Labels, ValueType

#: The one mapping: without it pprof looks for a binary to take names from.
_MAPPING: Final = 1
_LEVEL: Final = 6
_MANGLED: Final = ("_Z", "__Z", "_R")
_NUMBER: Final = re.compile("-?[1-9][0-9]{0,17}")


class _Strings:
    """The table of strings: each once, the empty one first, as pprof demands."""

    def __init__(self) -> None:
        self._held: dict[str, int] = {"": 0}

    def at(self, text: str) -> int:
        return self._held.setdefault(text, len(self._held))

    def encoded(self) -> Iterator[bytes]:
        return (block(6, _bytes(text)) for text in self._held)


def _bytes(text: str) -> bytes:
    """Return UTF-8; file names that are not come back as the bytes that they are on disk."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def write(capture: Capture) -> bytes:
    """Return the capture as a gzipped pprof file: the same bytes for the same capture.

    Functions and frames that no sample uses are left out.
    raises: OutputError when a number needs more than 64 bits.
    """
    try:
        return gzip.compress(b"".join(_parts(capture)), _LEVEL, mtime=0)
    except OverflowError as error:
        raise OutputError(f"cannot be written as pprof: {error}") from error


def _parts(capture: Capture) -> Iterator[bytes]:
    strings = _Strings()
    frames, functions = _used(capture)
    yield from (block(1, _type(one, strings)) for one in capture.value_types)
    yield from _samples(capture, frames, strings)
    has_functions_files_and_lines = number(7, 1) + number(8, 1) + number(9, 1)
    yield block(3, number(1, _MAPPING) + has_functions_files_and_lines)
    places = {at: place for place, at in enumerate(functions, 1)}
    for place, at in enumerate(frames, 1):
        frame = capture.frames[at]
        line = number(1, places[frame.function]) + number(2, frame.line)
        yield block(4, number(1, place) + number(2, _MAPPING) + block(4, line))
    for place, at in enumerate(functions, 1):
        yield block(5, number(1, place) + _function(capture.functions[at], strings))
    yield number(9, capture.started_ns) + number(10, capture.duration_ns)
    if capture.period_type is not None:
        yield block(11, _type(capture.period_type, strings))
    yield number(12, capture.period)
    said = comments(capture, (capture.functions[at] for at in functions))
    yield block(13, packed(strings.at(one) for one in said))
    if capture.value_types:
        yield number(14, strings.at(capture.value_types[capture.default].kind))
    yield from strings.encoded()


def _used(capture: Capture) -> tuple[list[int], list[int]]:
    """Return the indexes of the frames that samples use, and of their functions, both in the order of the frames."""
    stacks = {sample.stack for sample in capture.samples}
    frames = sorted({at for stack in stacks for at in capture.stacks[stack]})
    return frames, list(dict.fromkeys(capture.frames[at].function for at in frames))


def _samples(capture: Capture, frames: Iterable[int], strings: _Strings) -> Iterator[bytes]:
    """Yield the samples; stacks and label sets are encoded once, since many samples share them."""
    places = {at: varint(place) for place, at in enumerate(frames, 1)}
    stacks: dict[int, bytes] = {}
    labels: dict[int, bytes] = {}
    for sample in capture.samples:
        stack = stacks.get(sample.stack)
        if stack is None:
            # pprof wants the innermost frame first.
            leaf_first = b"".join([places[at] for at in reversed(capture.stacks[sample.stack])])
            stack = stacks[sample.stack] = block(1, leaf_first)
        named = labels.get(sample.labels)
        if named is None:
            named = labels[sample.labels] = _labels(capture.labels[sample.labels], strings)
        yield block(2, stack + block(2, packed(sample.values)) + named)


def _labels(labels: Labels, strings: _Strings) -> bytes:
    return b"".join(block(3, number(1, strings.at(key)) + _label(key, text, strings)) for key, text in labels)


def _label(key: str, text: str, strings: _Strings) -> bytes:
    """Return the value of a label: ``-tagfocus=pid=12`` finds a number only where it was written as one."""
    if text == "0" and key:
        # A 0 without a unit is no value at all; pprof does not show the unit.
        return number(4, strings.at(key))
    return number(3, int(text)) if _NUMBER.fullmatch(text) else number(2, strings.at(text))


def _type(value_type: ValueType, strings: _Strings) -> bytes:
    return number(1, strings.at(value_type.kind)) + number(2, strings.at(value_type.unit))


def _function(function: Function, strings: _Strings) -> bytes:
    """Return the fields of a function.

    The field for the name as the linker knows it is filled for mangled ones only, which pprof then makes readable:
    from others it would take what stands in angle brackets and so ``<lambda>``.
    """
    name = strings.at(function.name)
    linked = name if function.kind == "native" and function.name.startswith(_MANGLED) else 0
    return number(2, name) + number(3, linked) + number(4, strings.at(function.file)) + number(5, function.start_line)


WRITER = Writer(name="pprof", suffixes=(".pb.gz", ".pprof"), write=write)

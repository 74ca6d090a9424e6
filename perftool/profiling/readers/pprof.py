"""pprof: gzipped or plain protocol buffers, of perftool, of Go's runtime and of whoever else writes them.

source: github.com/google/pprof, proto/profile.proto (field numbers and meaning).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from perftool.errors import InputError
from perftool.profiling import opened
from perftool.profiling.api import Reader
from perftool.profiling.capture import Builder, Function, ValueType
from perftool.profiling.naming import kind_of
from perftool.profiling.pprof_note import note_in
from perftool.profiling.protobuf import DamagedError, fields, numbers, signed

if TYPE_CHECKING:
    from pathlib import Path

    from perftool.profiling.capture import Capture
    from perftool.profiling.pprof_note import Note

_SUFFIXES: Final = (".pb.gz", ".pprof", ".pb")
_LAST_FIELD: Final = 15
#: Which fields of a profile are numbers; 13, the comments, may be packed or not.
_NUMBERS: Final = frozenset({7, 8, 9, 10, 12, 13, 14, 15})
_TIMES: Final = {"microseconds": 1_000, "us": 1_000, "milliseconds": 10**6, "ms": 10**6, "seconds": 10**9, "s": 10**9}

_Span = tuple[int, int]


@dataclass(slots=True)
class _Tables:
    """Where the parts of a file are in ``data``, and its numbers."""

    data: bytes
    spans: dict[int, list[_Span]] = field(default_factory=lambda: {at: [] for at in (1, 2, 3, 4, 5, 6, 11)})
    comments: list[int] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)
    strings: list[str] = field(default_factory=list)

    def text(self, at: int) -> str:
        """Return a string of the table."""
        if at >= len(self.strings):
            raise DamagedError(len(self.data), f"string {at} is asked for, the table has {len(self.strings)}")
        return self.strings[at]


def recognises(name: str, head: bytes) -> bool:
    """Tell pprof by its fields, or by a name that nothing else has."""
    return name.lower().endswith(_SUFFIXES) or _looks_right(head)


def _looks_right(head: bytes) -> bool:
    """Tell whether the fields at the beginning are those of a profile; the last one may be cut off."""
    seen = 0
    try:
        for number, first, second in fields(head, 0, len(head)):
            if number > _LAST_FIELD or (number != 13 and (second < 0) != (number in _NUMBERS)):
                return False
            if number == 1 and any(at > 2 or end >= 0 for at, _, end in fields(head, first, second)):
                return False
            seen += 1
    except DamagedError:
        return seen > 0 and len(head) >= opened.HEAD_BYTES
    return seen > 0


def read(path: Path) -> Capture:
    """Return the capture in a pprof file.

    Inlined functions become frames of their own, times nanoseconds. Labels that are numbers become their digits.
    raises: InputError when the file is damaged or too large.
    """
    data = opened.content(path)
    try:
        return _capture(_tables(data))
    except DamagedError as error:
        raise InputError(f"{path}: a damaged pprof file, at byte {error.at} of {len(data)}: {error.what}") from error


def _tables(data: bytes) -> _Tables:
    """Find the parts of a file; only the strings are read, since everything else refers to them."""
    tables = _Tables(data)
    for entry, (number, first, second) in enumerate(fields(data, 0, len(data))):
        if entry > opened.MOST_ENTRIES:
            raise DamagedError(first, f"more than {opened.MOST_ENTRIES} entries")
        if number == 13:
            tables.comments += numbers(data, first, second)
        elif second < 0:
            tables.numbers[number] = signed(first)
        elif number == 6:
            tables.strings.append(data[first:second].decode("utf-8", "surrogateescape"))
        elif number in tables.spans:
            tables.spans[number].append((first, second))
    if not tables.spans[1]:
        raise DamagedError(len(data), "it names no type of value")
    return tables


def _capture(tables: _Tables) -> Capture:
    note = note_in(tables.text(at) for at in tables.comments)
    scales, value_types = _value_types(tables)
    builder = Builder(value_types)
    stacks = _Stacks(tables, builder, note)
    labels: dict[tuple[_Label, ...], dict[str, str]] = {}
    for span in tables.spans[2]:
        _add_sample(tables, span, builder, stacks, labels, scales)
    period_type = _value_type(tables, tables.spans[11][-1]) if tables.spans[11] else None
    kinds = [one.kind for one in value_types]
    wanted = tables.text(tables.numbers.get(14, 0))
    default = kinds.index(wanted) if wanted in kinds else len(kinds) - 1
    if note is not None and note.default is not None and 0 <= note.default < len(kinds):
        default = note.default
    said = "\n".join(tables.text(at) for at in tables.comments)
    return replace(
        builder.build(),
        default=default,
        period=tables.numbers.get(12, 0),
        period_type=period_type,
        started_ns=tables.numbers.get(9, 0),
        duration_ns=tables.numbers.get(10, 0),
        engine=note.engine if note else "pprof",
        facts=note.facts if note else {"comments": said} if said else {},
        doubts=note.doubts if note else (),
    )


def _value_types(tables: _Tables) -> tuple[list[int], tuple[ValueType, ...]]:
    """Return by what each value is multiplied, and what it then is."""
    written = [_value_type(tables, span) for span in tables.spans[1]]
    scales = [_TIMES.get(one.unit, 1) for one in written]
    return scales, tuple(one._replace(unit="nanoseconds") if one.unit in _TIMES else one for one in written)


def _value_type(tables: _Tables, span: _Span) -> ValueType:
    held = {number: first for number, first, _ in fields(tables.data, *span)}
    return ValueType(tables.text(held.get(1, 0)), tables.text(held.get(2, 0)))


_Label = tuple[int, int, int, int]


class _Stacks:
    """The stacks of a file as frames of the capture; each is decoded once."""

    def __init__(self, tables: _Tables, builder: Builder, note: Note | None) -> None:
        functions = _functions(tables, note)
        self._data = tables.data
        self._locations = _locations(tables, functions, builder)
        self._known: dict[bytes, tuple[int, ...]] = {}
        self._left = opened.MOST_FRAMES

    def frames(self, spans: list[tuple[int, int]]) -> tuple[int, ...]:
        """Return the frames, the outermost first, of a stack whose locations stand in ``spans``."""
        key = b"".join([self._data[first:second] if second >= 0 else b"\0%d" % first for first, second in spans])
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._decoded(spans)
        return known

    def _decoded(self, spans: list[tuple[int, int]]) -> tuple[int, ...]:
        found: list[int] = []
        for first, second in spans:
            for at in numbers(self._data, first, second):
                frames = self._locations.get(at)
                if frames is None:
                    raise DamagedError(first, f"a stack goes through location {at}, which the file does not have")
                found += frames
            if len(found) > self._left:
                raise DamagedError(first, f"more than {opened.MOST_FRAMES} frames in its stacks")
        self._left -= len(found)
        return tuple(reversed(found))


def _functions(tables: _Tables, note: Note | None) -> dict[int, Function]:
    ids: list[int] = []
    found: list[Function] = []
    for span in tables.spans[5]:
        held = {number: first for number, first, _ in fields(tables.data, *span)}
        name = tables.text(held.get(2, 0)) or tables.text(held.get(3, 0))
        file = tables.text(held.get(4, 0))
        # The note tells every function that is not Python; pprof may have given a mangled one another name.
        kind = "python" if note is not None and not held.get(3) else kind_of(name, file)
        ids.append(held.get(1, 0))
        found.append(Function(name, file, signed(held.get(5, 0)), kind))
    if len(set(ids)) < len(ids):
        raise DamagedError(tables.spans[5][-1][0], "two functions have the same number")
    return dict(zip(ids, note.completed(found) if note is not None else found, strict=True))


def _locations(tables: _Tables, functions: dict[int, Function], builder: Builder) -> dict[int, tuple[int, ...]]:
    """Return the frames of each location, the innermost first, as pprof has them."""
    files = _mapped_files(tables)
    found: dict[int, tuple[int, ...]] = {}
    for span in tables.spans[4]:
        at = mapping = address = 0
        frames: list[int] = []
        for number, first, second in fields(tables.data, *span):
            if number == 1:
                at = first
            elif number == 2:
                mapping = first
            elif number == 3:
                address = first
            elif number == 4 and second >= 0:
                line = {inner: value for inner, value, _ in fields(tables.data, first, second)}
                function = functions.get(line.get(1, 0))
                if function is None:
                    raise DamagedError(first, f"function {line.get(1, 0)} is asked for, which the file does not have")
                frames.append(builder.frame(function, signed(line.get(2, 0))))
        if at in found:
            raise DamagedError(span[0], f"two locations have the number {at}")
        if not frames:
            unknown = Function(f"0x{address:x}" if address else "unknown", files.get(mapping, ""), kind="native")
            frames.append(builder.frame(unknown))
        found[at] = tuple(frames)
    return found


def _mapped_files(tables: _Tables) -> dict[int, str]:
    found: dict[int, str] = {}
    for span in tables.spans[3]:
        held = {number: first for number, first, _ in fields(tables.data, *span)}
        found[held.get(1, 0)] = tables.text(held.get(5, 0))
    return found


def _add_sample(
    tables: _Tables,
    span: _Span,
    builder: Builder,
    stacks: _Stacks,
    known: dict[tuple[_Label, ...], dict[str, str]],
    scales: list[int],
) -> None:
    places: list[tuple[int, int]] = []
    values: list[int] = []
    marked: list[_Label] = []
    for number, first, second in fields(tables.data, *span):
        if number == 1:
            places.append((first, second))
        elif number == 2:
            values += numbers(tables.data, first, second)
        elif number == 3 and second >= 0:
            held = {inner: value for inner, value, _ in fields(tables.data, first, second)}
            marked.append((held.get(1, 0), held.get(2, 0), held.get(3, 0), held.get(4, 0)))
    if len(values) != len(scales):
        raise DamagedError(span[0], f"a sample has {len(values)} values, there are {len(scales)} types of value")
    key = tuple(marked)
    labels = known.get(key)
    if labels is None:
        labels = known[key] = _labels(tables, marked)
    weights = [signed(value) * scale for value, scale in zip(values, scales, strict=True)]
    builder.add(stacks.frames(places), weights, labels)


def _labels(tables: _Tables, marked: list[_Label]) -> dict[str, str]:
    """Return labels as text; one that stands there more than once has all its values, divided by commas."""
    found: dict[str, str] = {}
    for at, text_at, number, unit_at in marked:
        key = tables.text(at)
        if text_at:
            text = tables.text(text_at)
        elif number or unit_at:
            unit = tables.text(unit_at)
            text = str(signed(number)) if unit in {"", key} else f"{signed(number)} {unit}"
        else:
            text = ""
        found[key] = f"{found[key]},{text}" if key in found else text
    return found


READER = Reader(name="pprof", suffixes=_SUFFIXES, recognises=recognises, read=read)

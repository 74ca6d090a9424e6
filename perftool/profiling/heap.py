"""What memray's files say: everything that was allocated, what was held at the peak and at the end, by stack."""

from __future__ import annotations

import contextlib
import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from perftool.errors import InputError, UnavailableError
from perftool.profiling.capture import (
    ALLOC_OBJECTS,
    ALLOC_SPACE,
    INUSE_OBJECTS,
    INUSE_SPACE,
    PEAK_OBJECTS,
    PEAK_SPACE,
    TEMPORARY_OBJECTS,
    Builder,
    Capture,
    Function,
)
from perftool.profiling.heap_names import Names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

#: Seconds since 1970, bytes on the heap, bytes resident.
Point = tuple[float, int, int]

VALUE_TYPES: Final = (
    *(ALLOC_OBJECTS, ALLOC_SPACE, INUSE_OBJECTS, INUSE_SPACE, PEAK_OBJECTS, PEAK_SPACE),
    TEMPORARY_OBJECTS,
)
_AGGREGATED_TYPES: Final = (INUSE_OBJECTS, INUSE_SPACE, PEAK_OBJECTS, PEAK_SPACE)
#: The leaf of what was allocated where no Python code ran: by the interpreter's own start, or threads of libraries.
OUTSIDE: Final = Function("outside of Python code", kind="marker")
#: What ``AllocatorType`` calls PYMALLOC_FREE, FREE and MUNMAP: they give back.
_FREES: Final = frozenset({1, 5, 15})
#: The folder of what runs inside profiled processes: what it allocates is not the program's.
_RUNTIME: Final = "/perftool/profiling/runtime/"
#: The code with which ``memray attach`` starts in a process.
_HOOK: Final = "_memray_attach_hook"
#: Above all levels: what memray has to say of a damaged file is said in the error.
_SILENT: Final = 100
#: More frames than any stack has. Asked for a number, memray counts from the innermost and leaves none out.
_ALL: Final = 1 << 30

_FRAME_OBJECTS: Final = (
    "frame-objects",
    "to know the stacks memray has Python make an object for each call of a Python function: those calls count as"
    " allocations of their caller, freed when the function returns",
)
_NOT_CLOSED: Final = (
    "not-closed",
    "the recording ended in the middle, because its process was killed, no space was left for its file, or it still"
    " runs: garbage that was not collected yet counts as held, and what came later is left out",
)
_AGGREGATED: Final = (
    "aggregated",
    "the file was aggregated while it was recorded: it tells the peak and what was held at the end, and neither all"
    " that was allocated nor what was temporary",
)
_BIG_ONLY: Final = (
    "system-allocator-only",
    "only what the system's allocator gave is counted: most objects are smaller, and Python serves them from pools",
)

_Key = tuple[int, int, int, int]
#: The stack of C frames of a record where none are recorded.
_NO_C: Final = (0, 0)


@dataclass(frozen=True, slots=True)
class Heap:
    """One file: its capture, and memory over time."""

    capture: Capture
    points: tuple[Point, ...] = ()
    pid: int = 0
    command: str = ""


class _Stack(NamedTuple):
    """Where something was allocated; ``record`` is one of memray's with this stack."""

    record: Any
    values: list[int]


@dataclass(slots=True)
class _Table:
    """Weights by stack: threads and, where they were recorded, C frames are told apart."""

    width: int
    stacks: dict[_Key, _Stack] = field(default_factory=dict)

    def add(self, record: Any, at: int, *, size: bool = True) -> None:
        """Add the allocations of a record to value ``at``, its bytes to the next."""
        key = (record.stack_id, record.tid, record.native_stack_id, record.native_segment_generation)
        held = self.stacks.get(key)
        if held is None:
            held = self.stacks[key] = _Stack(record, [0] * self.width)
        held.values[at] += record.n_allocations
        if size:
            held.values[at + 1] += record.size

    def add_all(self, records: Iterable[Any], *, native: bool) -> None:
        """Add each of many single allocations to the first two values; this is what reading takes its time for."""
        stacks = self.stacks
        for record in records:
            if record.allocator in _FREES:
                continue
            more = (record.native_stack_id, record.native_segment_generation) if native else _NO_C
            key = (record.stack_id, record.tid, *more)
            held = stacks.get(key)
            if held is None:
                held = stacks[key] = _Stack(record, [0] * self.width)
            values = held.values
            values[0] += 1
            values[1] += record.size


def read(
    path: Path,
    *,
    modules: Mapping[str, str] | None = None,
    cwd: str = "",
    labels: Mapping[str, str] | None = None,
    closed: bool | None = None,
    whole: bool = False,
) -> Heap:
    """Return what is in a memray file.

    ``modules`` names the module in each source file, where that is known; ``cwd`` is what relative files are relative
    to. ``closed`` says whether the recording came to its own end, None asks the file. ``whole`` keeps what the
    profiler itself allocated.
    raises: InputError when it is no file of memray, or damaged; UnavailableError without memray.
    cost: about a second for a million allocations.
    """
    try:
        import memray
    except ImportError as error:
        raise UnavailableError("memray is not installed", hint="pip install memray") from error
    memray.set_log_level(_SILENT)  # type: ignore[attr-defined]  # exported, but not in its stubs
    try:
        with contextlib.closing(memray.FileReader(path)) as reader:
            return _heap(reader, Names(modules or {}, cwd, 0), labels, closed=closed, whole=whole)
    except (OSError, RuntimeError, ValueError, AssertionError, IndexError, UnicodeDecodeError) as error:
        said = str(error).strip().splitlines()
        reason = said[0] if said else type(error).__name__
        raise InputError(f"{path}: not a file of memray that can be read: {reason}") from error
    finally:
        memray.set_log_level(logging.WARNING)  # type: ignore[attr-defined]


def _heap(reader: Any, names: Names, labels: Mapping[str, str] | None, *, closed: bool | None, whole: bool) -> Heap:
    metadata = reader.metadata
    points = tuple((one.time / 1000, one.heap, one.rss) for one in reader.get_memory_snapshots())
    started = metadata.start_time.timestamp()
    # What was not closed has no end in its header.
    ended = max([metadata.end_time.timestamp(), *(point[0] for point in points[-1:])])
    names.captured_ns = round(ended * 1e9) if ended > started else 0
    aggregated = int(metadata.file_format) == 1
    table = _Table(len(_AGGREGATED_TYPES if aggregated else VALUE_TYPES))
    if not aggregated:
        table.add_all(reader.get_allocation_records(), native=metadata.has_native_traces)
        for record in reader.get_temporary_allocation_records(merge_threads=False, threshold=1):
            table.add(record, 6, size=False)
    for record in reader.get_leaked_allocation_records(merge_threads=False):
        table.add(record, 0 if aggregated else 2)
    for record in reader.get_high_watermark_allocation_records(merge_threads=False):
        table.add(record, 2 if aggregated else 4)
    value_types = _AGGREGATED_TYPES if aggregated else VALUE_TYPES
    built = _built(table, value_types, names, labels, native=metadata.has_native_traces, whole=whole)
    is_closed = closed if closed is not None else metadata.end_time.timestamp() >= started
    capture = replace(
        built,
        default=value_types.index(PEAK_SPACE),
        started_ns=round(started * 1e9),
        duration_ns=max(0, round((ended - started) * 1e9)),
        engine="memray",
        facts={
            "memory.allocator": str(metadata.python_allocator),
            "memory.resident_bytes": str(max((point[2] for point in points), default=0)),
        },
        doubts=tuple(_doubts(metadata, aggregated=aggregated, closed=is_closed)),
    )
    return Heap(capture, points, metadata.pid, metadata.command_line)


def _doubts(metadata: Any, *, aggregated: bool, closed: bool) -> Iterable[tuple[str, str]]:
    if not closed:
        yield _NOT_CLOSED
    if aggregated:
        yield _AGGREGATED
    if not metadata.trace_python_allocators:
        yield _BIG_ONLY
    elif not aggregated:
        yield _FRAME_OBJECTS


def _built(
    table: _Table,
    value_types: Any,
    names: Names,
    labels: Mapping[str, str] | None,
    *,
    native: bool,
    whole: bool,
) -> Capture:
    builder = Builder(value_types)
    frames: dict[tuple[str, str, int], int] = {}
    threads: dict[int, str] = {}
    rows = []
    for record, values in table.stacks.values():
        stack = _stack_of(record, native=native)
        if not whole and any(_RUNTIME in file or _HOOK in file for _, file, _ in stack):
            continue
        if record.tid not in threads:
            threads[record.tid] = _thread(record)
        rows.append((record.tid, stack, values))
    seen = {tid for tid, stack, _ in rows if stack}
    outside = builder.frame(OUTSIDE)
    for tid, stack, values in rows:
        found = []
        for entry in reversed(stack):
            at = frames.get(entry)
            if at is None:
                at = frames[entry] = builder.frame(*_frame(entry, names))
            found.append(at)
        name = threads[tid] if len(seen) > 1 and tid in seen else ""
        builder.add(found or (outside,), values, {**(labels or {}), **({"thread": name} if name else {})})
    return builder.build()


def _stack_of(record: Any, *, native: bool) -> list[tuple[str, str, int]]:
    """Return a stack as memray has it, the innermost first."""
    found: list[tuple[str, str, int]] = record.hybrid_stack_trace() if native else record.stack_trace(max_stacks=_ALL)
    return found


def _frame(entry: tuple[str, str, int], names: Names) -> tuple[Function, int]:
    name, file, line = entry
    if file.endswith((".py", ".pyw", ".pyx", ".ipynb")) or file.startswith("<"):
        if file == "<unknown>":
            return Function(name, kind="native"), 0
        return names.function(name, file, line), line
    return Function(name, file, kind="native"), line


def _thread(record: Any) -> str:
    """Return the name of a thread without its number, which differs in every run."""
    name = str(record.thread_name or "")
    if "(" in name and name.endswith(")"):
        name = name.partition("(")[2][:-1]
    return name or f"thread {record.tid}"

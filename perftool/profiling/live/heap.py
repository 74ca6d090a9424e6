"""What a running process allocates during some seconds, and what of it stays."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from perftool.profiling.capture import ALLOC_OBJECTS, ALLOC_SPACE, INUSE_OBJECTS, INUSE_SPACE, Builder

if TYPE_CHECKING:
    import threading

    from perftool.profiling.capture import Capture, ValueType

#: Go's four, in its order.
GO_TYPES: Final[tuple[ValueType, ...]] = (ALLOC_OBJECTS, ALLOC_SPACE, INUSE_OBJECTS, INUSE_SPACE)


class NoTrackerError(Exception):
    """Allocations cannot be recorded here; the text says why and what to do."""


def capture(seconds: float, cancelled: threading.Event, *, default: ValueType = INUSE_SPACE) -> Capture:
    """Return what was allocated during ``seconds``, or until ``cancelled`` is set, and what was still held then.

    raises: NoTrackerError where memray is not installed, or is in use.
    """
    try:
        import memray
    except ImportError as error:
        raise NoTrackerError("memray is not installed in this program: pip install memray") from error
    from perftool.profiling import heap

    with tempfile.TemporaryDirectory(prefix="perftool-heap-") as folder:
        path = Path(folder) / "heap.bin"
        try:
            with memray.Tracker(path, trace_python_allocators=True, memory_interval_ms=_NEVER_MS):
                cancelled.wait(seconds)
        except RuntimeError as error:
            raise NoTrackerError(f"memray cannot record now: {error}") from error
        return in_go_types(heap.read(path, modules=_modules()).capture, default)


def _modules() -> dict[str, str]:
    """Return the module in each source file: memray knows files only."""
    loaded = list(sys.modules.items())
    return {file: name for name, one in loaded if isinstance(file := getattr(one, "__file__", None), str)}


# The tracker otherwise wakes up every 10 ms to read how large the process is.
_NEVER_MS: Final = 3_600_000


def in_go_types(capture: Capture, default: ValueType) -> Capture:
    """Return ``capture`` with the four value types of Go's heap profiles, ``default`` the one that people see first."""
    places = [capture.value_types.index(one) if one in capture.value_types else None for one in GO_TYPES]
    builder = Builder(GO_TYPES)
    frames = [builder.frame(capture.functions[one.function], one.line) for one in capture.frames]
    for sample in capture.samples:
        if capture.function_of(capture.stacks[sample.stack][-1]).file == __file__:
            continue  # what it took to record
        values = [sample.values[at] if at is not None else 0 for at in places]
        stack = (frames[at] for at in capture.stacks[sample.stack])
        builder.add(stack, values, dict(capture.labels[sample.labels]))
    table = builder.build()
    return replace(
        table,
        default=GO_TYPES.index(default),
        started_ns=capture.started_ns,
        duration_ns=capture.duration_ns,
        engine=capture.engine,
        facts=capture.facts,
        doubts=capture.doubts,
    )

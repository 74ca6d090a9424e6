"""What an engine, a reader and a writer of profiles are: all that their files need beside the capture."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from perftool.profiling.capture import Capture

Measured = Literal["cpu", "wall", "memory"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to capture.

    ``rate`` is samples per second of CPU time (of wall time for engines that sample that); ``duration_s`` ends the
    capture, not the target, None with the target; ``pure`` are packages whose Python twin is loaded in place of the
    compiled one; ``native`` asks for frames of C code where the engine can; ``children`` follows processes that the
    target starts; ``labels`` are put on every sample. ``python_allocators`` records each object that Python serves from
    its own pools, without which memory is recorded faster and only what the system's allocator gave is seen.
    """

    rate: float = 100.0
    duration_s: float | None = None
    native: bool = False
    children: bool = True
    pure: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    python_allocators: bool = True


@dataclass(frozen=True, slots=True)
class Process:
    """A process that was profiled; ``parent`` is 0 for the target itself."""

    pid: int
    parent: int
    command: str
    samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What an engine brings home.

    ``capture`` holds every process, its samples labelled ``pid`` where there are several. ``originals`` are files in
    the engine's own format that are worth keeping (a memray file, a pyinstrument session). ``heap`` are points
    (seconds since the start, bytes of heap, bytes of resident memory) where the engine watches memory.
    """

    capture: Capture
    processes: tuple[Process, ...] = ()
    originals: tuple[Path, ...] = ()
    heap: tuple[tuple[float, int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """One profiler.

    ``runtime`` names the module of ``perftool.profiling.runtime`` that the target loads, None for an engine that
    attaches from outside. ``settings`` gives that module its settings, JSON-able. ``check`` takes the interpreter that
    will be profiled and raises UnavailableError when the engine cannot work there. ``collect`` reads what the
    processes left in a folder. ``attach`` captures a running process (pid, options, folder for its files) and returns
    when ``duration_s`` is over or it was interrupted.
    raises: InputError from ``collect`` when nothing usable was left.
    """

    name: str
    summary: str
    measures: frozenset[Measured]
    runtime: str | None = None
    check: Callable[[str], None] | None = None
    settings: Callable[[Options], dict[str, Any]] | None = None
    collect: Callable[[Path, Options], Collected] | None = None
    attach: Callable[[int, Options, Path, Measured], Collected] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One file format that can be read.

    ``recognises`` looks at the name and the first kilobytes of a file; the first reader that says yes reads it.
    ``read`` raises InputError in one line (file, place, what) for a damaged file. ``suffixes`` are for messages.
    """

    name: str
    suffixes: tuple[str, ...]
    recognises: Callable[[str, bytes], bool]
    read: Callable[[Path], Capture]


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """One file format that captures can be written in; the longest suffix that fits a file name wins."""

    name: str
    suffixes: tuple[str, ...]
    write: Callable[[Capture], bytes]

"""Running processes, joined from outside: py-spy for CPU and wall time, memray with a debugger for memory."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from perftool.errors import InputError, PerftoolError, UnavailableError
from perftool.profiling import joining, permissions, thread_clocks
from perftool.profiling.api import Collected, Engine, Measured, Options, Process
from perftool.profiling.capture import CPU, SAMPLES, WALL, Builder, Capture

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_NAME: Final = "external"
_COUNTS: Final = re.compile(r"Samples: (\d+) Errors: (\d+)")
_BEHIND: Final = re.compile(r"([\d.]+)s? behind in sampling")
#: A larger share of samples that failed is worth a word.
_ERRORS: Final = 0.01
_WHOLE: Final = 1e9

#: The threads that a line of py-spy names: the process where it stands there, number and name of the thread.
_THREAD: Final = re.compile(r'(?:process (\d+):"(?:(?!process \d+:").)*";)?thread \((\d+)\)(?:: ([^;]*))?', re.DOTALL)

_COUNTED: Final = (
    "counted-samples",
    "threads ended while they were watched, and their clocks with them: each sample counts alike, though py-spy takes"
    " some threads for busy that wait",
)


def attach(pid: int, options: Options, folder: Path, measured: Measured) -> Collected:
    """Capture a running process until ``duration_s`` is over, it ends, or Ctrl-C.

    raises: UsageError, InputError and UnavailableError that say why it cannot be joined, in a line.
    """
    if measured == "memory":
        from perftool.profiling.joined_memory import recorded

        permissions.require(pid)
        return recorded(pid, options, folder)
    tool = joining.py_spy()
    permissions.require(pid)
    path = folder / f"py-spy-{pid}.txt"
    clocks = thread_clocks.read(pid, children=options.children)
    began = time.monotonic()
    done = joining.run(_command(tool, pid, options, path, measured), joined=pid)
    if not path.exists() or not path.stat().st_size:
        raise _failed(pid, done)
    spent = {
        thread: now - clocks.get(thread, 0)
        for thread, now in thread_clocks.read(pid, children=options.children).items()
    }
    watched = Watched(done, time.monotonic() - began, spent if measured == "cpu" else {})
    return _collected(path, watched, pid, options, measured)


class Watched(NamedTuple):
    """What py-spy did: how it ended, for how many seconds it ran, and the CPU time of each thread meanwhile."""

    done: joining.Done
    seconds: float
    spent: Mapping[tuple[int, int], int]


def _command(tool: str, pid: int, options: Options, path: Path, measured: Measured) -> list[str]:
    seconds = ["--duration", str(max(1, round(options.duration_s)))] if options.duration_s is not None else []
    return [
        *(tool, "record", "--pid", str(pid), "--format", "raw", "--output", str(path)),
        *("--rate", str(max(1, round(options.rate))), "--full-filenames", "--threads"),
        *seconds,
        *(["--subprocesses"] if options.children else []),
        *(["--native"] if options.native else []),
        *(["--idle"] if measured == "wall" else []),
    ]


def _failed(pid: int, done: joining.Done) -> PerftoolError:
    """Return the error for a py-spy that brought nothing home."""
    lines = [line.strip() for line in done.said.splitlines() if line.strip()]
    if "permission denied" in done.said.lower() or "operation not permitted" in done.said.lower():
        return permissions.refused(pid)
    if not permissions.alive(pid):
        return InputError(f"process {pid} ended before a sample was taken")
    if "python version" in done.said or "Failed to find a python" in done.said:
        return UnavailableError(
            f"py-spy does not find the Python in process {pid}", hint="is its Python newer than py-spy? pip install -U"
        )
    if done.code == 0 or done.interrupted:
        return _idle(pid)
    said = next((line for line in lines if line.lower().startswith("error")), lines[-1] if lines else "no reason given")
    return UnavailableError(f"py-spy cannot join process {pid}: {said.removeprefix('Error: ')}")


def _idle(pid: int) -> InputError:
    return InputError(
        f"process {pid} used no CPU while it was watched", hint="--duration 30s, or watch it while it works"
    )


def _collected(path: Path, watched: Watched, pid: int, options: Options, measured: Measured) -> Collected:
    from perftool.profiling.collapsed_text import capture_of

    with path.open("rb") as stream:
        counted = capture_of(stream, name=path.name)
    period = round(_WHOLE / max(1, round(options.rate)))
    weights = _weights(path, counted, watched, pid, options) if watched.spent else {}
    capture = _timed(counted, period, weights, pid, measured, options)
    if capture.total(1) < period:
        raise _idle(pid)
    processes = _processes(capture, pid)
    if len(processes) < 2:
        capture = _without_pid(capture)
    seconds = watched.seconds if options.duration_s is None else min(watched.seconds, options.duration_s)
    return Collected(
        capture=replace(
            capture,
            default=1,
            period=period,
            period_type=capture.value_types[1],
            started_ns=max(0, path.stat().st_mtime_ns - round(seconds * _WHOLE)),
            duration_ns=round(seconds * _WHOLE),
            engine="py-spy",
            facts={"rate": f"{max(1, round(options.rate)):g}"},
            doubts=tuple(_doubts(watched.done, measured, weighted=bool(weights))),
        ),
        processes=processes,
    )


def _weights(
    path: Path, counted: Capture, watched: Watched, pid: int, options: Options
) -> dict[tuple[int, str], float]:
    """Return nanoseconds of CPU for a sample of each thread, by process and name of the thread.

    py-spy tells waiting threads from busy ones by the state that stopping them may have changed. Their own clocks
    know better: the CPU time of a thread is divided among its samples.
    """
    part = 1.0 if options.duration_s is None else min(1.0, options.duration_s / max(watched.seconds, 1e-9))
    names: dict[tuple[int, int], str] = {}
    for found in _THREAD.finditer(path.read_text(encoding="utf-8", errors="replace")):
        key = (int(found[1] or pid), int(found[2]))
        names[key] = found[3] or names.get(key) or found[2]
    spent: dict[tuple[int, str], int] = {}
    for key, name in names.items():
        if key not in watched.spent:
            return {}  # a thread has ended, and its clock with it
        spent[key[0], name] = spent.get((key[0], name), 0) + watched.spent[key]
    samples: dict[tuple[int, str], int] = {}
    for sample in counted.samples:
        thread = _thread(dict(counted.labels[sample.labels]), pid)
        samples[thread] = samples.get(thread, 0) + sample.values[0]
    if set(samples) - set(spent):
        return {}
    return {thread: part * spent[thread] / number for thread, number in samples.items() if number}


def _thread(labels: Mapping[str, str], pid: int) -> tuple[int, str]:
    own = labels.get("pid", "")
    return (int(own) if own.isdecimal() else pid), labels.get("thread", "")


def _timed(
    counted: Capture,
    period: int,
    weights: Mapping[tuple[int, str], float],
    pid: int,
    measured: Measured,
    options: Options,
) -> Capture:
    builder = Builder((SAMPLES, WALL if measured == "wall" else CPU))
    frames = [builder.frame(counted.functions[one.function], one.line) for one in counted.frames]
    for sample in counted.samples:
        number = sample.values[0]
        labels = dict(counted.labels[sample.labels])
        weight = weights.get(_thread(labels, pid), period)
        stack = [frames[at] for at in counted.stacks[sample.stack]]
        builder.add(stack, (number, round(number * weight)), {**labels, **options.labels})
    return builder.build()


def _processes(capture: Capture, pid: int) -> tuple[Process, ...]:
    found: dict[int, int] = {}
    for sample in capture.samples:
        text = dict(capture.labels[sample.labels]).get("pid", str(pid))
        own = int(text) if text.isdecimal() else pid
        found[own] = found.get(own, 0) + sample.values[0]
    return tuple(Process(own, 0 if own == pid else pid, "", count) for own, count in sorted(found.items()))


def _without_pid(capture: Capture) -> Capture:
    labels = tuple(tuple(pair for pair in one if pair[0] != "pid") for one in capture.labels)
    builder = Builder(capture.value_types)
    builder.take_in(replace(capture, labels=labels))
    return builder.build()


def _doubts(done: joining.Done, measured: Measured, *, weighted: bool) -> list[tuple[str, str]]:
    doubts = [_COUNTED] if measured == "cpu" and not weighted else []
    found = _COUNTS.search(done.said)
    taken, failed = (int(found[1]), int(found[2])) if found else (0, 0)
    if failed and failed > _ERRORS * (taken + failed):
        doubts.append(("samples-failed", f"{failed:,} of {taken + failed:,} samples could not be read"))
    if _BEHIND.search(done.said):
        doubts.append(("samples-late", "py-spy could not keep up with the rate: some samples were left out"))
    if "process exited" in done.said or "process ended" in done.said:
        doubts.append(("process-ended", "the process ended while it was watched"))
    return doubts


ENGINE: Final = Engine(
    name=_NAME,
    summary="a running process: CPU and wall time with py-spy, memory with memray and a debugger",
    measures=frozenset({"cpu", "wall", "memory"}),
    attach=attach,
)

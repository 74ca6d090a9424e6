"""What a profile shows beyond doubt, as diagnostics with a way out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.model.diagnostic import Diagnostic
from perftool.profiling.capture import GARBAGE_COLLECTION, Function
from perftool.profiling.imports import imported
from perftool.profiling.memory_findings import leak, storms
from perftool.profiling.origins import place
from perftool.profiling.shares import by_stack, unit
from perftool.profiling.waiting import waits
from perftool.units.display import format_duration, format_percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perftool.profiling.capture import Capture

#: source: measured on parsing with sqlglot: where it took 16 %, other settings gained 5 to 10 % of the whole
GC_SHARE: Final = 0.1
GC_LEAST_S: Final = 0.05
#: source: below, a start-up is not what a person waits for (0.2 s is above what is felt as immediate: Miller 1968)
IMPORT_SHARE: Final = 0.3
IMPORT_LEAST_S: Final = 0.2
#: source: what is not waited for would be saved; a tenth of the run is what a change of it can be told by
WAIT_SHARE: Final = 0.1
WAIT_LEAST_S: Final = 0.2
_NAMED: Final = 3


def findings(
    capture: Capture, *, heap: Sequence[tuple[float, int, int]] = (), root: str = "", target: str = ""
) -> tuple[Diagnostic, ...]:
    """Return what is certain about one capture.

    ``heap`` are points of memory over time (seconds, bytes of heap, resident bytes); ``root`` is the project's folder
    and ``target`` what was profiled, as people call it, for commands that can be pasted.
    """
    return (
        *_garbage(capture, target or "TARGET"),
        *_imports(capture, root),
        *_waiting(capture, root),
        *storms(capture, root),
        *leak(capture, heap, root),
    )


def _garbage(capture: Capture, target: str) -> Iterator[Diagnostic]:
    """PROF001: the collector takes a large part of the CPU time."""
    command = target if target.startswith("--") else f"-- {target}"
    at = capture.index("cpu")
    if at is None:
        return
    seen = _below_marker(capture, at)
    spent, whole = sum(seen.values()), capture.total(at)
    # What the collector was measured to take is exact; what samples saw of it says where.
    if facts := _facts(capture, "gc.cpu_ns", "process.cpu_ns"):
        spent, whole = facts
    if not whole or spent / whole <= GC_SHARE or spent < GC_LEAST_S * 1e9:
        return
    share = spent / whole
    biggest = max(seen, key=lambda name: (seen[name], name), default="")
    part = seen[biggest] / sum(seen.values()) if biggest else 0.0
    where = f", {format_percent(part)} of it started by {biggest}" if part >= 0.2 else ""
    yield Diagnostic(
        code="PROF001",
        severity="warning",
        name="gc-share",
        message=f"the garbage collector took {format_percent(share)} of the CPU time "
        f"({format_duration(spent / 1e9)}){where}",
        help="gc.freeze() after start-up leaves what was imported alone, a higher gc.set_threshold() looks less often; "
        f"measure which helps: perftool tune gc {command}",
        evidence={"share": share, "seconds": spent / 1e9, "function": biggest},
        key="gc-share",
    )


def _below_marker(capture: Capture, at: int) -> dict[str, int]:
    """Return the weight of the collector by the function that it interrupted."""
    found: dict[str, int] = {}
    for stack, value in by_stack(capture, at).items():
        frames = capture.stacks[stack]
        if frames and capture.function_of(frames[-1]) == Function(GARBAGE_COLLECTION, kind="marker"):
            name = capture.function_of(frames[-2]).name if len(frames) > 1 else ""
            found[name] = found.get(name, 0) + value
    return found


def _facts(capture: Capture, *names: str) -> tuple[int, ...]:
    """Return these facts as numbers, nothing where one is missing."""
    found = [capture.facts.get(name, "") for name in names]
    return tuple(map(int, found)) if all(one.isdecimal() for one in found) else ()


def _imports(capture: Capture, root: str) -> Iterator[Diagnostic]:
    """PROF002: most of the time goes into importing modules."""
    at = _time(capture)
    if at is None:
        return
    found, whole = imported(capture, at), capture.total(at)
    _, parts = unit(capture.value_types[at])
    if not whole or found.total / whole <= IMPORT_SHARE or found.total / parts <= IMPORT_LEAST_S:
        return
    named = [
        f"{module or 'a compiled module'} {format_duration(weight / parts)}"
        + (f" (imported in {_at(file, line, root)})" if file else "")
        for module, file, line, weight in found.heaviest()[:_NAMED]
    ]
    share = found.total / whole
    yield Diagnostic(
        code="PROF002",
        severity="info",
        name="import-time",
        message=f"importing took {format_percent(share)} of the {_called(capture, at)} "
        f"({format_duration(found.total / parts)}): {', '.join(named)}",
        help="import what a run may not need inside the function that needs it; python -X importtime lists all modules",
        evidence={"share": share, "seconds": found.total / parts},
        key="import-time",
    )


def _waiting(capture: Capture, root: str) -> Iterator[Diagnostic]:
    """PROF003: the main thread waits for a lock, or for other threads."""
    at = capture.index("wall")
    if at is None:
        return
    whole = capture.total(at)
    _, parts = unit(capture.value_types[at])
    for one in waits(capture, at):
        if not whole or one.weight / whole <= WAIT_SHARE or one.weight / parts <= WAIT_LEAST_S:
            return
        share = one.weight / whole
        yield Diagnostic(
            code="PROF003",
            severity="warning" if one.contended else "info",
            name="lock-wait",
            message=f"{one.function} ({_at(one.file, one.line, root)}) waited {format_percent(share)} of the wall time "
            f"({format_duration(one.weight / parts)}) for {one.what}",
            help="hold the lock for less of the work, or give each thread its own"
            if one.contended
            else "the work is in another thread: perftool profile cpu with the sampler sees them all",
            evidence={"share": share, "seconds": one.weight / parts, "line": one.line},
            key=f"lock-wait {one.function} {one.what}",
        )


def _time(capture: Capture) -> int | None:
    at = capture.index("cpu")
    return capture.index("wall") if at is None else at


def _called(capture: Capture, at: int) -> str:
    return "CPU time" if capture.value_types[at].kind == "cpu" else "wall time"


def _at(file: str, line: int, root: str) -> str:
    shown = place(Function("", file), root)
    return f"{shown}:{line}" if line else shown

"""What captures of memory show beyond doubt: lines that allocate for nothing, and leaks that go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.model.diagnostic import Diagnostic
from perftool.profiling.capture import Function
from perftool.profiling.origins import origin, place
from perftool.profiling.shares import by_stack
from perftool.stats.slope import theil_sen
from perftool.units.display import format_bytes, format_percent, format_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perftool.profiling.capture import Capture
    from perftool.stats.slope import Slope

#: A line is a storm from so many temporary allocations, such a share of all allocations, and so many a second.
#: source: an allocation and its release take about 100 ns: these are 0.05 s, and 1 % of a core once memray, which slows
#: such code four times, is gone
STORM_LEAST: Final = 500_000
STORM_SHARE: Final = 0.2
STORM_RATE: Final = 25_000.0
#: source: shorter runs are still filling their caches; fewer points give no slope that can be told from none
LEAK_LEAST_S: Final = 3.0
LEAK_POINTS: Final = 24
#: What it must have grown by in the second half, in bytes and of what was held in its middle.
LEAK_BYTES: Final = 1 << 20
LEAK_SHARE: Final = 0.05
#: What is held at the end and was allocated by the run must explain so much of that.
LEAK_EXPLAINED: Final = 0.5
_MOST_POINTS: Final = 160


def storms(capture: Capture, root: str) -> Iterator[Diagnostic]:
    """PROF004: a line allocates and releases so much that this alone costs time."""
    temporary, allocated = capture.index("temporary_objects"), capture.index("alloc_objects")
    seconds = capture.duration_ns / 1e9
    if temporary is None or allocated is None or not seconds:
        return
    whole = capture.total(allocated)
    lines: dict[tuple[str, str, int], int] = {}
    for stack, value in by_stack(capture, temporary).items():
        key = _own_line(capture, capture.stacks[stack])
        if key is not None:
            lines[key] = lines.get(key, 0) + value
    for (name, file, line), number in sorted(lines.items(), key=lambda item: (-item[1], item[0])):
        if number < STORM_LEAST or number / whole < STORM_SHARE or number / seconds < STORM_RATE:
            return
        yield Diagnostic(
            code="PROF004",
            severity="info",
            name="allocation-storm",
            message=f"{name} ({_at(file, line, root)}) made {format_value(number, 'count')} temporary allocations, "
            f"{format_value(number / seconds, 'count')} a second and {format_percent(number / whole)} of all",
            help="make such objects once outside of the loop, or work on many at a time; "
            f"perftool profile view latest --value temporary_objects --list '{_bare(name)}' shows the lines",
            evidence={"temporary": number, "per_second": number / seconds, "share": number / whole, "line": line},
            key=f"allocation-storm {name}",
        )


def leak(capture: Capture, heap: Sequence[tuple[float, int, int]], root: str) -> Iterator[Diagnostic]:
    """PROF005: what is held grows all the time, and is still held at the end."""
    held = capture.index("inuse_space")
    grown = growth(heap)
    if held is None or grown is None:
        return
    slope, gained = grown
    lines = {key: value for key, value in _held_by_line(capture, held).items() if value >= LEAK_EXPLAINED * gained}
    if not lines:
        return
    (name, file, line), kept = max(lines.items(), key=lambda item: (item[1], item[0]))
    yield Diagnostic(
        code="PROF005",
        severity="warning",
        name="linear-leak",
        message=f"memory grew all the time, by {format_bytes(slope.center)} a second "
        f"[{format_bytes(slope.lo)}, {format_bytes(slope.hi)}]; {name} ({_at(file, line, root)}) allocated "
        f"{format_bytes(kept)} that was still held at the end",
        help=f"find who keeps it: perftool profile view latest --value inuse_space --peek '{name.rpartition('.')[2]}'",
        evidence={"bytes_per_second": slope.center, "held_bytes": kept, "line": line},
        key=f"linear-leak {name}",
    )


def growth(heap: Sequence[tuple[float, int, int]]) -> tuple[Slope, float] | None:
    """Return the slope of the heap over the second half of a run, and what it gained there; None where none is sure.

    Neither of its last two quarters may stand still: what fills up and then stays is a cache, no leak.
    """
    if len(heap) < LEAK_POINTS or heap[-1][0] - heap[0][0] < LEAK_LEAST_S:
        return None
    middle = (heap[0][0] + heap[-1][0]) / 2
    half = [(at, size) for at, size, _ in heap if at >= middle]
    three = (middle + heap[-1][0]) / 2
    slopes = [_slope(half)] + [_slope([one for one in half if (one[0] >= three) is late]) for late in (False, True)]
    whole = slopes[0]
    if whole is None or any(one is None or one.lo <= 0 for one in slopes):
        return None
    gained = whole.center * (half[-1][0] - half[0][0])
    if gained < LEAK_BYTES or gained < LEAK_SHARE * half[0][1]:
        return None
    return whole, gained


def _slope(points: Sequence[tuple[float, int]]) -> Slope | None:
    step = max(1, len(points) // _MOST_POINTS)
    some = points[::step]
    return theil_sen([at for at, _ in some], [float(size) for _, size in some]) if len(some) > 4 else None


def _held_by_line(capture: Capture, at: int) -> dict[tuple[str, str, int], int]:
    found: dict[tuple[str, str, int], int] = {}
    for stack, value in by_stack(capture, at).items():
        key = _own_line(capture, capture.stacks[stack])
        if key is not None:
            found[key] = found.get(key, 0) + value
    return found


def _own_line(capture: Capture, stack: Sequence[int]) -> tuple[str, str, int] | None:
    """Return function and line of the innermost frame of the user's own, else of any Python frame."""
    other = None
    for frame in reversed(stack):
        function = capture.function_of(frame)
        if function.kind != "python":
            continue
        key = (function.name, function.file, capture.frames[frame].line)
        if origin(function) == "own":
            return key
        other = other or key
    return other


def _at(file: str, line: int, root: str) -> str:
    shown = place(Function("", file), root)
    return f"{shown}:{line}" if line else shown


def _bare(name: str) -> str:
    return name.rpartition(".")[2]

"""Keep the statements that took longest, and say why each did."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Final, NamedTuple

from perftool.model.batch import SlowStatement
from perftool.units.display import format_bytes, format_duration

if TYPE_CHECKING:
    from perftool.batch.lines import Line

KEPT: Final = 10
FAR: Final = 10.0
"""How many times the median a statement takes that is called an outlier."""

_HALF: Final = 0.5
_LARGE: Final = 5.0


class Seen(NamedTuple):
    """A statement with what is known of its run; the longest is the greatest, the later of two equal ones less."""

    seconds: float
    later: int
    line: Line
    gc_seconds: float
    first: bool


class Slowest:
    """The statements that took longest so far."""

    def __init__(self, most: int = KEPT) -> None:
        self._most = most
        self._heap: list[Seen] = []

    def take(self, line: Line, gc_seconds: float, *, first: bool) -> None:
        """Look at one statement that was worked."""
        if len(self._heap) < self._most:
            heapq.heappush(self._heap, Seen(line.seconds, -line.number, line, gc_seconds, first))
        elif line.seconds > self._heap[0].seconds:
            heapq.heapreplace(self._heap, Seen(line.seconds, -line.number, line, gc_seconds, first))

    def told(self, median_s: float, median_size: float) -> tuple[SlowStatement, ...]:
        """Return them, longest first, with the reason of each that took far longer than the median."""
        return tuple(_told(one, median_s, median_size) for one in sorted(self._heap, reverse=True))


def _told(seen: Seen, median_s: float, median_size: float) -> SlowStatement:
    line = seen.line
    outlier = line.status in ("timeout", "killed", "memory") or line.seconds > FAR * median_s
    return SlowStatement(
        number=line.number,
        path=line.path,
        line=line.line,
        digest=line.digest,
        size=line.bytes,
        seconds=line.seconds,
        cpu_seconds=line.cpu_seconds,
        status=line.status,
        outlier=outlier,
        reason=reason(seen, median_s, median_size) if outlier else "",
    )


def reason(seen: Seen, median_s: float, median_size: float) -> str:
    """Return why a statement took far longer than most: the first of the known causes that makes up half of it."""
    line = seen.line
    half = _HALF * (line.seconds - median_s)
    if line.status != "ok" and line.status != "failed":
        return {"timeout": "time-out", "killed": "its worker died"}.get(line.status, "its worker grew too large")
    if seen.gc_seconds >= half:
        return f"garbage was collected for {format_duration(seen.gc_seconds)} in it"
    if line.seconds - line.cpu_seconds >= half:
        return f"had the processor for {format_duration(line.cpu_seconds)} of it only"
    if median_size and line.bytes >= _LARGE * median_size:
        return f"is {format_bytes(line.bytes)} long, {line.bytes / median_size:,.0f} times the median"
    if seen.first:
        return "the first of its worker"
    return "no known cause"

"""Memory over time, of several processes together, in as many points as a plot can show."""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.profiling.heap import Point

#: Points of a curve: a plot is not much wider.
MOST_POINTS: Final = 400


def curve(processes: Sequence[Sequence[Point]], most: int = MOST_POINTS) -> tuple[Point, ...]:
    """Return memory of all processes together, in seconds since the first point.

    Each process counts from its first point to its last with what it held last. Where there are more points than
    ``most``, each stands for a stretch and has the largest sum within it, so that no peak is lost.
    """
    alive = [points for points in processes if points]
    if not alive:
        return ()
    moments = sorted({point[0] for points in alive for point in points})
    first = moments[0]
    sums = [(at - first, *_sums(alive, at)) for at in moments]
    if len(sums) <= most:
        return tuple(sums)
    edges = [len(sums) * step // most for step in range(most + 1)]
    return tuple(
        (
            sums[start][0],
            max(heap for _, heap, _ in sums[start:end]),
            max(resident for _, _, resident in sums[start:end]),
        )
        for start, end in pairwise(edges)
    )


def _sums(processes: Sequence[Sequence[Point]], at: float) -> tuple[int, int]:
    heap = resident = 0
    for points in processes:
        if points[0][0] <= at <= points[-1][0]:
            held = points[bisect_right(points, at, key=lambda point: point[0]) - 1]
            heap += held[1]
            resident += held[2]
    return heap, resident

"""Draw distributions as one line of characters each: dots, the centre, its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.render.document import Series


def extent(series: Sequence[Series]) -> tuple[float, float]:
    """Return the lowest and highest value that an axis common to ``series`` must show."""
    points = [v for s in series for v in (*s.values, s.center)]
    points += [b for s in series for b in (s.lo, s.hi) if b is not None]
    return (min(points), max(points)) if points else (0.0, 0.0)


def position(value: float, low: float, high: float) -> float:
    """Return where ``value`` stands between ``low`` (0) and ``high`` (1); the middle where they are equal."""
    return (value - low) / (high - low) if high > low else 0.5


def strip(series: Sequence[Series], columns: int, *, ascii_only: bool) -> list[str]:
    """Return a line of ``columns`` characters for each of ``series``, all on one axis."""
    dots, line, centre = (".:#", "-", "|") if ascii_only else ("·:⁝", "─", "┃")
    low, high = extent(series)
    drawn: list[str] = []
    for one in series:
        cells = [" "] * columns
        if one.lo is not None and one.hi is not None:
            left, right = (round(position(v, low, high) * (columns - 1)) for v in (one.lo, one.hi))
            cells[left : right + 1] = line * (right + 1 - left)
        counts = [0] * columns
        for value in one.values:
            counts[round(position(value, low, high) * (columns - 1))] += 1
        for index, count in enumerate(counts):
            if count:
                cells[index] = dots[min(count, len(dots)) - 1]
        cells[round(position(one.center, low, high) * (columns - 1))] = centre
        drawn.append("".join(cells))
    return drawn

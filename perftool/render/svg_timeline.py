"""Draw a series over time as an inline SVG that stretches with the page: dots, levels, changes."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from perftool.render.strip import position
from perftool.render.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.render.document import Point, Timeline

_HEIGHT: Final = 150
# Above the plot is room for the numbers of the changes, in rows, so that near ones do not meet.
_TOP: Final = 30
_ROWS: Final = (11, 23)
_BOTTOM: Final = 6
_SIDE: Final = 1.5
_NEAR: Final = 4.0
# With more points than this their own intervals would be a grey mass.
_MOST_WHISKERS: Final = 150


def scale(line: Timeline) -> str:
    """Return the names of the value axis, to stand left of the plot."""
    parts = [
        f'<text x="100%" dx="-8" y="{_y(tick.value, line) + 4:.1f}" text-anchor="end">{_escaped(tick.text)}</text>'
        for tick in line.ticks
    ]
    return f'<svg aria-hidden="true">{"".join(parts)}</svg>'


def timeline(line: Timeline) -> str:
    """Return the plot; what a point says shows when the pointer rests on it."""
    said = f"{line.label}: {len(line.points)} runs, now {line.text}"
    said += "".join(f"; {turn.text}" for turn in line.turns)
    drawn = "".join((*_grid(line), *_levels(line), *_points(line), *_turns(line)))
    return f'<svg role="img" class="line" aria-label="{_escaped(said)}">{drawn}</svg>'


def _grid(line: Timeline) -> Iterator[str]:
    for tick in line.ticks:
        y = f"{_y(tick.value, line):.1f}"
        yield f'<line class="grid" x1="0" x2="100%" y1="{y}" y2="{y}"/>'


def _levels(line: Timeline) -> Iterator[str]:
    for one in line.stretches:
        left, right = _x(one.first - 0.4, line), _x(one.last + 0.4, line)
        if one.lo is not None and one.hi is not None:
            top, bottom = _y(one.hi, line), _y(one.lo, line)
            yield (
                f'<rect class="band" x="{left:.2f}%" width="{right - left:.2f}%" y="{top:.1f}"'
                f' height="{max(bottom - top, 1):.1f}"/>'
            )
        y = f"{_y(one.value, line):.1f}"
        yield f'<line class="level" x1="{left:.2f}%" x2="{right:.2f}%" y1="{y}" y2="{y}"/>'


def _points(line: Timeline) -> Iterator[str]:
    whiskers = len(line.points) <= _MOST_WHISKERS
    for index, point in enumerate(line.points):
        x = f"{_x(index, line):.2f}%"
        if whiskers and point.lo is not None and point.hi is not None and point.lo < point.hi:
            yield (
                f'<line class="whisker" x1="{x}" x2="{x}" y1="{_y(point.hi, line):.1f}" y2="{_y(point.lo, line):.1f}"/>'
            )
        yield (
            f'<circle class="{_kind(point, line)}" cx="{x}" cy="{_y(point.value, line):.1f}" r="3">'
            f"<title>{_escaped(point.text)}</title></circle>"
        )


def _kind(point: Point, line: Timeline) -> str:
    return "dot" if line.low <= point.value <= line.high else "far"


def _turns(line: Timeline) -> Iterator[str]:
    last, row = -100.0, 0
    for number, turn in enumerate(line.turns, start=1):
        x = _x(turn.at - 0.5, line)
        row = (row + 1) % len(_ROWS) if x - last < _NEAR else 0
        last = x
        place, top = f"{x:.2f}%", _ROWS[row]
        yield (
            f'<line class="turn {turn.tone}" x1="{place}" x2="{place}" y1="{top + 3}" y2="{_HEIGHT - _BOTTOM}">'
            f"<title>{_escaped(turn.text)}</title></line>"
        )
        yield f'<text class="turn {turn.tone}" x="{place}" y="{top}" text-anchor="middle">{number}</text>'


def _x(index: float, line: Timeline) -> float:
    """Return where a point stands, in per cent of the width."""
    share = position(index, 0, max(1, len(line.points) - 1))
    return min(100.0, max(0.0, _SIDE + share * (100 - 2 * _SIDE)))


def _y(value: float, line: Timeline) -> float:
    """Return the height of ``value`` in pixels from above; what is off the axis stands at its edge."""
    share = min(1.0, max(0.0, position(value, line.low, line.high)))
    return _HEIGHT - _BOTTOM - share * (_HEIGHT - _BOTTOM - _TOP)


def _escaped(text: str) -> str:
    return escape(visible(text), quote=True)

"""Draw a distribution as a small inline SVG that stretches with the page."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from perftool.render.strip import position
from perftool.render.visible import visible

if TYPE_CHECKING:
    from perftool.render.document import Series

_HEIGHT = 26
_MARGIN = 1.5
# Dots that fall on one place are spread over these heights, in the order taken.
_LEVELS = (0, -5, 5, -2.5, 2.5)


def distribution(series: Series, low: float, high: float) -> str:
    """Return a dot per value, a bar over the interval and a tick at the centre, on the axis ``low`` to ``high``."""
    middle = _HEIGHT / 2
    parts = [f'<line class="axis" x1="0" x2="100%" y1="{middle:g}" y2="{middle:g}"/>']
    if series.lo is not None and series.hi is not None:
        left, right = _percent(series.lo, low, high), _percent(series.hi, low, high)
        parts.append(f'<line class="bar" x1="{left}" x2="{right}" y1="{middle:g}" y2="{middle:g}"/>')
    for index, value in enumerate(series.values):
        height = middle + _LEVELS[index % len(_LEVELS)]
        parts.append(f'<circle class="dot" cx="{_percent(value, low, high)}" cy="{height:g}" r="2.6"/>')
    center = _percent(series.center, low, high)
    parts.append(f'<line class="tick" x1="{center}" x2="{center}" y1="3" y2="{_HEIGHT - 3}"/>')
    label = escape(visible(f"{series.label}: {series.text}, {len(series.values)} values"), quote=True)
    return f'<svg role="img" class="{series.tone}" aria-label="{label}">{"".join(parts)}</svg>'


def _percent(value: float, low: float, high: float) -> str:
    return f"{_MARGIN + position(value, low, high) * (100 - 2 * _MARGIN):.2f}%"

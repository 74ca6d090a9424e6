"""Draw a distribution, and names below its axis, as small inline SVGs that stretch with the page."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from perftool.render.strip import position
from perftool.render.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from perftool.render.document import Guide, Series

_HEIGHT = 26
_MARGIN = 1.5
# Dots that fall on one place are spread over these heights, in the order taken.
_LEVELS = (0, -5, 5, -2.5, 2.5)
# Names of places on an axis must be this share of its length apart to be read.
_APART = 0.16


def distribution(series: Series, low: float, high: float, guides: Iterable[Guide] = ()) -> str:
    """Return a dot per value, a bar over the interval and a tick at the centre, on the axis ``low`` to ``high``."""
    middle = _HEIGHT / 2
    parts = [f'<line class="axis" x1="0" x2="100%" y1="{middle:g}" y2="{middle:g}"/>']
    for guide in guides:
        if not guide.text:
            continue  # holds room on the axis and means nothing
        place = _percent(guide.value, low, high)
        parts.append(f'<line class="guide {guide.tone}" x1="{place}" x2="{place}" y1="0" y2="{_HEIGHT}"/>')
    if series.lo is not None and series.hi is not None:
        left, right = _percent(series.lo, low, high), _percent(series.hi, low, high)
        parts.append(f'<line class="bar" x1="{left}" x2="{right}" y1="{middle:g}" y2="{middle:g}"/>')
    for index, value in enumerate(series.values):
        height = middle + _LEVELS[index % len(_LEVELS)]
        parts.append(f'<circle class="dot" cx="{_percent(value, low, high)}" cy="{height:g}" r="2.6"/>')
    center = _percent(series.center, low, high)
    parts.append(f'<line class="tick" x1="{center}" x2="{center}" y1="3" y2="{_HEIGHT - 3}"/>')
    label = escape(visible(f"{series.label}: {series.text}, {len(series.values)} values"), quote=True)
    return f'<svg role="img" class="strip {series.tone}" aria-label="{label}">{"".join(parts)}</svg>'


def named_places(guides: Iterable[Guide], low: float, high: float) -> str:
    """Return the names of ``guides`` below their places; where two would meet the later one is left out."""
    parts: list[str] = []
    taken: list[float] = []
    for guide in guides:
        share = position(guide.value, low, high)
        if guide.text and all(abs(share - other) > _APART for other in taken):
            taken.append(share)
            anchor = "start" if share < _APART / 2 else "end" if share > 1 - _APART / 2 else "middle"
            place = _percent(guide.value, low, high)
            text = escape(visible(guide.text), quote=True)
            parts.append(f'<text class="{guide.tone}" x="{place}" y="11" text-anchor="{anchor}">{text}</text>')
    return f'<svg class="names" aria-hidden="true">{"".join(parts)}</svg>'


def _percent(value: float, low: float, high: float) -> str:
    return f"{_MARGIN + position(value, low, high) * (100 - 2 * _MARGIN):.2f}%"

"""A sheet of SVG: lines, dots and words in the few colours of the study's pictures."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import Final, Literal

INK: Final = "#1f2937"
QUIET: Final = "#6b7280"
FAINT: Final = "#d1d5db"
CALM: Final = "#2563eb"
ALARM: Final = "#dc2626"
BAND: Final = "#e0e7ff"
_FONT: Final = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"

Anchor = Literal["start", "middle", "end"]


@dataclass
class Sheet:
    """A white sheet of ``width`` by ``height`` with a title; ``text`` says for readers without eyes what it shows."""

    width: int
    height: int
    title: str
    text: str
    _parts: list[str] = field(default_factory=list)

    def line(self, x1: float, y1: float, x2: float, y2: float, color: str = FAINT, width: float = 1.0) -> None:
        """Draw a line."""
        ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
        self._parts.append(f'<line {ends} stroke="{color}" stroke-width="{width:g}"/>')

    def dashes(self, x1: float, y1: float, x2: float, y2: float, color: str) -> None:
        """Draw a dashed line."""
        ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
        self._parts.append(f'<line {ends} stroke="{color}" stroke-width="1.2" stroke-dasharray="5 4"/>')

    def dot(self, x: float, y: float, color: str, radius: float = 2.4) -> None:
        """Draw a dot through which its neighbours shine."""
        place = f'cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}"'
        self._parts.append(f'<circle {place} fill="{color}" fill-opacity="0.55"/>')

    def box(self, x: float, y: float, width: float, height: float, color: str) -> None:
        """Draw a filled box."""
        size = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
        self._parts.append(f'<rect {size} fill="{color}"/>')

    def write(self, x: float, y: float, words: str, color: str = INK, size: int = 13, anchor: Anchor = "start") -> None:
        """Write ``words`` on the line at ``y``."""
        place = f'x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{color}" text-anchor="{anchor}"'
        self._parts.append(f"<text {place}>{escape(words)}</text>")

    def render(self) -> str:
        """Return the picture."""
        box = f'viewBox="0 0 {self.width} {self.height}" width="{self.width}" height="{self.height}"'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img" font-family="{escape(_FONT)}">'
        paper = f'<rect width="{self.width}" height="{self.height}" rx="8" fill="#ffffff"/>'
        label = f"<title>{escape(self.title)}</title><desc>{escape(self.text)}</desc>"
        words = f'<text x="20" y="30" font-size="17" font-weight="600" fill="{INK}">{escape(self.title)}</text>'
        return "\n".join([head, label, paper, words, *self._parts, "</svg>", ""])


@dataclass(frozen=True)
class Scale:
    """Maps values from ``low`` to ``high`` onto ``start`` to ``end``; what lies beyond is drawn at the edge."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place of ``value``."""
        inside = min(max(value, self.low), self.high)
        return self.start + (inside - self.low) / (self.high - self.low) * (self.end - self.start)

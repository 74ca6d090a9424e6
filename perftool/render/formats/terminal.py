"""Coloured text for terminals; the same lines as plain text, so colour carries no meaning of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.render.api import Format

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.model.report import Report
    from perftool.render.api import RenderOptions
    from perftool.render.layout import Line

# source: ECMA-48, 8.3.117, Select Graphic Rendition
_STYLES: Final = {"plain": "", "good": "32", "bad": "1;31", "warn": "33", "muted": "2", "strong": "1"}


def render(report: Report, options: RenderOptions) -> str:
    """Return ``report`` as lines with terminal colours where ``options.colour`` is set."""
    return "".join(pieces(report, options))


def pieces(report: Report, options: RenderOptions) -> Iterator[str]:
    """Return what ``render`` returns bit by bit."""
    from perftool.render.portions import portions
    from perftool.render.report_lines import report_lines

    laid_out = report_lines(report, options)
    if not options.colour:
        return portions("".join([text for text, _ in line]).rstrip() + "\n" for line in laid_out)
    return portions(_coloured(line) for line in laid_out)


def _coloured(line: Line) -> str:
    """Return one line with its styles, nothing blank at its end."""
    kept = len("".join([text for text, _ in line]).rstrip())
    drawn: list[str] = []
    for text, tone in line:
        shown = text[:kept]
        kept -= len(shown)
        style = _STYLES[tone]
        drawn.append(f"\x1b[{style}m{shown}\x1b[0m" if style and shown else shown)
    return "".join(drawn) + "\n"


FORMAT = Format(name="terminal", suffixes=(), kinds=None, render=render, pieces=pieces)

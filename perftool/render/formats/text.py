"""Plain text: what a terminal shows, without colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.render.api import Format

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.model.report import Report
    from perftool.render.api import RenderOptions


def render(report: Report, options: RenderOptions) -> str:
    """Return ``report`` as lines no wider than asked for."""
    # Gathered as bytes: a string holds every character of a text as wide as its widest.
    text = bytearray()
    for piece in pieces(report, options):
        text += piece.encode("utf-8", "surrogatepass")
    return text.decode("utf-8", "surrogatepass")


def pieces(report: Report, options: RenderOptions) -> Iterator[str]:
    """Return what ``render`` returns bit by bit."""
    from perftool.render.portions import portions
    from perftool.render.report_lines import report_lines

    laid_out = report_lines(report, options)
    return portions("".join([text for text, _ in line]).rstrip() + "\n" for line in laid_out)


FORMAT = Format(name="text", suffixes=(".txt",), kinds=None, render=render, pieces=pieces)

"""Plain text: what a terminal shows, without colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.render.api import Format

if TYPE_CHECKING:
    from perftool.model.report import Report
    from perftool.render.api import RenderOptions


def render(report: Report, options: RenderOptions) -> str:
    """Return ``report`` as lines no wider than asked for."""
    from perftool.render.dispatch import present
    from perftool.render.layout import lines

    laid_out = lines(present(report, options), options)
    plain = ("".join([text for text, _ in line]).rstrip() + "\n" for line in laid_out)
    # Gathered as bytes: a string holds every character of a text as wide as its widest.
    text = bytearray()
    for line in plain:
        text += line.encode("utf-8", "surrogatepass")
    return text.decode("utf-8", "surrogatepass")


FORMAT = Format(name="text", suffixes=(".txt",), kinds=None, render=render)

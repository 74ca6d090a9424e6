"""Plain text: what a terminal shows, without colour."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from perftool.render.api import Format

if TYPE_CHECKING:
    from perftool.model.report import Report
    from perftool.render.api import RenderOptions

_AT_ONCE: Final = 500


def render(report: Report, options: RenderOptions) -> str:
    """Return ``report`` as lines no wider than asked for."""
    from perftool.render.dispatch import present
    from perftool.render.layout import lines

    laid_out = lines(present(report, options), options)
    plain = ("".join([text for text, _ in line]).rstrip() + "\n" for line in laid_out)
    # Joined by the hundred: a long string costs its characters, a short one as much again for itself.
    return "".join(iter(lambda: "".join(islice(plain, _AT_ONCE)), ""))


FORMAT = Format(name="text", suffixes=(".txt",), kinds=None, render=render)

"""Coloured text for terminals; the same lines as plain text, so colour carries no meaning of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.render.api import Format

if TYPE_CHECKING:
    from perftool.model.report import Report
    from perftool.render.api import RenderOptions

_STYLES: Final = {"plain": "", "good": "green", "bad": "bold red", "warn": "yellow", "muted": "dim", "strong": "bold"}


def render(report: Report, options: RenderOptions) -> str:
    """Return ``report`` as lines with terminal colours where ``options.colour`` is set."""
    import io

    from rich.console import Console
    from rich.text import Text

    from perftool.render.dispatch import present
    from perftool.render.layout import lines

    out = io.StringIO()
    # The caller has looked at the terminal and the environment already: rich must not look again.
    console = Console(
        file=out,
        width=max(options.width, 1) + 1,
        color_system="standard" if options.colour else None,
        force_terminal=options.colour,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
        _environ={},
    )
    for line in lines(present(report, options), options):
        text = Text(no_wrap=True, overflow="ignore", end="")
        for span, tone in line:
            text.append(span, style=_STYLES[tone])
        text.rstrip()
        console.print(text, soft_wrap=True, crop=False)
    return out.getvalue()


FORMAT = Format(name="terminal", suffixes=(), kinds=None, render=render)

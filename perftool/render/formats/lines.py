"""One line per finding, for editors and for grep: ``path:line:column: CODE severity message``, then the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.render.api import Format

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.model.report import Report
    from perftool.render.api import RenderOptions


def render(report: Report, options: RenderOptions) -> str:
    """Return the findings of ``report``, one a line, never wrapped; the last line is the verdict."""
    return "".join(pieces(report, options))


def pieces(report: Report, options: RenderOptions) -> Iterator[str]:
    """Return what ``render`` returns bit by bit."""
    from perftool.render.portions import portions

    return portions(_lines(report, options))


def _lines(report: Report, options: RenderOptions) -> Iterator[str]:
    from perftool.render.document import MARKS
    from perftool.render.finding_lines import one_line
    from perftool.render.visible import to_ascii, visible

    spell = to_ascii if options.ascii_only else str
    if not options.quiet:
        for one in report.diagnostics:
            yield spell(one_line(one)) + "\n"
    yield spell(visible(f"{MARKS[report.verdict.outcome]} {report.verdict.headline}")) + "\n"


FORMAT = Format(name="lines", suffixes=(), kinds=frozenset({"lint"}), render=render, pieces=pieces)

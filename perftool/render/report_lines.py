"""A whole report as lines of a fixed width, for plain text and for terminals."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.model.report import Report
    from perftool.render.api import RenderOptions
    from perftool.render.layout import Line


def report_lines(report: Report, options: RenderOptions) -> Iterator[Line]:
    """Return the lines of ``report``: presented at once, laid out while they are taken."""
    from perftool.render.dispatch import present
    from perftool.render.layout import lines

    document = present(report, options)
    if report.kind != "lint":
        return lines(document, options)
    from perftool.render.finding_lines import with_findings

    return with_findings(report, document, options)

"""JSON: the report itself, as it is stored and read back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.render.api import Format

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.model.report import Report
    from perftool.render.api import RenderOptions


def render(report: Report, _: RenderOptions) -> bytes:
    """Return the encoded report."""
    from perftool.store.reports import encode

    return encode(report)


def pieces(report: Report, _: RenderOptions) -> Iterator[bytes]:
    """Return what ``render`` returns bit by bit."""
    from perftool.store import reports

    return reports.pieces(report)


FORMAT = Format(name="json", suffixes=(".json",), kinds=None, render=render, pieces=pieces)

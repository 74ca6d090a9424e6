"""Geometric means of columns."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from perftool.model.comparison import Geomean
from perftool.stats.geomean import geomean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.model.comparison import Row


def of_column(rows: Sequence[Row], base: int, column: int) -> Geomean:
    """Return the geometric means of one column, with what makes them doubtful."""
    cells = [(row.cells[base], cell) for row in rows if (cell := row.cells[column]) is not None]
    matched = [(old.summary.center, cell.summary.center) for old, cell in cells if old is not None]
    center = geomean([cell.summary.center for _, cell in cells])
    warnings: list[str] = []
    if column != base and len(matched) != sum(1 for row in rows if row.cells[base] is not None):
        warnings.append("benchmark set differs from baseline; geomeans may not be comparable")
    if center is None:
        warnings.append("summaries must be >0 to compute geomean")
    if column == base:
        return Geomean(center=center, ratio=None, warnings=tuple(warnings))
    ratios = [1.0 if old == new else new / old if old else math.nan for old, new in matched]
    ratio = None if any(map(math.isnan, ratios)) else geomean(ratios)
    if ratio is None:
        warnings.append("ratios must be >0 to compute geomean")
    return Geomean(center=center, ratio=ratio, warnings=tuple(warnings))

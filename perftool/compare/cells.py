"""The cell of one row and column: its values, summarized."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from perftool.compare.matcher import differing
from perftool.model.comparison import Cell, Summary
from perftool.stats.interval import summarize, summarize_exact
from perftool.stats.sample import block_medians
from perftool.units.plain import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.compare.matcher import Pool


class CellMaker:
    """Makes cells; those that say the same of a constant (most counters) are one cell.

    cost: a cell shares the packed values of the only series in it, nothing is copied.
    """

    def __init__(self, confidence: float, residue_fields: Sequence[str]) -> None:
        self._confidence = confidence
        self._residue_fields = residue_fields
        self._constants: dict[tuple[bytes, int, int, bool], tuple[Cell, array[float]]] = {}
        self._shared: set[int] = set()

    def cell(self, pool: Pool, *, exact: bool) -> Cell:
        """Make the cell of what is in ``pool``."""
        values = _values(pool, exact=exact)
        samples = sum(len(series.values) for series in pool.series)
        residue = differing(pool, self._residue_fields)
        one = values[:1].tobytes()  # bytes, because 0.0 equals -0.0 but is not written like it
        if residue or values.tobytes() != one * len(values):
            return Cell(summary=self._summary(values, exact=exact), values=values, samples=samples, residue=residue)
        key = (one, len(values), samples, exact)
        cell, same = self._constants.get(key, (None, values))
        if cell is None:
            cell = Cell(summary=self._summary(values, exact=exact), values=values, samples=samples)
            self._constants[key] = cell, values
            self._shared.add(id(cell))
        elif pool.first.values is values:
            pool.first.values = same  # lets go of its equal
        return cell

    def shared(self, cell: Cell) -> bool:
        """Tell whether ``cell`` is that of a constant, so that others may be the same."""
        return id(cell) in self._shared

    def _summary(self, values: array[float], *, exact: bool) -> Summary:
        stats = summarize_exact(values) if exact else summarize(values, self._confidence)
        warnings: tuple[str, ...] = ()
        if exact and stats.lo != stats.hi:
            warnings = (
                f"exact distribution expected, but values range from {plain(min(values))} to {plain(max(values))}",
            )
        elif not exact and (stats.lo is None or stats.hi is None):
            needed = f"{stats.needed}" if stats.needed else "more than 50"
            warnings = (f"needs {needed} blocks for an interval at confidence {plain(self._confidence)}",)
        return Summary(center=stats.center, lo=stats.lo, hi=stats.hi, n=stats.n, warnings=warnings)


def _values(pool: Pool, *, exact: bool) -> array[float]:
    if not pool.more and (exact or pool.first.blocks is None):
        return pool.first.values
    values = array("d")
    for series in pool.series:
        blocks = None if exact else series.blocks
        values.extend(series.values if blocks is None else block_medians(series.values, blocks))
    return values

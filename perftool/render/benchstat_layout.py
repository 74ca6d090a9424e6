"""The grid that benchstat's text tables are set in: columns as wide as needed, cells that span several."""

from __future__ import annotations

from typing import Literal

import msgspec

Align = Literal["left", "center", "right"]


class GridCell(msgspec.Struct, frozen=True, gc=False):
    """A text at a row and a column, with what stands to its left (``margin``) and how many columns it spans."""

    row: int
    column: int
    text: str
    margin: str
    align: Align = "left"
    span: int = 1


class Grid:
    """Cells of one table, added in any order.

    ``shrink`` are the columns that no spanning cell widens.
    """

    def __init__(self, columns: int, shrink: frozenset[int]) -> None:
        self._columns = columns
        self._shrink = shrink
        self._cells: list[GridCell] = []

    def add(
        self,
        row: int,
        column: int,
        text: str,
        *,
        margin: str | None = None,
        align: Align = "left",
        span: int = 1,
    ) -> None:
        """Place ``text``; without ``margin`` it is one space, none in column 0 and for an empty text."""
        if margin is None:
            margin = " " if column and text else ""
        self._cells.append(GridCell(row, column, text, margin, align, span))

    def lines(self) -> str:
        """Return the table, a newline after each row."""
        margins = self._margins()
        widths = self._widths(margins)
        offsets = [sum(widths[:column]) for column in range(self._columns)]
        pieces: list[str] = []
        row = position = 0
        for cell in sorted(self._cells, key=lambda cell: (cell.row, cell.column)):
            if not cell.text.strip() and not cell.margin.strip():
                continue
            if cell.row > row:
                pieces.append("\n" * (cell.row - row))
                row, position = cell.row, 0
            room = sum(widths[cell.column : cell.column + cell.span]) - margins[cell.column]
            # After a text wider than its room the gap is negative: benchstat counts it so, but pads as many spaces.
            gap = offsets[cell.column] - position
            placed = cell.margin.rjust(margins[cell.column]) + _aligned(cell, room)
            pieces.append(" " * abs(gap) + placed)
            position += gap + len(placed)
        return "".join(pieces) + "\n"

    def _margins(self) -> list[int]:
        margins = [0] * self._columns
        for cell in self._cells:
            margins[cell.column] = max(margins[cell.column], len(cell.margin))
        return margins

    def _widths(self, margins: list[int]) -> list[int]:
        widths = [0] * self._columns
        for cell in self._cells:
            if cell.span == 1:
                widths[cell.column] = max(widths[cell.column], margins[cell.column] + len(cell.text))
        for cell in sorted(self._cells, key=lambda cell: cell.span):
            if cell.span > 1:
                self._widen(widths, cell, margins[cell.column] + len(cell.text))
        return widths

    def _widen(self, widths: list[int], cell: GridCell, need: int) -> None:
        """Share the ``need`` of a spanning cell evenly among the columns that may grow, the widest first."""
        spanned = range(cell.column, cell.column + cell.span)
        if sum(widths[column] for column in spanned) >= need:
            return
        need -= sum(widths[column] for column in spanned if column in self._shrink)
        growing = sorted((column for column in spanned if column not in self._shrink), key=lambda c: -widths[c])
        for left, column in zip(range(len(growing), 0, -1), growing, strict=True):
            widths[column] = max(widths[column], -(-need // left))
            need -= widths[column]


def _aligned(cell: GridCell, room: int) -> str:
    gap = room - len(cell.text)
    if cell.align == "right":
        return " " * abs(gap) + cell.text
    if cell.align == "center":
        return " " * abs(int(gap / 2)) + cell.text
    return cell.text

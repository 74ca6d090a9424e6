"""Changes revised after all of them are known, everything else staying as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from perftool.model.comparison import Cell, Change, Row, Table


class Place(msgspec.Struct, frozen=True, gc=False):
    """Where a change stands: its table and row, the index of its column, its cell and the cell it was compared with."""

    table: Table
    row: Row
    column: int
    base: Cell
    cell: Cell
    change: Change


def places(tables: Sequence[Table]) -> Iterator[Place]:
    """Yield every change of ``tables`` in order."""
    for table in tables:
        for row in table.rows:
            yield from _places(table, row)


def revised(tables: Sequence[Table], revise: Callable[[Place], Change]) -> tuple[Table, ...]:
    """Return ``tables`` with what ``revise`` makes of each change.

    Rows of equal constants share their cells, and share them afterwards where ``revise`` gives the same object.
    """
    made: dict[tuple[int, int], tuple[Cell, Cell, Change]] = {}

    def cell_with(place: Place, change: Change) -> Cell:
        key = (id(place.cell), id(change))
        if key not in made:
            made[key] = msgspec.structs.replace(place.cell, change=change), place.cell, change
        return made[key][0]

    def row_of(table: Table, row: Row) -> Row:
        cells = list(row.cells)
        for place in _places(table, row):
            change = revise(place)
            if change is not place.change:
                cells[place.column] = cell_with(place, change)
        same = all(new is old for new, old in zip(cells, row.cells, strict=True))
        return row if same else msgspec.structs.replace(row, cells=tuple(cells))

    return tuple(
        msgspec.structs.replace(table, rows=tuple(row_of(table, row) for row in table.rows)) for table in tables
    )


def _places(table: Table, row: Row) -> Iterator[Place]:
    base = row.cells[table.columns[0]] if table.columns else None
    if base is None:
        return
    for column, cell in enumerate(row.cells):
        if cell is not None and cell.change is not None:
            yield Place(table, row, column, base, cell, cell.change)

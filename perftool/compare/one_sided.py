"""Benchmarks that are on one side only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.model.comparison import Unmatched

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.model.comparison import Column, Table


def unmatched(tables: Sequence[Table], columns: Sequence[Column]) -> tuple[Unmatched, ...]:
    """List the rows that the first column lacks or that another column lacks."""
    found: list[Unmatched] = []
    for table in tables:
        for row in table.rows:
            for index, column in enumerate(columns[1:], start=1):
                old, new = row.cells[0], row.cells[index]
                if old is not None and new is None:
                    found.append(Unmatched(name=row.label, unit=table.unit, state="missing", column=column.label))
                elif old is None and new is not None:
                    found.append(Unmatched(name=row.label, unit=table.unit, state="new", column=columns[0].label))
    return tuple(found)

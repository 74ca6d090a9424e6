"""Benchmarks that are on one side only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.model.comparison import Unmatched

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.model.comparison import Column, Table
    from perftool.model.paired import PairedRun


def unmatched(tables: Sequence[Table], columns: Sequence[Column]) -> tuple[Unmatched, ...]:
    """List the rows that the first column lacks or that another column lacks.

    What informs only (a tail that one run measured and the other did not) is no benchmark that came or went: it is
    listed only where nothing of the benchmark may fail and the other side has nothing of it at all.
    """
    found: list[Unmatched] = []
    gating = {row.label for table in tables for row in table.rows if row.gates}
    present = {
        (row.label, index)
        for table in tables
        for row in table.rows
        if row.label not in gating
        for index, cell in enumerate(row.cells)
        if cell is not None
    }
    for table in tables:
        for row in table.rows:
            if not row.gates and row.label in gating:
                continue
            for index, column in enumerate(columns[1:], start=1):
                old, new = row.cells[0], row.cells[index]
                if not row.gates and (row.label, 0) in present and (row.label, index) in present:
                    continue
                if old is not None and new is None:
                    found.append(Unmatched(name=row.label, unit=table.unit, state="missing", column=column.label))
                elif old is None and new is not None:
                    found.append(Unmatched(name=row.label, unit=table.unit, state="new", column=columns[0].label))
    return tuple(found)


def lost(run: PairedRun) -> tuple[Unmatched, ...]:
    """List the cases that one side of a run could not measure, with the reason."""
    labels = {side.name: side.label for side in run.sides}
    return tuple(
        Unmatched(
            name="/".join([one.suite, one.case, *(f"{k}={v}" for k, v in one.parameters.items())]),
            unit="",
            state="missing" if one.side == "now" else "new",
            column=labels[one.side],
            reason=one.reason,
        )
        for one in run.lost
    )

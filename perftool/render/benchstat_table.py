"""What benchstat says of a comparison: texts and warnings of every cell, computed again from the samples.

The payload's own summaries are right where benchstat is wrong, so nothing of them is used here: all numbers come
from ``perftool.stats.benchstat_quirks``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec

from perftool.stats import benchstat_quirks as quirks
from perftool.stats.interval import summarize_exact
from perftool.units.plain import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.model.comparison import Cell, ComparisonPayload, Row, Table


class Delta(msgspec.Struct, frozen=True, gc=False):
    """The change against the baseline cell: ``~`` or per cent, and p with the sizes."""

    text: str
    p_text: str
    warning: str | None


class Sampled(msgspec.Struct, frozen=True, gc=False):
    """A cell with samples: its centre, the text after ±, its warnings, and the change where there is a baseline."""

    center: float
    spread: str
    warnings: tuple[str, ...]
    delta: Delta | None


class Mean(msgspec.Struct, frozen=True, gc=False):
    """A column's cell of the geomean row; ``ratio`` is None in the first column."""

    center: float | None
    ratio: str | None
    warnings: tuple[str, ...]


class Body(msgspec.Struct, frozen=True, gc=False):
    """A table: the values of each column's header fields, labelled rows with a cell per column, and the means."""

    headers: tuple[tuple[str, ...], ...]
    rows: tuple[tuple[str, tuple[Sampled | None, ...]], ...]
    means: tuple[Mean, ...]


def body(payload: ComparisonPayload, table: Table) -> Body:
    """Compute ``table`` as benchstat does."""
    rows = tuple((row.label, _cells(payload, table, row)) for row in table.rows)
    columns = range(len(table.columns))
    return Body(
        headers=tuple(payload.columns[index].key for index in table.columns),
        rows=rows,
        means=tuple(_mean([cells for _, cells in rows], column) for column in columns),
    )


def key_lines(table: Table, previous: Table | None) -> list[str]:
    """Return ``field: value`` for each field of the table key that differs from the previous table's."""
    before = dict(previous.key) if previous else None
    return [f"{name}: {value}" for name, value in table.key if before is None or before.get(name) != value]


def _cells(payload: ComparisonPayload, table: Table, row: Row) -> tuple[Sampled | None, ...]:
    summaries: list[tuple[Cell, tuple[float, float, float]] | None] = []
    for index in table.columns:
        cell = row.cells[index]
        summaries.append((cell, _summary(cell, payload, table)) if cell is not None else None)
    base = summaries[0]
    found: list[Sampled | None] = []
    for place, summary in enumerate(summaries):
        if summary is None:
            found.append(None)
            continue
        cell, (center, lo, hi) = summary
        delta = None
        if place and base is not None:
            delta = _delta(payload, table, (base[0].values, base[1][0]), (cell.values, center))
        warnings = _warnings(cell, payload, table, (center, lo, hi))
        found.append(Sampled(center, quirks.spread_text(center, lo, hi), warnings, delta))
    return tuple(found)


def _summary(cell: Cell, payload: ComparisonPayload, table: Table) -> tuple[float, float, float]:
    if table.assume_exact:
        exact = summarize_exact(cell.values)
        # An exact summary has both bounds: they are its smallest and its largest value.
        return exact.center, min(cell.values), max(cell.values)
    return quirks.summarize(sorted(cell.values), payload.confidence)


def _warnings(
    cell: Cell, payload: ComparisonPayload, table: Table, summary: tuple[float, float, float]
) -> tuple[str, ...]:
    found: list[str] = []
    if cell.residue:
        found.append("benchmarks vary in " + ", ".join(cell.residue))
    _, lo, hi = summary
    if table.assume_exact:
        if lo != hi:
            found.append(f"exact distribution expected, but values range from {plain(lo)} to {plain(hi)}")
        return tuple(found)
    if math.isinf(lo) or math.isinf(hi):
        needed = quirks.samples_for_interval(payload.confidence)
        wanted = f">= {needed}" if needed else "> 50"
        found.append(f"need {wanted} samples for confidence interval at level {plain(payload.confidence)}")
    return tuple(found)


_Side = tuple["Sequence[float]", float]


def _delta(payload: ComparisonPayload, table: Table, old: _Side, new: _Side) -> Delta:
    (x1, before), (x2, after) = old, new
    warning = None
    alpha = payload.alpha
    if table.assume_exact:
        p, alpha = 0.0, 0.0
    else:
        found = quirks.compare(x1, x2)
        p = 1.0 if found is None else found
        if found is None:
            warning = "all samples are equal"
        elif p > alpha:
            warning = _too_few(len(x1), len(x2), alpha)
    sizes = f"n={len(x1)}" if len(x1) == len(x2) else f"n={len(x1)}+{len(x2)}"
    return Delta(_change(before, after, p > alpha), f"p={p:.3f} {sizes}" if p else sizes, warning)


def _too_few(n1: int, n2: int, alpha: float) -> str | None:
    needed = quirks.samples_for_difference(alpha)
    if n1 >= (needed or 10) or n2 >= (needed or 10):
        return None
    wanted = f">= {needed}" if needed else "> 10"
    return f"need {wanted} samples to detect a difference at alpha level {plain(alpha)}"


def _change(before: float, after: float, undecided: bool) -> str:
    if undecided:
        return "~"
    if before == after:
        return "0.00%"
    if before == 0:
        return "?"
    return quirks.fixed((after / before - 1) * 100, 2, signed=True) + "%"


def _mean(rows: Sequence[tuple[Sampled | None, ...]], column: int) -> Mean:
    centers = [cell.center for cells in rows if (cell := cells[column]) is not None]
    center = quirks.geomean(centers)
    ratios: list[float] = []
    from_zero = False
    matched = baselines = 0
    for cells in rows:
        base, cell = cells[0], cells[column]
        baselines += base is not None
        if base is None or cell is None:
            continue
        matched += 1
        if cell.center == base.center:
            ratios.append(1.0)
        elif base.center == 0:
            from_zero = True
        else:
            ratios.append(cell.center / base.center)
    warnings: list[str] = []
    if column and matched != baselines:
        warnings.append("benchmark set differs from baseline; geomeans may not be comparable")
    if center is None:
        warnings.append("summaries must be >0 to compute geomean")
    if not column:
        return Mean(center, None, tuple(warnings))
    ratio = None if from_zero else quirks.geomean(ratios)
    if ratio is None and not from_zero:
        warnings.append("ratios must be >0 to compute geomean")
    text = "?" if ratio is None else quirks.fixed((ratio - 1) * 100, 2, signed=True) + "%"
    return Mean(center, text, tuple(warnings))

"""The table of measured commands: times, memory, runs, and how many times slower than the fastest."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from perftool.render import document as doc
from perftool.render.case_names import aliases, label
from perftool.render.figures import bare, value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.model.bench import BenchCase
    from perftool.render.notes import Notes
    from perftool.render.summaries import Summarized

WALL = "sec/op"


def command_table(
    cases: Sequence[tuple[BenchCase, dict[str, Summarized]]], notes: Notes, *, verbose: bool
) -> doc.Table:
    """Return one row per command, in the order given."""
    measured = [units[WALL] for _, units in cases if WALL in units and units[WALL].center > 0]
    fastest = min(measured, key=lambda s: s.center, default=None)
    rows = []
    for case, units in cases:
        name, marks = label(case), notes.about(*aliases(case))
        wall = units.get(WALL)
        cells = [
            doc.Cell(f"{name} {marks}".rstrip()),
            doc.Cell(value(wall.center, WALL, wall.lo, wall.hi) if wall else ""),
            doc.Cell(_extremes(wall)),
            *(doc.Cell(_bare(units.get(unit))) for unit in ("user-sec/op", "sys-sec/op", "peak-RSS-B")),
            doc.Cell(str(len(wall.measurement.values)) if wall else ""),
            doc.Cell(_relative(wall, fastest), "good" if wall is not None and wall is fastest else "plain"),
        ]
        if verbose:
            cells.append(doc.Cell(", ".join(f"{code} ×{times}" for code, times in case.exit_codes.items())))
        rows.append(doc.TableRow(tuple(cells)))
    columns = [
        doc.Column("command", "left", flexible=True),
        doc.Column("wall"),
        doc.Column("min … max", drop=5),
        doc.Column("user", drop=4),
        doc.Column("system", drop=4),
        doc.Column("peak memory", drop=3),
        doc.Column("runs", drop=2),
        doc.Column("relative", drop=1),
    ]
    if verbose:
        columns.append(doc.Column("exit codes", drop=6))
    return doc.Table(tuple(columns), tuple(rows))


def _bare(one: Summarized | None) -> str:
    return bare(one.center, one.measurement.unit, one.spread) if one else ""


def _extremes(wall: Summarized | None) -> str:
    if wall is None:
        return ""
    values = wall.measurement.values
    return f"{bare(min(values), WALL, wall.spread)} … {bare(max(values), WALL, wall.spread)}"


def _relative(wall: Summarized | None, fastest: Summarized | None) -> str:
    """Return ``1.00`` for the fastest, ``2.31 ± 0.05`` for another: the ratio with the spreads of both.

    source: first-order propagation of independent relative errors (they add as squares)
    """
    if wall is None or fastest is None:
        return ""
    if wall is fastest:
        return "1.00"
    ratio = wall.center / fastest.center
    spreads = [s.spread for s in (wall, fastest) if s.spread is not None and math.isfinite(s.spread)]
    if len(spreads) < 2:
        return f"{ratio:.2f}"
    return f"{ratio:.2f} ± {ratio * math.hypot(*spreads):.2f}"

"""Functions of a profile as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.render import document as doc
from perftool.units.display import format_bytes, format_duration, format_percent, format_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.model.profile import FunctionRow, Ranking

#: What people call the value types of pprof.
NAMES: Final = {
    "cpu": "CPU time",
    "wall": "wall time",
    "samples": "samples",
    "alloc_space": "allocated",
    "alloc_objects": "allocations",
    "inuse_space": "held at the end",
    "inuse_objects": "objects held at the end",
    "peak_space": "held at the peak",
    "peak_objects": "objects held at the peak",
    "temporary_objects": "temporary allocations",
}
#: A share from which a row stands out.
_HOT: Final = 0.1


def weight(value: float, unit: str) -> str:
    """Return a weight in its unit: ``1.24 s``, ``18.4 KiB``, ``1,377``."""
    if unit == "s":
        return format_duration(value)
    return format_bytes(value) if unit == "B" else format_value(value, "count")


def share(fraction: float) -> str:
    """Return a share of the whole: ``31.0 %``."""
    return format_percent(fraction)


def top_table(ranking: Ranking, *, most: int = 20) -> doc.Table:
    """Return the first ``most`` rows of a ranking: own and total, where the function is."""
    columns = (
        doc.Column("own"),
        doc.Column("", drop=2),
        doc.Column("total"),
        doc.Column("", drop=2),
        doc.Column("function", "left", flexible=True),
        doc.Column("where", "left", drop=3, flexible=True, path=True),
    )
    return doc.Table(columns, tuple(_row(one, ranking.unit) for one in ranking.rows[:most]))


def shown_of(ranking: Ranking, most: int = 20) -> str:
    """Say how much of the whole the rows of ``top_table`` account for: ``20 of 214 functions hold 81.0 % of 12 s``."""
    rows: Sequence[FunctionRow] = ranking.rows[:most]
    held = sum(one.own for one in rows)
    part = held / ranking.total if ranking.total else 0.0
    return f"{len(rows)} functions hold {share(part)} of {weight(ranking.total, ranking.unit)}"


def where(row: FunctionRow) -> str:
    """Return the place of a function: ``myapp/parse.py:88``; what stands for it where it has no source."""
    if row.kind == "marker":
        return ""
    if not row.file:
        return "(compiled)"
    return f"{row.file}:{row.line}" if row.line else row.file


def _row(one: FunctionRow, unit: str) -> doc.TableRow:
    tone: doc.Tone = "strong" if one.own_share >= _HOT else "plain"
    return doc.TableRow(
        (
            doc.Cell(share(one.own_share), tone),
            doc.Cell(weight(one.own, unit), "muted"),
            doc.Cell(share(one.total_share), tone),
            doc.Cell(weight(one.total, unit), "muted"),
            doc.Cell(one.function, "warn" if one.kind == "marker" else tone),
            doc.Cell(where(one), "muted"),
        )
    )

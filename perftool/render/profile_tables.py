"""Functions of a profile as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.render import document as doc
from perftool.render.figures import bare, count
from perftool.units.display import format_percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.model.profile import FunctionRow, Ranking
    from perftool.model.profile_view import Edge

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
_UNITS: Final = {"s": "sec", "B": "B"}
#: The part of a whole that its shares can tell apart, and the finest that is told of any weight.
_RESOLUTION: Final = 1 / 300
_FINEST: Final = 0.01
#: A share below this is shown as 0.0 %.
_LEAST: Final = 0.0005
#: A share from which a row stands out.
_HOT: Final = 0.1


def weight(value: float, unit: str, whole: float = 0.0) -> str:
    """Return a weight in its unit: ``1.24 s``, ``18.4 KiB``, ``1,377``; a small part of ``whole`` with fewer digits."""
    spread = max(_FINEST, whole * _RESOLUTION / abs(value)) if value else None
    return bare(value, _UNITS.get(unit, "count"), spread)


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
        doc.Column("function", "left", flexible=True, path=True),
        doc.Column("where", "left", drop=3, flexible=True, path=True),
    )
    return doc.Table(columns, tuple(_row(one, ranking) for one in listed(ranking, most)))


def listed(ranking: Ranking, most: int = 20) -> Sequence[FunctionRow]:
    """Return the first ``most`` rows of a ranking without those that weigh 0.0 %, own and total."""
    return [one for one in ranking.rows[:most] if max(one.own_share, one.total_share) >= _LEAST]


def shown_of(ranking: Ranking, most: int = 20) -> str:
    """Say how much of the whole the rows of ``top_table`` account for: ``20 functions hold 81.0 % of 12 s``."""
    rows = listed(ranking, most)
    held = sum(one.own for one in rows)
    part = held / ranking.total if ranking.total else 0.0
    verb = "holds" if len(rows) == 1 else "hold"
    return f"{count(len(rows), 'function')} {verb} {share(part)} of {weight(ranking.total, ranking.unit)}"


def where(row: FunctionRow | Edge) -> str:
    """Return the place of a function: ``myapp/parse.py:88``; what stands for it where it has no source."""
    if row.kind == "marker":
        return ""
    if not row.file:
        return "(compiled)"
    if row.file.startswith("<frozen "):
        return "(frozen)"
    return f"{row.file}:{row.line}" if row.line else row.file


def short(row: FunctionRow | Edge) -> str:
    """Return the name of a function without the packages that its place names too: ``parser.Parser.parse``."""
    module = row.file.removesuffix(".py").removesuffix("/__init__").split("/")
    words = row.function.split(".")
    for start in range(len(module)):
        size = len(module) - start
        if module[start:] == words[:size] and size > 1:
            return ".".join(words[size - 1 :])
    return row.function


def tone(row: FunctionRow, part: float) -> doc.Tone:
    """Return how a row looks whose ``part`` of the whole is what counts."""
    if row.kind == "marker":
        return "warn"
    return "strong" if part >= _HOT else "plain"


def _row(one: FunctionRow, ranking: Ranking) -> doc.TableRow:
    shade = tone(one, one.own_share)
    return doc.TableRow(
        (
            doc.Cell(share(one.own_share), shade),
            doc.Cell(weight(one.own, ranking.unit, ranking.total), "muted"),
            doc.Cell(share(one.total_share), shade),
            doc.Cell(weight(one.total, ranking.unit, ranking.total), "muted"),
            doc.Cell(one.function, shade),
            doc.Cell(where(one), "muted"),
        )
    )

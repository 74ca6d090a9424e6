"""Memory of a profile: its figures with who accounts for each, and how much was held over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.render import document as doc
from perftool.render.history_axis import ticks
from perftool.render.profile_tables import NAMES, share, weight
from perftool.render.sparkline import sparkline
from perftool.units.display import format_bytes, format_duration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from perftool.model.profile import FunctionRow, HeapPoint, ProfilePayload, Ranking
    from perftool.render.api import RenderOptions

#: What is asked of a memory profile, in the order in which it is asked.
_KINDS: Final = ("peak_space", "inuse_space", "alloc_objects", "alloc_space", "temporary_objects")
_SPARK: Final = 40
_MARGIN: Final = 0.05

_CURVES: Final[tuple[tuple[str, Callable[[HeapPoint], int]], ...]] = (
    ("held by allocators", lambda point: point.heap_bytes),
    ("resident", lambda point: point.resident_bytes),
)


def memory_blocks(payload: ProfilePayload, _options: RenderOptions) -> list[doc.Block]:
    """Return the memory of a profile: peak, leaks and allocations with their first function, then a timeline.

    Nothing where the profile measured no memory.
    """
    if "memory" not in payload.measures:
        return []
    return [*_figures(payload.rankings), *_over_time(payload.heap)]


def _figures(rankings: Sequence[Ranking]) -> Iterator[doc.Block]:
    by_kind = {ranking.kind: ranking for ranking in rankings}
    rows = [_figure(by_kind[kind], by_kind) for kind in _KINDS if kind in by_kind]
    if not rows:
        return
    columns = (
        doc.Column("memory", "left"),
        doc.Column(""),
        doc.Column("most by", "left", flexible=True, path=True),
        doc.Column("share", drop=1),
        doc.Column("where", "left", drop=2, flexible=True, path=True),
    )
    yield doc.Table(columns, tuple(rows))


def _figure(ranking: Ranking, by_kind: dict[str, Ranking]) -> doc.TableRow:
    most: FunctionRow | None = max(ranking.rows, key=lambda row: row.own, default=None)
    whole = by_kind.get("alloc_objects")
    said = weight(ranking.total, ranking.unit)
    if ranking.kind == "temporary_objects" and whole is not None and whole.total:
        said += f" ({share(ranking.total / whole.total)} of all)"
    where = f"{most.file}:{most.line}" if most is not None and most.file and most.line else ""
    return doc.TableRow(
        (
            doc.Cell(NAMES.get(ranking.kind, ranking.kind)),
            doc.Cell(said, "strong"),
            doc.Cell(most.function if most is not None and most.own > 0 else ""),
            doc.Cell(share(most.own_share) if most is not None and most.own > 0 else ""),
            doc.Cell(where if most is not None and most.own > 0 else "", "muted"),
        )
    )


def _over_time(points: Sequence[HeapPoint]) -> Iterator[doc.Block]:
    shown = [(label, [float(of(point)) for point in points]) for label, of in _CURVES]
    shown = [(label, values) for label, values in shown if len(values) > 1 and max(values) > 0]
    if not shown:
        return
    seconds = points[-1].at_s - points[0].at_s
    columns = (
        doc.Column("over time", "left"),
        doc.Column("start"),
        doc.Column("most"),
        doc.Column("at", drop=2),
        doc.Column("end"),
        doc.Column(f"over {format_duration(seconds)}", "left", drop=1, sparkline=True),
    )
    yield doc.Table(columns, tuple(_curve_row(label, values, points) for label, values in shown))
    yield doc.Timelines("memory over time", tuple(_line(label, values, points) for label, values in shown))


def _curve_row(label: str, values: Sequence[float], points: Sequence[HeapPoint]) -> doc.TableRow:
    most = max(values)
    return doc.TableRow(
        (
            doc.Cell(label),
            doc.Cell(format_bytes(round(values[0]))),
            doc.Cell(format_bytes(round(most)), "strong"),
            doc.Cell(format_duration(points[values.index(most)].at_s), "muted"),
            doc.Cell(format_bytes(round(values[-1]))),
            doc.Cell(sparkline(values, (), _SPARK, 0.0, most)),
        )
    )


def _line(label: str, values: Sequence[float], points: Sequence[HeapPoint]) -> doc.Timeline:
    high = max(values) * (1 + _MARGIN)
    return doc.Timeline(
        label=label,
        text=format_bytes(round(values[-1])),
        points=tuple(
            doc.Point(value, None, None, f"{format_duration(point.at_s)}: {format_bytes(round(value))}")
            for value, point in zip(values, points, strict=True)
        ),
        stretches=(),
        turns=(),
        low=0.0,
        high=high,
        ticks=ticks(0.0, high, "B"),
        ends=(format_duration(points[0].at_s), format_duration(points[-1].at_s)),
    )

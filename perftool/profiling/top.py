"""The functions of a capture that weigh most, as rows of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from perftool.model.profile import FunctionRow, Ranking
from perftool.profiling.capture import Function
from perftool.profiling.origins import place
from perftool.profiling.shares import unit, weights

if TYPE_CHECKING:
    from perftool.profiling.capture import Capture
    from perftool.profiling.shares import Spot, Weight

MOST_ROWS: Final = 200


def ranking(
    capture: Capture,
    at: int,
    *,
    most: int = MOST_ROWS,
    order: Literal["own", "total"] = "own",
    lines: bool = False,
    whole: int | None = None,
    root: str = "",
) -> Ranking:
    """Return the ``most`` functions (or lines) with the largest weights in value type ``at``.

    Shares are of ``whole``, in the unit of the capture, by default what all its samples weigh: give that of the whole
    capture where it was filtered. ``root`` is the folder of the project, which paths are made relative to.
    """
    kind = capture.value_types[at]
    name, parts = unit(kind)
    everything = capture.total(at) if whole is None else whole
    found = weights(capture, at, lines=lines)
    ordered = sorted(found.items(), key=lambda item: _largest(item, order))
    kept = [item for item in ordered[:most] if item[1].own or item[1].total]
    return Ranking(
        kind=kind.kind,
        unit=name,
        total=everything / parts,
        rows=tuple(row(spot, weight.own, weight.total, everything, parts, root) for spot, weight in kept),
        rest=(sum(one.own for one in found.values()) - sum(weight.own for _, weight in kept)) / parts,
    )


def row(spot: Spot, own: int, total: int, whole: int, parts: float, root: str) -> FunctionRow:
    """Return one function as a report shows it."""
    return FunctionRow(
        function=spot.name,
        own=own / parts,
        total=total / parts,
        own_share=own / whole if whole else 0.0,
        total_share=total / whole if whole else 0.0,
        file=place(Function(spot.name, spot.file, spot.start_line, spot.kind), root),
        line=spot.line or spot.start_line,
        kind=spot.kind,
    )


def _largest(item: tuple[Spot, Weight], order: Literal["own", "total"]) -> tuple[int, int, Spot]:
    spot, weight = item
    first, second = (weight.own, weight.total) if order == "own" else (weight.total, weight.own)
    return (-first, -second, spot)

"""Draw the pairs of a paired comparison: a dot per block for now over base, against no change and the thresholds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.render import compare_table
from perftool.render import document as doc
from perftool.render.figures import change_interval, percent, threshold

if TYPE_CHECKING:
    from perftool.model.comparison import Cell, Change, ComparisonPayload, Gate, Table
    from perftool.model.measurement import Better

_MOST: Final = 60
# The axis goes on for this share of the failing threshold beyond it, so that its mark does not stand at the edge.
_BEYOND: Final = 0.15


def pair_chart(payload: ComparisonPayload, table: Table, title: str) -> doc.Chart:
    """Return a line of dots for each row of ``table``, the worst first; no groups where blocks are not pairs."""
    groups: list[doc.Group] = []
    rows = compare_table.ordered(table)
    if payload.paired:
        for row in rows[:_MOST]:
            first, *others = compare_table.cells(table, row)
            if first is None or row.exact or table.assume_exact:
                continue
            series = [s for cell in others if cell is not None and (s := _series(first, cell)) is not None]
            gates = [c.change.gate for c in others if c is not None and c.change is not None]
            gate = next((gate for gate in gates if gate is not None), None)
            groups += [doc.Group(row.label, tuple(series), guides=_guides(gate, table.better))] if series else []
    short = f", the {_MOST} worst of {len(rows)}" if len(rows) > _MOST else ""
    return doc.Chart(
        f"{title}: one dot per pair of blocks, now against base, the change and its interval{short}", tuple(groups)
    )


def _series(first: Cell, cell: Cell) -> doc.Series | None:
    """Return the ratios of the pairs, None where there are none to speak of."""
    change = cell.change
    if change is None or change.estimate is None or len(first.values) != len(cell.values) or len(cell.values) < 2:
        return None
    if min(first.values) <= 0 or not change.test.startswith("signed-rank"):
        return None
    ratios = tuple([new / old - 1 for old, new in zip(first.values, cell.values, strict=True)])
    return doc.Series(
        _words(change),
        ratios,
        change.estimate,
        change.lo,
        change.hi,
        percent(change.estimate),
        compare_table.tone(change),
    )


def _words(change: Change) -> str:
    interval = change_interval(change.lo, change.hi)
    return f"{doc.MARKS[change.outcome]} {interval} %" if interval else doc.MARKS[change.outcome]


def _guides(gate: Gate | None, better: Better) -> tuple[doc.Guide, ...]:
    """Return no change and both thresholds as changes of the value: where more is better a loss is a fall."""
    guides = [doc.Guide(0.0, "0 %", "plain")]
    if gate is None or better == "unknown":
        return tuple(guides)
    limits: list[tuple[float, doc.Tone]] = [(max(gate.fail, gate.minimum_effect), "bad")]
    if gate.warn != gate.fail:
        limits.append((max(gate.warn, gate.minimum_effect), "warn"))
    for limit, tone in limits:
        guides.append(
            doc.Guide(_as_change(limit, better), f"{'fail' if tone == 'bad' else 'warn'} {threshold(limit)}", tone)
        )
    edge = limits[0][0] * (1 + _BEYOND)
    # Nothing to read at the edges: they hold room.
    return (*guides, doc.Guide(_as_change(edge, better), ""), doc.Guide(-_as_change(edge, better) / 2, ""))


def _as_change(loss: float, better: Better) -> float:
    return 1 / (1 + loss) - 1 if better == "higher" else loss

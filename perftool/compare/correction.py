"""Control of errors over many rows: p-values adjusted, and what they no longer carry judged again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from perftool.compare import gate as gating
from perftool.compare.revision import Place, places, revised
from perftool.stats.multiplicity import adjusted
from perftool.stats.power import blocks_needed, pairs_needed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.model.comparison import Change, Table
    from perftool.stats.multiplicity import Correction


def corrected(tables: Sequence[Table], correction: Correction, alpha: float) -> tuple[Table, ...]:
    """Adjust the p-values of ``tables``, decide significance by them at ``alpha``, and judge again what lost it.

    A family is what one decision is taken on: of one column the rows of all tables that may fail and that a test
    stands behind. Exact rows have no p, rows that only inform, and those of tables that the first column is not in,
    decide nothing; they stay as they are. Whether a row
    belongs is known before any value is, or a family would be picked by its results. Intervals stay those of
    single rows.
    """
    families: dict[int, list[float]] = {}
    for place in places(tables):
        if _in_family(place) and place.change.p is not None:
            families.setdefault(place.column, []).append(place.change.p)
    known = {column: dict(zip(p, adjusted(p, correction), strict=True)) for column, p in families.items()}
    made: dict[int, Change] = {}

    def revise(place: Place) -> Change:
        change = place.change
        if not _in_family(place) or change.p is None:
            return change
        found = made.get(id(change))
        if found is None:
            found = made[id(change)] = _revised(place, known[place.column][change.p], correction, alpha)
        return found

    return revised(tables, revise)


def _in_family(place: Place) -> bool:
    judged = place.row.gates and place.table.columns[0] == 0
    return judged and place.table.better != "unknown" and place.change.p is not None


def _revised(place: Place, p: float, correction: Correction, alpha: float) -> Change:
    before = place.change
    # Significance may have been withheld for another reason than p, and no correction gives it back.
    after = msgspec.structs.replace(before, p_adjusted=p, significant=before.significant and p < alpha)
    if after.significant == before.significant:
        return after
    evidence = gating.evidence(place.base.summary.center, place.cell.summary.center, after, exact=False)
    minimum = before.gate.minimum_effect if before.gate else 0.0
    after = msgspec.structs.replace(after, direction=gating.direction(evidence, place.table.better, minimum))
    if before.gate is None or before.outcome in ("info", "inconclusive"):
        return after  # was not decided by its p
    judgement = gating.judge(evidence, place.table.better, before.gate)
    reason = f"not significant among all rows ({correction})"
    undecided = judgement.outcome == "inconclusive"
    return msgspec.structs.replace(
        after,
        outcome=judgement.outcome,
        reason=reason if undecided or before.direction != after.direction else judgement.reason,
        needed=_needed(place, after, alpha) if undecided else None,
    )


def _needed(place: Place, change: Change, alpha: float) -> int | None:
    """Estimate how many blocks a side make a change significant at the level that its place in the family leaves."""
    assert change.p is not None
    assert change.p_adjusted
    level = alpha * change.p / change.p_adjusted
    estimate = pairs_needed if change.test.startswith("signed-rank") else blocks_needed
    return estimate(place.base.values, place.cell.values, level)

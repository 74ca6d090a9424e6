"""The judged rows of a comparison, one by one, for formats that list findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from perftool.render.compare_table import cells, centre, change_text, verdict
from perftool.render.explanations import culprits
from perftool.render.figures import change_interval, p_value, unit_title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.model.comparison import Change, ComparisonPayload


class Judged(msgspec.Struct, frozen=True):
    """One change: whose it is, of what, and what there is to say about it in one line."""

    name: str
    unit: str
    table: str
    column: str
    gates: bool
    change: Change
    text: str


def judged(payload: ComparisonPayload) -> Iterator[Judged]:
    """Yield every change of every table in order."""
    blamed = culprits(payload.explanations)
    for table in payload.tables:
        key = ", ".join(f"{field}={value}" for field, value in table.key if value)
        for row in table.rows:
            first, *others = cells(table, row)
            for index, cell in zip(table.columns[1:], others, strict=True):
                if cell is None or cell.change is None:
                    continue
                exact = row.exact or table.assume_exact
                change = cell.change
                old, new = (centre(c, table.unit, exact=exact) for c in (first, cell))
                evidence = [
                    "" if change.test == "exact" else change_interval(change.lo, change.hi),
                    p_value(change.p, change.test, change.p_adjusted, payload.correction),
                ]
                text = (
                    f"{unit_title(table.unit)} {old} → {new}, {change_text(change)}"
                    f" {' '.join(e for e in evidence if e)}".rstrip()
                    + f": {verdict(change, table.unit)}"
                )
                # The limit, which the verdict begins with, is not said twice beside a waiver.
                reason = change.reason.partition(", ")[2] if change.waived else change.reason
                if reason and reason not in text:
                    text += f" ({reason})"
                if (row.label, table.unit) in blamed:
                    text += f"; culprit {blamed[row.label, table.unit]}"
                column = payload.columns[index].label
                yield Judged(row.label, table.unit, key, column, row.gates, change, text)

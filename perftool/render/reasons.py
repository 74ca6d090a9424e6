"""The lines behind a verdict as a list, worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.render import document as doc

if TYPE_CHECKING:
    from perftool.model.verdict import Verdict

_MOST_LISTED: Final = 8


def reasons(verdict: Verdict) -> list[doc.Block]:
    """Return one list; some lines (a missing benchmark, strictness) no row shows. What the headline says goes."""
    marks = {doc.MARKS[outcome]: doc.TONES[outcome] for outcome in ("fail", "warn", "pass")}
    items = []
    told = [reason for reason in verdict.reasons if reason not in verdict.headline]
    for reason in told[:_MOST_LISTED]:
        mark, text = (reason[0], reason[2:]) if reason[:1] in marks and reason[1:2] == " " else ("?", reason)
        items.append(doc.Item(text, mark, marks.get(mark, "warn")))
    if len(told) > _MOST_LISTED:
        items.append(doc.Item(f"and {len(told) - _MOST_LISTED} more", "·", "muted"))
    return [doc.Items(tuple(items))] if items else []

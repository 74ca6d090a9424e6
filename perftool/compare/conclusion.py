"""What the outcomes of judged rows or series add up to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.model.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from perftool.model.comparison import RowOutcome
    from perftool.model.verdict import Outcome

MARKS: Final = {"fail": "✗ ", "warn": "⚠ ", "pass": "✓ "}
#: Outcomes, worst first.
ORDER: Final = ("fail", "warn", "inconclusive", "pass")


def concluded(
    counts: Mapping[RowOutcome, int],
    reasons: Sequence[str],
    one_sided: Sequence[str],
    *,
    strict: str,
    headline: Callable[[], str],
    nothing: Callable[[], str],
) -> Verdict:
    """Return the verdict over outcomes that were counted, ``reasons`` being the lines behind them, worst first.

    ``one_sided`` are lines of what fails because one side lacks it; ``strict`` is the line to add where an undecided
    outcome fails, "" where it does not. ``nothing`` says why nothing was decided, ``headline`` what was.
    """
    if not (counts["fail"] + counts["warn"] + counts["pass"] or one_sided):
        why = nothing()
        headed = f"nothing could be decided: {why}"
        return Verdict(outcome="inconclusive", headline=headed, reasons=(why, *reasons), undecidable=True)
    lines = list(reasons)
    failing = bool(strict) and counts["inconclusive"] > 0
    if failing:
        lines.insert(counts["fail"] + counts["warn"], strict)
    outcome: Outcome = "pass"
    if counts["fail"] or one_sided or failing:
        outcome = "fail"
    elif counts["warn"]:
        outcome = "warn"
    elif counts["inconclusive"]:
        outcome = "inconclusive"
    return Verdict(outcome=outcome, headline=headline(), reasons=(*one_sided, *lines))


def counted(number: int, what: str) -> str:
    """Return ``1 warning``, ``2,000 warnings``."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"

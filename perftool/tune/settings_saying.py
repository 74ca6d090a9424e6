"""Sentences about settings that were tried: why one won or none, what made it worse, and what to doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.model.verdict import ReportWarning, Verdict
from perftool.tune import settings_judging

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.model.tune import Candidate, TunePayload
    from perftool.model.verdict import Outcome
    from perftool.tune.settings_arms import Trial

#: What a candidate is called when it is measured a second time.
AGAIN = ", measured again"


def why_not(candidates: Sequence[Candidate], confidence: float, minimum_effect: float) -> str:
    """Say why nothing is to be changed."""
    nothing = f"nothing is surely faster by more than {minimum_effect:.0%}"
    worse = slower(candidates, confidence, minimum_effect)
    return f"{nothing}; {worse}" if worse else nothing


def slower(candidates: Sequence[Candidate], confidence: float, minimum_effect: float) -> str:
    """Name candidates that make it worse, as they are recommended everywhere; "" where there is none."""
    found = settings_judging.surely_slower(candidates, confidence=confidence, minimum_effect=minimum_effect)
    return "surely slower: " + ", ".join(f"{one.name} (× {one.ratio:.2f})" for one in found) if found else ""


def doubts(label: str, trial: Trial, *, writes: bool) -> list[ReportWarning]:
    """Return what the report has to say of the trial."""
    found = []
    if trial.varying:
        text = f"{', '.join(sorted(trial.varying))} answers differently each time: not checked to be the same"
        found.append(ReportWarning(code="answers-vary", message=text, subject=label))
    if writes and not trial.compare:
        text = "statements write to one server: candidates meet each other's rows, and answers are not compared"
        found.append(ReportWarning(code="writes-shared", message=text, subject=label))
    return found


def verdict(payload: TunePayload, *, complete: bool) -> Verdict:
    """Return the verdict: a trial never fails, and its headline is what to do."""
    best = next(one for one in payload.candidates if one.name == payload.winner)
    reasons = () if complete else ("interrupted: fewer rounds than planned",)
    outcome: Outcome = "pass" if complete else "warn"
    if best is payload.candidates[0]:
        return Verdict(outcome=outcome, headline=f"keep it as it is: {payload.why}", reasons=reasons)
    assert best.ratio is not None
    assert best.lo is not None
    assert best.hi is not None
    spread = f"{(1 - best.hi) * 100:.1f} to {(1 - best.lo) * 100:.1f} %"
    return Verdict(
        outcome=outcome,
        headline=f"{best.name.removesuffix(AGAIN)}: {(1 - best.ratio) * 100:.1f} % less time ({spread})",
        reasons=reasons,
    )

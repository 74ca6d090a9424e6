"""Which candidate to use: one that is surely better than what is in use, and does not cost too much memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from perftool.model.tune import Candidate
from perftool.stats.multiplicity import holm
from perftool.stats.sample import median
from perftool.stats.shift import ratio_change
from perftool.stats.signed_rank import signed_rank

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: The fact that says how much memory a candidate took.
PEAK: Final = "peak-RSS-B"


def judged(
    names: Sequence[str],
    settings: Mapping[str, dict[str, str]],
    times: Mapping[str, Mapping[int, float]],
    facts: Mapping[str, dict[str, float]],
    *,
    confidence: float,
) -> tuple[Candidate, ...]:
    """Return every candidate with its time beside that of the first, which is what is in use.

    ``times`` are seconds by name and round: runs of one round are a pair. A p-value is adjusted for the number of
    candidates (Holm), the interval is that of the single comparison.
    source: Hodges-Lehmann ratio of pairs and signed-rank test, see perftool.stats.shift and signed_rank
    """
    first = times.get(names[0], {})
    found = []
    for name in names:
        mine = times.get(name, {})
        rounds = sorted(first.keys() & mine.keys())
        one = Candidate(name=name, settings=settings[name], facts=facts.get(name, {}))
        if not rounds:
            found.append(replace(one, reason="could not be measured"))
        elif name == names[0]:
            found.append(replace(one, ratio=1.0))
        else:
            old, new = [first[i] for i in rounds], [mine[i] for i in rounds]
            change = ratio_change(old, new, confidence, paired=True)
            found.append(
                replace(
                    one,
                    ratio=_ratio(change.estimate),
                    lo=_ratio(change.lo),
                    hi=_ratio(change.hi),
                    p=signed_rank(old, new).p,
                )
            )
    return _adjusted(found)


def _ratio(change: float | None) -> float | None:
    return None if change is None else 1 + change


def _adjusted(found: list[Candidate]) -> tuple[Candidate, ...]:
    tested = [one for one in found if one.p is not None]
    adjusted = dict(zip((one.name for one in tested), holm([one.p or 0.0 for one in tested]), strict=True))
    return tuple(replace(one, p=adjusted[one.name]) if one.name in adjusted else one for one in found)


def winner(
    candidates: Sequence[Candidate],
    eligible: frozenset[str],
    *,
    minimum_effect: float,
    most_memory: float,
    confidence: float,
) -> tuple[str, str]:
    """Return the name of the candidate to use and why.

    The first one, what is in use, wins unless another is better by more than ``minimum_effect`` (0.02 is 2 %) with
    its whole interval and after the correction for their number, takes at most ``most_memory`` more at its peak (0.2
    is 20 %), and is ``eligible``. Of several the fastest is taken.
    """
    now = candidates[0]
    alpha = round(1 - confidence, 12)
    better = [one for one in candidates[1:] if surely(one, minimum_effect, alpha)]
    held = now.facts.get(PEAK)
    heavy = [one for one in better if held and one.facts.get(PEAK, 0.0) > held * (1 + most_memory)]
    fitting = [one for one in better if one not in heavy and one.name in eligible]
    if fitting:
        best = min(fitting, key=lambda one: (one.ratio or 1.0, one.name))
        return best.name, f"{best.name} is surely faster than what is in use"
    if heavy:
        return now.name, f"what is faster takes more than {most_memory:.0%} more memory"
    if better:
        return now.name, f"only {better[0].name} is surely faster, which frees no circles"
    return now.name, f"nothing is surely faster by more than {minimum_effect:.0%}"


def surely(one: Candidate, minimum_effect: float, alpha: float) -> bool:
    """Tell whether a candidate is better by more than ``minimum_effect`` beyond doubt."""
    return one.hi is not None and one.hi < 1 - minimum_effect and one.p is not None and one.p < alpha


def middle(values: Sequence[float]) -> float:
    """Return the median of ``values``."""
    return median(sorted(values))

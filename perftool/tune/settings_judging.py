"""What the times of candidates say: which is surely faster, which surely slower, and on what statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from perftool.model.measurement import Measurement
from perftool.stats.multiplicity import holm
from perftool.stats.shift import ratio_change
from perftool.stats.signed_rank import signed_rank
from perftool.tune.choosing import judged

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from perftool.model.tune import Candidate
    from perftool.tune.settings_arms import Arm

SUITE: Final = "tune-settings"
UNIT: Final = "sec/op"
#: So many statements a candidate's note names.
_NAMED: Final = 3


def candidates(arms: Sequence[Arm], *, confidence: float, minimum_effect: float) -> tuple[Candidate, ...]:
    """Return every arm judged against the first, with notes on statements that surely got slower or faster.

    The workload counts as a whole, every statement once; p-values are adjusted for the number of candidates (Holm),
    those of statements for the number of candidates times statements.
    """
    found = judged(
        [arm.name for arm in arms],
        {arm.name: arm.setting.said for arm in arms},
        {arm.name: arm.totals() for arm in arms if not arm.reason},
        {},
        confidence=confidence,
    )
    notes = _notes(arms, confidence=confidence, minimum_effect=minimum_effect)
    return tuple(
        replace(one, reason=arm.reason or one.reason, note=notes.get(arm.name, ""), risk=arm.setting.risk)
        for one, arm in zip(found, arms, strict=True)
    )


def _notes(arms: Sequence[Arm], *, confidence: float, minimum_effect: float) -> dict[str, str]:
    """Say by candidate which statements took surely longer or shorter, the worst first."""
    first = arms[0]
    if len(first.times) < 2:
        return {}
    tested: list[tuple[str, str, float, float, float]] = []
    chances = []
    for arm in arms[1:]:
        for name, mine in arm.times.items() if not arm.reason else ():
            rounds = sorted(first.times[name].keys() & mine.keys())
            old, new = [first.times[name][i] for i in rounds], [mine[i] for i in rounds]
            change = ratio_change(old, new, confidence, paired=True)
            if change.estimate is not None and change.lo is not None and change.hi is not None:
                tested.append((arm.name, name, 1 + change.estimate, 1 + change.lo, 1 + change.hi))
                chances.append(signed_rank(old, new).p)
    alpha = round(1 - confidence, 12)
    sure = [row for row, p in zip(tested, holm(chances), strict=True) if p < alpha]
    notes = {}
    for arm in arms[1:]:
        mine_sure = [row for row in sure if row[0] == arm.name]
        slower = sorted((row for row in mine_sure if row[3] > 1 + minimum_effect), key=lambda row: -row[2])
        faster = sorted((row for row in mine_sure if row[4] < 1 - minimum_effect), key=lambda row: row[2])
        said = [text for text in (_listed("slower", slower), _listed("faster", faster)) if text]
        if said:
            notes[arm.name] = "; ".join(said)
    return notes


def _listed(word: str, rows: Sequence[tuple[str, str, float, float, float]]) -> str:
    if not rows:
        return ""
    shown = ", ".join(f"{name} × {ratio:.2f}" for _, name, ratio, _, _ in rows[:_NAMED])
    more = f" and {len(rows) - _NAMED} more" if len(rows) > _NAMED else ""
    return f"{word}: {shown}{more}"


def surely_slower(found: Sequence[Candidate], *, confidence: float, minimum_effect: float) -> list[Candidate]:
    """Return the candidates that make the workload surely slower, the slowest first."""
    alpha = round(1 - confidence, 12)
    slower = [
        one
        for one in found
        if one.lo is not None and one.lo > 1 + minimum_effect and one.p is not None and one.p < alpha
    ]
    return sorted(slower, key=lambda one: -(one.ratio or 1.0))


def measurements(arms: Sequence[Arm], labels: Mapping[str, str]) -> list[Measurement]:
    """Return the times of the workload and of each statement; only the former may fail a gate."""
    found = []
    for arm in arms:
        totals = arm.totals()
        if arm.reason or not totals:
            continue
        found.append(_series(arm, totals, labels, gates=True))
        if len(arm.times) > 1:
            found += [_series(arm, mine, {**labels, "query": name}, gates=False) for name, mine in arm.times.items()]
    return found


def _series(arm: Arm, times: Mapping[int, float], labels: Mapping[str, str], *, gates: bool) -> Measurement:
    rounds = sorted(times)
    return Measurement(
        suite=SUITE,
        case=arm.name,
        unit=UNIT,
        better="lower",
        values=tuple(times[number] for number in rounds),
        blocks=tuple(rounds),
        parameters=dict(labels),
        gates=gates,
    )

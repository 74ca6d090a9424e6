"""From repeated captures of two sides to the functions that account for what changed between them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from perftool.culprit.factors import factors
from perftool.model.profile import Suspect
from perftool.stats.student import quantile
from perftool.stats.welch import welch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from perftool.culprit.attribution import Answer, Attribution
    from perftool.culprit.evidence import Evidence, Path
    from perftool.culprit.naming import Named

#: A smaller part of a change is not worth a name.
SMALLEST: Final = 0.03
# A function whose code is as it was must show more, and more surely: chance alone has many such functions to choose.
_SMALLEST_UNPROVEN: Final = 0.08
_UNPROVEN_CONFIDENCE: Final = 0.99
_MOST: Final = 8
# Called so many times as often as another function, one is the likelier to be seen where it is not.
_OFTEN: Final = 5
# A word group that accounts for less of a function's change is left out.
_SAID: Final = 0.2


@dataclass(frozen=True, slots=True)
class Blame:
    """Who accounts for a change of one operation from ``before`` to ``after``, between ``lo`` and ``hi``."""

    before: float
    after: float
    lo: float | None
    hi: float | None
    suspects: tuple[Suspect, ...]
    unexplained: float | None

    @property
    def seen(self) -> bool:
        """Say whether the captures show a change at all."""
        return _away(self.lo, self.hi)


@dataclass(slots=True)
class _Account:
    """What one function answers for: its part of either side in each repeat, and what each reason explains of it."""

    before: list[float]
    after: list[float]
    proven: bool = False
    collected: float = 0.0
    why: dict[str, float] = field(default_factory=dict)
    paths: dict[Path, float] = field(default_factory=dict)

    def add(self, answer: Answer, path: Path, before: Sequence[float], after: Sequence[float]) -> None:
        """Add a part of ``path``: ``before`` is negative where it was spent on that side."""
        for held, more in ((self.before, before), (self.after, after)):
            for index, value in enumerate(more):
                held[index] += value
        change = _mean(after) + _mean(before)
        self.proven = self.proven or answer.proven
        for word in answer.why:
            self.why[word] = self.why.get(word, 0.0) + change
        self.paths[path] = self.paths.get(path, 0.0) + change
        if answer.collected:
            self.collected += change

    @property
    def change(self) -> float:
        return _mean(self.after) + _mean(self.before)


def blame(
    before: Evidence,
    after: Evidence,
    attribution: Attribution,
    *,
    paired: bool,
    producers: Mapping[Named, Mapping[Path, float]] | None = None,
    confidence: float = 0.95,
) -> Blame:
    """Return the functions that account for the change, those that explain most of it first.

    Every path's change is split into calls that became more frequent and runs that cost more (see ``factors``), and
    each part is answered for by a function (see ``Attribution``). ``paired`` says that repeat i of both sides was
    taken in turn. ``producers`` are functions whose code changed, with the number of calls on each of their paths: one
    of them may account for functions that did not change, but work on what it makes.
    """
    accounts = _accounts(before, after, attribution)
    totals = before.totals, after.totals
    change = _mean(totals[1]) - _mean(totals[0])
    lo, hi = interval(totals[0], totals[1], confidence, paired=paired)
    if producers:
        _produced(accounts, producers, change, paired=paired)
    suspects = _suspects(accounts, change, confidence, paired=paired)
    explained = sum(one.change for one in suspects)
    return Blame(
        before=_mean(totals[0]),
        after=_mean(totals[1]),
        lo=lo,
        hi=hi,
        suspects=suspects,
        unexplained=1 - explained / change if change else None,
    )


def interval(
    before: Sequence[float], after: Sequence[float], confidence: float, *, paired: bool
) -> tuple[float | None, float | None]:
    """Return the confidence interval of the difference of means, None where there is a single value on a side.

    source: Student's t of the differences where the sides were taken in turn, else Welch's
    """
    if paired and len(before) == len(after) > 1:
        differences = [b - a for a, b in zip(before, after, strict=True)]
        center = _mean(differences)
        n = len(differences)
        error = math.sqrt(math.fsum((one - center) ** 2 for one in differences) / (n - 1) / n)
        half = quantile((1 + confidence) / 2, n - 1) * error
        return center - half, center + half
    if min(len(before), len(after)) < 2:
        return None, None
    found = welch(before, after, confidence)
    return found.lo, found.hi


def _accounts(before: Evidence, after: Evidence, attribution: Attribution) -> dict[Named, _Account]:
    calls = None
    if before.calls is not None and after.calls is not None:
        calls = before.calls, after.calls
    accounts: dict[Named, _Account] = {}
    for path in dict.fromkeys(path for side in (before, after) for repeat in side.repeats for path in repeat):
        old = [repeat.get(path, 0.0) for repeat in before.repeats]
        new = [repeat.get(path, 0.0) for repeat in after.repeats]
        for factor in factors(path, (math.fsum(old), math.fsum(new)), calls):
            answer = attribution.answer(path, factor)
            account = accounts.setdefault(answer.owner, _Account([0.0] * len(old), [0.0] * len(new)))
            account.add(answer, path, [factor.before * value for value in old], [factor.after * value for value in new])
    return accounts


def _produced(
    accounts: dict[Named, _Account], producers: Mapping[Named, Mapping[Path, float]], change: float, *, paired: bool
) -> None:
    """Move what unchanged functions account for to the changed function that ran nearest to them, if there is one.

    Code that is as it was takes longer when it is given other data, and a little of what a function takes is seen in
    the one that is called next, or in its caller: a sampler looks where the interpreter pauses.
    """
    for name, account in list(accounts.items()):
        if account.proven or not _large(account, change, paired=paired, proven=False):
            continue
        source = _nearest(account.paths, {one: paths for one, paths in producers.items() if one != name})
        if source is None:
            continue
        target = accounts.setdefault(source, _Account([0.0] * len(account.before), [0.0] * len(account.after)))
        target.proven = True
        for held, more in ((target.before, account.before), (target.after, account.after)):
            for index, value in enumerate(more):
                held[index] += value
        target.collected += account.collected
        for word in ("code changed", f"shows in {name.name}"):
            target.why[word] = target.why.get(word, 0.0) + account.change
        del accounts[name]


def _nearest(paths: Mapping[Path, float], producers: Mapping[Named, Mapping[Path, float]]) -> Named | None:
    """Return the producer the fewest calls away from ``paths``, by their weights; of two as near the one called more.

    None where that does not tell them apart either. Straight code is too short to be seen itself; what is seen
    elsewhere of it is much only if it is called often.
    """
    ranked = sorted(
        (
            math.fsum(abs(weight) * min(_apart(path, other) for other in others) for path, weight in paths.items()),
            -math.fsum(others.values()),
            name,
        )
        for name, others in producers.items()
        if others
    )
    if len(ranked) > 1:
        (far, calls, _), (next_far, next_calls, _) = ranked[:2]
        if math.isclose(far, next_far, rel_tol=1e-9) and calls > _OFTEN * next_calls:
            return None
    return ranked[0][2] if ranked else None


def _apart(path: Path, other: Path) -> int:
    """Return the number of calls between the ends of two paths: up from the one and down to the other."""
    common = 0
    for one, two in zip(path, other, strict=False):
        if one != two:
            break
        common += 1
    return len(path) + len(other) - 2 * common


def _suspects(
    accounts: Mapping[Named, _Account], change: float, confidence: float, *, paired: bool
) -> tuple[Suspect, ...]:
    found: list[Suspect] = []
    for name, account in accounts.items():
        if not _large(account, change, paired=paired, proven=account.proven):
            continue
        lo, hi = interval([-one for one in account.before], account.after, confidence, paired=paired)
        found.append(
            Suspect(
                function=name.module if name.is_module else name.name,
                change=account.change,
                lo=lo,
                hi=hi,
                share=account.change / change,
                why=_why(account, module=name.is_module),
                garbage_collection=account.collected > account.change / 2 > 0,
            )
        )
    # What made it worse first; what worked against that after it.
    found.sort(key=lambda one: (-(one.share or 0.0), one.function))
    return tuple(found[:_MOST])


def _large(account: _Account, change: float, *, paired: bool, proven: bool) -> bool:
    smallest, confidence = (SMALLEST, 0.95) if proven else (_SMALLEST_UNPROVEN, _UNPROVEN_CONFIDENCE)
    if not change or abs(account.change / change) < smallest:
        return False
    lo, hi = interval([-one for one in account.before], account.after, confidence, paired=paired)
    return lo is None or _away(lo, hi)


def _why(account: _Account, *, module: bool) -> tuple[str, ...]:
    said = [word for word, part in account.why.items() if part * account.change >= _SAID * account.change**2]
    said.sort(key=lambda word: -abs(account.why[word]))
    words = [*(["runs on import"] if module else []), *said]
    if account.collected > account.change / 2 > 0:
        words.append("garbage collection")
    if not account.proven:
        words.append("code unchanged: its input or what it runs on changed")
    return tuple(words)


def _away(lo: float | None, hi: float | None) -> bool:
    """Say whether an interval lies on one side of 0."""
    return lo is not None and hi is not None and (lo > 0 or hi < 0)


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values) if values else 0.0

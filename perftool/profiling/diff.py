"""What differs between two profiles, function by function, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from perftool.errors import InputError, UsageError
from perftool.model.profile import FunctionChange, ProfileDiffPayload
from perftool.profiling.benchmarked import OPERATIONS, REPEAT, repeats_of
from perftool.profiling.matching import matched
from perftool.profiling.repeats import Repeats
from perftool.profiling.shares import unit
from perftool.profiling.weighing import Group, weighed
from perftool.stats.multiplicity import holm
from perftool.stats.sampled_share import difference
from perftool.stats.welch import Difference, welch

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from perftool.profiling.capture import Capture, ValueType
    from perftool.profiling.matching import Matched
    from perftool.profiling.weighing import Weighed

Per = Literal["capture", "share", "op"]
Basis = Literal["captures", "samples", "none"]

#: Rows below this share on both sides are left out.
LEAST_SHARE: Final = 1e-4
# Only functions with this share of both sides together are tested: nobody looks for smaller ones, what is decided by
# their sum says nothing of their difference, and each test less makes the others sharper.
# source: Bourgon, Gentleman and Huber 2010 (DOI 10.1073/pnas.0914005107)
_TESTED_SHARE: Final = 5e-3
# A smaller change of the whole, of which there is a single capture on a side, is not worth being divided up.
_LEAST_CHANGE: Final = 0.01


@dataclass(frozen=True, slots=True)
class Side:
    """Captures of the same program: ``operations`` are those that each saw, empty where they are not counted."""

    label: str
    captures: tuple[Capture, ...]
    operations: tuple[int, ...] = ()


def side(label: str, captures: Iterable[Capture]) -> Side:
    """Return a side of a comparison: a capture that holds repeats of a benchmark counts as so many."""
    found: list[Capture] = []
    operations: list[int] = []
    for one in captures:
        repeated = any(key == REPEAT for labels in one.labels for key, _ in labels)
        if repeated or OPERATIONS in one.facts:
            for repeat, number in repeats_of(one):
                found.append(repeat)
                operations.append(number)
        else:
            found.append(one)
    return Side(label, tuple(found), tuple(operations) if len(operations) == len(found) and all(operations) else ())


def compared(
    before: Side,
    after: Side,
    *,
    value: str = "",
    per: Per | None = None,
    confidence: float = 0.95,
    root: str = "",
) -> ProfileDiffPayload:
    """Return what differs between two sides in the value type of kind ``value``, by default what people mean.

    With two captures or more on both sides the intervals are those of a t test over captures; otherwise those of the
    weighted samples of all captures of a side, which know nothing of differences between runs; for what was counted
    and not sampled there are none. ``per`` is "op" if not said and both sides counted operations, else "share". The p
    of each row is corrected for the number of rows (Holm). ``root`` is the project's folder.
    raises: UsageError when a side lacks the value type or its operations, InputError for captures without weight.
    """
    chosen = _value_type(before, after, value)
    counted = bool(before.operations and after.operations)
    measure: Per = per or ("op" if counted else "share")
    if measure == "op" and not counted:
        raise UsageError("the captures do not say how many operations they saw", hint="--per share, or --per capture")
    functions, numbers = matched(before.captures, after.captures, root)
    found = [
        [weighed(one, chosen, places) for one in group.captures]
        for group, places in zip((before, after), numbers, strict=True)
    ]
    for group, captures in zip((before, after), found, strict=True):
        if not any(one.whole for one in captures):
            raise InputError(f"{group.label}: no {chosen.kind} in it", hint="profile for longer, or choose --value")
    basis = _basis(found)
    base, parts = unit(chosen)
    groups = [
        Group(
            captures,
            [1 / parts / number for number in (group.operations if measure == "op" else [1] * len(captures))],
            pooled=basis != "captures",
        )
        for group, captures in zip((before, after), found, strict=True)
    ]
    judge = _Judge(groups[0], groups[1], measure, basis, confidence)
    rows = judge.rows(functions)
    return ProfileDiffPayload(
        labels=(before.label, after.label),
        value=chosen.kind,
        unit=base,
        per=measure,
        before=groups[0].whole,
        after=groups[1].whole,
        captures=(len(before.captures), len(after.captures)),
        basis=basis,
        confidence=confidence,
        rows=tuple(rows),
        left_out=len(functions) - len(rows),
    )


@dataclass(frozen=True, slots=True)
class _Judge:
    """Two groups, and how they are compared."""

    before: Group
    after: Group
    per: Per
    basis: Basis
    confidence: float

    def rows(self, functions: Sequence[Matched]) -> list[FunctionChange]:
        """Return the row of every function that is worth one, the largest change first."""
        shares = [(self.before.share(at), self.after.share(at)) for at in range(len(functions))]
        totals = [(self.before.total_share(at), self.after.total_share(at)) for at in range(len(functions))]
        kept = [at for at in range(len(functions)) if max(*shares[at], *totals[at]) >= LEAST_SHARE]
        found = self.differences(kept)
        tested = [at for at in kept if self.basis != "none" and sum(shares[at]) / 2 >= _TESTED_SHARE]
        p = dict(zip(tested, holm([found[at].p for at in tested]), strict=True))
        whole = self.whole_change()
        made = [self._row(functions[at], at, found[at], whole, p.get(at), (shares[at], totals[at])) for at in kept]
        return sorted(
            made,
            key=lambda one: (-abs(one.change), -one.after, -one.after_total_share, one.function, one.file, one.line),
        )

    def differences(self, functions: Sequence[int]) -> dict[int, Difference]:
        """Return how much the own weight or share of each function changed."""
        shares = self.per == "share"
        before, after = self.before, self.after
        if self.basis == "captures":
            repeats = Repeats(before, after, functions, shares=shares, confidence=self.confidence)
            return {at: repeats.difference(at) for at in functions}
        scales = (1.0, 1.0) if shares else (before.whole, after.whole)
        return {
            at: difference(before.sampled(at), after.sampled(at), scales=scales, confidence=self.confidence)
            for at in functions
        }

    def whole_change(self) -> float | None:
        """Return how much the whole changed, None where it cannot be told from no change.

        Parts of next to nothing would be thousands of per cent.
        """
        change = self.after.whole - self.before.whole
        if self.per == "share" or not change:
            return None
        if self.basis == "captures":
            found = welch(self.before.wholes(), self.after.wholes(), self.confidence)
            return change if found.lo > 0 or found.hi < 0 else None
        return change if abs(change) >= _LEAST_CHANGE * self.before.whole else None

    def _row(
        self,
        function: Matched,
        at: int,
        found: Difference,
        whole: float | None,
        p: float | None,
        shares: tuple[tuple[float, float], tuple[float, float]],
    ) -> FunctionChange:
        place = function.places[1] or function.places[0]
        own, total = shares
        before, after = own if self.per == "share" else (self.before.own(at), self.after.own(at))
        known = self.basis != "none"
        return FunctionChange(
            function=function.name,
            before=before,
            after=after,
            change=after - before,
            lo=min(found.lo, after - before) if known else None,
            hi=max(found.hi, after - before) if known else None,
            share_of_change=(after - before) / whole if whole else None,
            before_share=own[0],
            after_share=own[1],
            before_total_share=total[0],
            after_total_share=total[1],
            file=place.file if place else "",
            line=place.line if place else 0,
            kind=function.kind,
            changed=function.changed,
            p=p,
            sure=bool(after - before) if not known else p is not None and p < 1 - self.confidence,
        )


def _basis(found: Sequence[Sequence[Weighed]]) -> Basis:
    if all(len(captures) > 1 for captures in found):
        return "captures"
    return "samples" if any(one.sampled for captures in found for one in captures) else "none"


def _value_type(before: Side, after: Side, kind: str) -> ValueType:
    """Return the value type of this kind, or the usual one of what came after, that all captures have."""
    every = [*before.captures, *after.captures]
    common = [one for one in every[-1].value_types if all(one in other.value_types for other in every)]
    known = ", ".join(one.kind for one in common)
    if not common:
        sides = " and ".join(", ".join(t.kind for t in one.captures[0].value_types) for one in (before, after))
        raise InputError(f"the two profiles measure nothing in common: {sides}")
    usual = every[-1].value_types[every[-1].default]
    if not kind:
        return usual if usual in common else common[0]
    chosen = next((one for one in common if one.kind == kind), None)
    if chosen is None:
        raise UsageError(f"the captures have no values called {kind!r} in common", hint=f"they have {known}")
    return chosen

"""The gate: thresholds by benchmark and unit, and what a change means against them."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING, Final

import msgspec

from perftool.model.comparison import Gate
from perftool.units.display import format_percent

if TYPE_CHECKING:
    from perftool.model.comparison import Change, Direction, RowOutcome
    from perftool.model.measurement import Better

_INFORMING: Final = ("p50-", "p90-", "p95-", "p99-", "p999-", "max-", "min-", "peak-", "gc-", "user-", "sys-")

INSTRUCTIONS: Final = "instructions/op"


class Rule(msgspec.Struct, frozen=True):
    """Thresholds for the rows whose name and unit fit the patterns (``*`` and ``?``); None leaves the general one.

    A pattern without ``/`` may also fit one part of a name: ``ComplexQuery`` is for ``sql-parse/ComplexQuery``.
    ``gates`` says whether such rows may fail at all.
    """

    match: str = "*"
    unit: str = "*"
    fail: float | None = None
    warn: float | None = None
    minimum_effect: float | None = None
    exact: float | None = None
    gates: bool | None = None
    origin: str = "rule"

    def fits(self, name: str, unit: str) -> bool:
        """Tell whether the rule is for the row ``name`` in ``unit``."""
        return fits(self.match, name) and fnmatch(unit, self.unit)


def fits(pattern: str, name: str) -> bool:
    """Tell whether ``pattern`` is for ``name``, or, without ``/``, for one part of it."""
    return fnmatch(name, pattern) or ("/" not in pattern and any(fnmatch(piece, pattern) for piece in name.split("/")))


def fnmatch(text: str, pattern: str) -> bool:
    """Tell whether ``text`` is ``pattern``, ``*`` being any text and ``?`` any character."""
    from fnmatch import fnmatchcase

    return fnmatchcase(text, pattern)


class GateRules(msgspec.Struct, frozen=True):
    """How to judge: thresholds are fractions, ``exact`` is that of exact measurements, ``instructions``
    that of counted instructions, the first rule that fits wins.

    ``strict`` fails when a row is undecided, ``fail_on_missing`` and ``fail_on_new`` when a benchmark is on one side
    only.
    """

    fail: float = 0.20
    warn: float = 0.10
    minimum_effect: float = 0.0
    exact: float = 0.005
    instructions: float = 0.01
    rules: tuple[Rule, ...] = ()
    strict: bool = False
    fail_on_missing: bool = False
    fail_on_new: bool = False
    origin: str = "default"

    def rule(self, name: str, unit: str) -> Rule | None:
        """Return the first rule for the row ``name`` in ``unit``; instructions have a limit of their own."""
        found = next((rule for rule in self.rules if rule.fits(name, unit)), None)
        if unit != INSTRUCTIONS:
            return found
        if found is None:
            return Rule(exact=self.instructions, origin=self.origin)
        return found if found.exact is not None else msgspec.structs.replace(found, exact=self.instructions)

    def thresholds(self, rule: Rule | None, *, exact: bool, buffer: float = 0.0) -> Gate:
        """Return the thresholds under ``rule``; a baseline's ``buffer`` is added to each."""
        chosen = rule or Rule(origin=self.origin)
        if exact:
            limit = (self.exact if chosen.exact is None else chosen.exact) + buffer
            return Gate(fail=limit, warn=limit, origin=chosen.origin)
        return Gate(
            fail=(self.fail if chosen.fail is None else chosen.fail) + buffer,
            warn=(self.warn if chosen.warn is None else chosen.warn) + buffer,
            minimum_effect=self.minimum_effect if chosen.minimum_effect is None else chosen.minimum_effect,
            origin=chosen.origin,
        )


class Evidence(msgspec.Struct, frozen=True):
    """What is known of a change: ``change``, ``lo`` and ``hi`` are fractions of the old value, None where unknown.

    ``old`` and ``new`` are the centres.
    """

    old: float
    new: float
    change: float | None
    lo: float | None
    hi: float | None
    significant: bool
    exact: bool = False


def evidence(old: float, new: float, change: Change, *, exact: bool) -> Evidence:
    """Return what a change that was tested before is judged by; ``old`` and ``new`` are the centres."""
    return Evidence(old, new, change.estimate, change.lo, change.hi, change.significant, exact=exact)


class Judgement(msgspec.Struct, frozen=True):
    """What the gate says of a row, and why in a few words.

    ``threshold`` is the change, as a fraction, that an undecided row could not be told from; None where decided.
    """

    outcome: RowOutcome
    reason: str
    threshold: float | None = None


def gates_by_default(unit: str) -> bool:
    """Tell whether a quantity may fail a gate when its source does not say: tails, peaks and parts inform only."""
    return not unit.startswith(_INFORMING)


def loss(change: float, better: Better) -> float:
    """Return a change as the loss that it is: more of what should be low, or the factor missing of what should be high.

    A rate that falls to 1/1.1 is a loss of 10 %, as is a time that grows by 1.1: the same loss has the same size
    whether it is told as time or as rate, and swapping the sides inverts its factor.
    """
    if better != "higher":
        return change
    return math.inf if change <= -1 else 1 / (1 + change) - 1


def losses(evidence: Evidence, better: Better) -> tuple[float, float]:
    """Return the smallest and the largest loss in the interval; unknown bounds are infinite."""
    lo = -math.inf if evidence.lo is None else evidence.lo
    hi = math.inf if evidence.hi is None else evidence.hi
    if better != "higher":
        return lo, hi
    return (-1.0 if evidence.hi is None else loss(hi, better)), (math.inf if evidence.lo is None else loss(lo, better))


def direction(evidence: Evidence, better: Better, minimum_effect: float = 0.0) -> Direction:
    """Say where a change went: ``same`` unless it is significant and at least the minimum effect."""
    moved = evidence.new - evidence.old if evidence.change is None else evidence.change
    if not evidence.significant or not moved:
        return "same"
    if evidence.change is not None and abs(evidence.change) < minimum_effect:
        return "same"
    if better == "unknown":
        return "unknown"
    return "worse" if (moved > 0) == (better == "lower") else "better"


def judge(evidence: Evidence, better: Better, gate: Gate) -> Judgement:
    """Judge one change.

    A row fails (warns) only if the change is significant and its whole interval is a loss over the threshold. It
    passes when its interval holds no loss over the fail threshold. Anything else is inconclusive. An exact
    measurement has no interval: a loss over its threshold fails, a smaller one passes.
    """
    worse = direction(evidence, better) == "worse"
    if evidence.change is None and evidence.old == 0 != evidence.new and (evidence.significant or evidence.exact):
        # From nothing to something has no ratio; it is beyond any threshold.
        return Judgement("fail", "was 0 in the baseline") if worse else Judgement("pass", "was 0 in the baseline")
    if evidence.exact:
        return _judge_exact(evidence, better, gate, worse=worse)
    fail, warn = max(gate.fail, gate.minimum_effect), max(gate.warn, gate.minimum_effect)
    least, most = losses(evidence, better)
    if worse and least > fail:
        return Judgement("fail", _over(fail))
    if worse and least > warn:
        return Judgement("warn", _over(warn, fail if most > fail else None))
    if most > fail:
        few = evidence.lo is None or evidence.hi is None
        return Judgement("inconclusive", "too few blocks to tell" if few else _not_excluded(fail), fail)
    if direction(evidence, better, gate.minimum_effect) == "better":
        return Judgement("pass", "better")
    return Judgement("pass", _within(warn if most <= warn else fail) if worse else "same")


def _judge_exact(evidence: Evidence, better: Better, gate: Gate, *, worse: bool) -> Judgement:
    if evidence.change is None or not evidence.change:
        return Judgement("pass", "same")
    if not worse:
        return Judgement("pass", "better")
    if loss(evidence.change, better) > gate.fail:
        return Judgement("fail", f"over {threshold_text(gate.fail)} (exact)")
    return Judgement("pass", f"within {threshold_text(gate.fail)} (exact)")


@functools.lru_cache(maxsize=64)
def _over(fraction: float, perhaps: float | None = None) -> str:
    """Say over what a loss surely is; one text for all rows with the same thresholds."""
    more = "" if perhaps is None else f", perhaps over {threshold_text(perhaps)}"
    return f"over {threshold_text(fraction)}{more}"


@functools.lru_cache(maxsize=64)
def _within(fraction: float) -> str:
    return f"within {threshold_text(fraction)}"


@functools.lru_cache(maxsize=64)
def _not_excluded(fraction: float) -> str:
    return f"a loss over {threshold_text(fraction)} cannot be excluded"


def threshold_text(fraction: float) -> str:
    """Return a threshold without a needless decimal: ``20 %``, ``0.5 %``."""
    return format_percent(fraction).replace(".0 %", " %")

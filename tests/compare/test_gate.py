"""The gate's rules."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.compare.gate import Evidence, GateRules, Rule, direction, gates_by_default, judge, loss, losses
from perftool.model.comparison import Gate

GATE = Gate(fail=0.2, warn=0.1)
EXACT = Gate(fail=0.005, warn=0.005)


def seen(lo: float | None, change: float | None, hi: float | None, *, significant: bool = True) -> Evidence:
    return Evidence(100.0, 100.0 * (1 + (change or 0)), change, lo, hi, significant)


@pytest.mark.parametrize(
    ("evidence", "outcome", "reason"),
    [
        (seen(0.22, 0.25, 0.28), "fail", "over 20 %"),
        (seen(0.18, 0.25, 0.28), "warn", "over 10 %, perhaps over 20 %"),
        (seen(0.12, 0.15, 0.18), "warn", "over 10 %"),
        (seen(0.05, 0.15, 0.25), "inconclusive", "a loss over 20 % cannot be excluded"),
        (seen(0.05, 0.12, 0.19), "pass", "within 20 %"),
        (seen(0.02, 0.05, 0.09), "pass", "within 10 %"),
        (seen(-0.02, 0.01, 0.04, significant=False), "pass", "same"),
        (seen(-0.3, 0.0, 0.3, significant=False), "inconclusive", "a loss over 20 % cannot be excluded"),
        (seen(-0.3, -0.2, -0.1), "pass", "better"),
        (seen(None, 0.5, None, significant=False), "inconclusive", "too few blocks to tell"),
        (seen(None, -0.5, None), "inconclusive", "too few blocks to tell"),
        (Evidence(0.0, 5.0, None, None, None, significant=True), "fail", "was 0 in the baseline"),
        (Evidence(0.0, -5.0, None, None, None, significant=True), "pass", "was 0 in the baseline"),
        (Evidence(0.0, 5.0, None, None, None, significant=False), "inconclusive", "too few blocks to tell"),
    ],
)
def test_times(evidence: Evidence, outcome: str, reason: str) -> None:
    found = judge(evidence, "lower", GATE)
    assert (found.outcome, found.reason) == (outcome, reason)
    assert (found.threshold is not None) == (outcome == "inconclusive")


@pytest.mark.parametrize(
    ("old", "new", "outcome"),
    [(100, 100, "pass"), (100, 101, "fail"), (1000, 1004, "pass"), (1000, 1006, "fail"), (100, 50, "pass"),
     (0, 1, "fail"), (0, 0, "pass"), (5, 0, "pass")],
)  # fmt: skip
def test_exact_measurements_need_no_interval(old: float, new: float, outcome: str) -> None:
    change = 0.0 if old == new else new / old - 1 if old else None
    assert judge(Evidence(old, new, change, change, change, old != new, exact=True), "lower", EXACT).outcome == outcome


def test_a_minimum_effect_makes_small_changes_none() -> None:
    gate = Gate(fail=0.01, warn=0.01, minimum_effect=0.05)
    assert judge(seen(0.02, 0.03, 0.04), "lower", gate).outcome == "pass"
    assert judge(seen(0.06, 0.07, 0.08), "lower", gate).outcome == "fail"
    assert direction(seen(0.02, 0.03, 0.04), "lower", 0.05) == "same"
    assert direction(seen(0.02, 0.03, 0.04), "lower", 0.01) == "worse"


def test_direction() -> None:
    assert direction(seen(0.1, 0.2, 0.3), "higher") == "better"
    assert direction(seen(0.1, 0.2, 0.3), "unknown") == "unknown"
    assert direction(seen(0.1, 0.2, 0.3, significant=False), "lower") == "same"


RATIOS = st.floats(min_value=0.01, max_value=100)


@given(RATIOS, RATIOS, RATIOS)
def test_a_loss_is_as_large_told_as_time_or_as_rate(a: float, b: float, c: float) -> None:
    low, middle, high = sorted([a, b, c])
    as_time = seen(low - 1, middle - 1, high - 1)
    as_rate = seen(1 / high - 1, 1 / middle - 1, 1 / low - 1)
    assert losses(as_time, "lower") == pytest.approx(losses(as_rate, "higher"), rel=1e-9, abs=1e-9)
    assert loss(middle - 1, "lower") == pytest.approx(loss(1 / middle - 1, "higher"), rel=1e-9, abs=1e-9)


@given(RATIOS)
def test_swapping_sides_inverts_the_factor_of_a_loss(ratio: float) -> None:
    assert (1 + loss(ratio - 1, "higher")) * (1 + loss(1 / ratio - 1, "higher")) == pytest.approx(1)


@given(st.none() | st.floats(-2, 5), st.none() | st.floats(-2, 5), st.booleans(), st.sampled_from(["lower", "higher"]))
def test_every_change_gets_a_judgement(lo: float | None, hi: float | None, significant: bool, better: str) -> None:
    if lo is not None and hi is not None and lo > hi:
        lo, hi = hi, lo
    middle = lo if hi is None else hi if lo is None else (lo + hi) / 2
    found = judge(seen(lo, middle, hi, significant=significant), better, GATE)  # type: ignore[arg-type]
    assert found.outcome in ("pass", "warn", "fail", "inconclusive")
    least, most = losses(seen(lo, middle, hi), better)  # type: ignore[arg-type]
    assert (found.outcome == "fail") <= (significant and least > 0.2)
    assert (found.outcome == "pass") <= (most <= 0.2)


def test_a_rate_that_falls_to_nothing_is_an_endless_loss() -> None:
    assert math.isinf(loss(-1.0, "higher"))


def test_the_first_rule_that_fits_wins() -> None:
    rules = GateRules(
        rules=(
            Rule(match="sql/CTE*", unit="B/op", fail=0.5),
            Rule(match="Complex*", fail=0.3, warn=0.25, gates=False),
            Rule(unit="B/op", exact=0.1),
        )
    )
    assert rules.rule("sql/CTE/n=1", "B/op") == rules.rules[0]
    assert rules.rule("sql/ComplexQuery/n=1", "sec/op") == rules.rules[1]
    assert rules.rule("sql/Other", "B/op") == rules.rules[2]
    assert rules.rule("sql/Other", "sec/op") is None


def test_thresholds_come_from_the_rule_then_the_general_and_the_buffer_is_added() -> None:
    rules = GateRules(fail=0.2, warn=0.1, exact=0.01, minimum_effect=0.02)
    assert rules.thresholds(None, exact=False) == Gate(fail=0.2, warn=0.1, minimum_effect=0.02)
    assert rules.thresholds(Rule(fail=0.5, origin="file:3"), exact=False, buffer=0.25) == Gate(
        fail=0.75, warn=0.35, minimum_effect=0.02, origin="file:3"
    )
    assert rules.thresholds(None, exact=True, buffer=0.25).fail == 0.26


def test_tails_peaks_and_parts_inform_only() -> None:
    assert [gates_by_default(unit) for unit in ("sec/op", "B/op", "allocs/op", "tokens/s")] == [True] * 4
    assert not any(gates_by_default(u) for u in ("p99-sec/op", "max-sec/op", "peak-RSS-B", "gc-sec/op", "user-sec/op"))


@pytest.mark.parametrize(("change", "outcome"), [(0.005, "pass"), (0.009, "pass"), (0.015, "fail"), (-0.02, "pass")])
def test_instructions_have_a_limit_of_their_own(change: float, outcome: str) -> None:
    rules = GateRules(exact=0.001)
    gate = rules.thresholds(rules.rule("sql/CTE", "instructions/op"), exact=True)
    counted = Evidence(1e6, 1e6 * (1 + change), change, change, change, significant=True, exact=True)
    assert judge(counted, "lower", gate).outcome == outcome


def test_a_rule_for_instructions_may_leave_the_limit_or_set_it() -> None:
    rules = GateRules(
        instructions=0.02, rules=(Rule(match="sql/*", unit="instr*", exact=0.1), Rule(fail=0.5, gates=False))
    )
    own, other = (rules.rule(name, "instructions/op") for name in ("sql/CTE", "rows/sort"))
    assert rules.thresholds(own, exact=True).fail == 0.1
    assert rules.thresholds(other, exact=True).fail == 0.02
    assert other is not None
    assert other.gates is False
    assert rules.rule("rows/sort", "sec/op") == rules.rules[1]

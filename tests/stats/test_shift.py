"""The change and its interval."""

from __future__ import annotations

import itertools
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perftool.stats import shift
from perftool.stats.mann_whitney import mann_whitney
from perftool.stats.sample import median
from perftool.stats.shift import ChangeEstimate, ratio_change
from perftool.stats.signed_rank import signed_rank

positive = st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=12)


def in_logs(change: ChangeEstimate) -> list[float | None]:
    return [None if v is None else math.log1p(v) for v in (change.estimate, change.lo, change.hi)]


@given(positive, positive)
def test_swapping_the_sides_flips_the_sign(old: list[float], new: list[float]) -> None:
    forth, back = in_logs(ratio_change(old, new)), in_logs(ratio_change(new, old))
    assert forth[0] == pytest.approx(-back[0], abs=1e-9)
    assert (forth[1] is None) == (back[2] is None)
    if forth[1] is not None:
        assert forth[1:] == pytest.approx([-back[2], -back[1]], abs=1e-9)


@given(positive, st.floats(0.1, 10))
def test_a_planted_change_is_found_and_enclosed(old: list[float], factor: float) -> None:
    new = [value * factor for value in old]
    for paired in (False, True):
        change = ratio_change(old, new, paired=paired)
        assert change.estimate == pytest.approx(factor - 1, rel=1e-6, abs=1e-9)
        if change.lo is not None:
            assert change.lo <= change.estimate <= change.hi


@settings(deadline=None)
@given(st.lists(st.floats(1, 2), min_size=4, max_size=24, unique=True), st.data())
def test_the_interval_leaves_no_change_out_just_when_the_test_finds_one(
    values: list[float], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(1, len(values) - 1))
    confidence = data.draw(st.sampled_from([0.8, 0.9, 0.95, 0.99]))
    old, new = values[:cut], values[cut:]
    change = ratio_change(old, new, confidence)
    excluded = change.lo is not None and (change.lo > 0 or change.hi < 0)
    assert excluded == (mann_whitney(old, new).p < round(1 - confidence, 12))


@settings(deadline=None)
@given(st.lists(st.integers(1, 1000), min_size=1, max_size=16, unique=True), st.data())
def test_the_paired_interval_agrees_with_the_paired_test(sizes: list[int], data: st.DataObject) -> None:
    new = [math.exp(s / 1000 * data.draw(st.sampled_from([1, -1]))) for s in sizes]
    old = [1.0] * len(new)
    change = ratio_change(old, new, 0.95, paired=True)
    excluded = change.lo is not None and (change.lo > 0 or change.hi < 0)
    assert excluded == (signed_rank(old, new).p < 0.05)


def test_small_samples_have_an_estimate_but_no_interval() -> None:
    change = ratio_change([1.0, 1.0], [1.5, 1.5])
    assert (change.estimate, change.lo, change.hi) == (pytest.approx(0.5), None, None)


def test_three_against_three_cannot_decide_at_exactly_alpha() -> None:
    assert ratio_change([1, 2, 3], [4, 5, 6], 0.9).lo is None
    assert ratio_change([1, 2, 3], [4, 5, 6], 0.89).lo is not None


def test_values_not_above_zero_are_compared_by_difference() -> None:
    change = ratio_change([-10.0, -10.0, -10.0, -10.0], [-8.0, -8.0, -8.0, -8.0])
    assert (change.estimate, change.lo, change.hi) == (0.2, 0.2, 0.2)
    assert ratio_change([0.0, 2.0, 2.0], [0.0, 3.0, 3.0]).estimate == 0.5


def test_a_change_from_zero_is_undefined_unless_there_is_none() -> None:
    nothing = ChangeEstimate(None, None, None)
    assert ratio_change([0.0] * 5, [1.0] * 5) == nothing
    assert ratio_change([0.0] * 5, [0.0] * 5) == ChangeEstimate(0.0, 0.0, 0.0)
    assert ratio_change([], [1.0]) == ratio_change([math.inf], [1.0]) == ratio_change([1.0], [math.nan]) == nothing


def test_changes_beyond_a_double_are_undefined() -> None:
    assert ratio_change([1e-300] * 5, [1e300] * 5) == ChangeEstimate(None, None, None)
    assert ratio_change([-1e-300] * 5, [1e300] * 5) == ChangeEstimate(None, None, None)


@pytest.mark.parametrize("paired", [False, True])
def test_no_interval_is_certain(paired: bool) -> None:
    for n in (8, 60):
        assert ratio_change([1.0] * n, [2.0] * n, 1.0, paired).lo is None


@pytest.mark.parametrize("paired", [False, True])
def test_selection_without_the_list_of_pairs_gives_the_same(monkeypatch: pytest.MonkeyPatch, paired: bool) -> None:
    source = random.Random(7)
    old = [source.choice([source.gauss(100, 3), 100.0, 101.0]) for _ in range(60)]
    new = [source.choice([source.gauss(102, 3), 100.0, 101.0]) for _ in range(60)]
    listed = ratio_change(old, new, paired=paired)
    monkeypatch.setattr(shift, "_LARGEST_LIST", 0)
    bisected = ratio_change(old, new, paired=paired)
    assert bisected.estimate == pytest.approx(listed.estimate, rel=1e-9, abs=1e-13)
    assert bisected.lo == pytest.approx(listed.lo, rel=1e-9, abs=1e-13)
    assert bisected.hi == pytest.approx(listed.hi, rel=1e-9, abs=1e-13)


def test_the_estimate_is_the_median_of_all_ratios() -> None:
    old, new = [1.0, 2.0, 5.0], [3.0, 4.0, 9.0, 7.0]
    logs = sorted(math.log(b / a) for a, b in itertools.product(old, new))
    assert ratio_change(old, new).estimate == pytest.approx(math.expm1(median(logs)))

"""The U test against counting by hand and against scipy."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from perftool.stats.mann_whitney import mann_whitney, tied_tail, untied_counts

few = st.lists(st.integers(0, 5), min_size=1, max_size=6)


def u_of(x1: list[int], x2: list[int]) -> float:
    return sum((a > b) + (a == b) / 2 for a in x1 for b in x2)


def p_by_enumeration(x1: list[int], x2: list[int]) -> float:
    pooled, middle = x1 + x2, len(x1) * len(x2) / 2
    observed = abs(u_of(x1, x2) - middle)
    extreme = total = 0
    for chosen in itertools.combinations(range(len(pooled)), len(x1)):
        first = [pooled[i] for i in chosen]
        second = [pooled[i] for i in range(len(pooled)) if i not in chosen]
        total += 1
        extreme += abs(u_of(first, second) - middle) >= observed
    return extreme / total


@settings(max_examples=150, deadline=None)
@given(few, few)
def test_p_is_the_share_of_assignments_at_least_as_extreme(x1: list[int], x2: list[int]) -> None:
    test = mann_whitney(x1, x2)
    assert test.u == u_of(x1, x2)
    assert test.p == pytest.approx(p_by_enumeration(x1, x2), abs=1e-14)
    assert 0 < test.p <= 1


@given(st.lists(st.integers(0, 30), min_size=1, max_size=25), st.lists(st.integers(0, 30), min_size=1, max_size=25))
def test_swapping_the_samples_changes_u_but_not_p(x1: list[int], x2: list[int]) -> None:
    one, other = mann_whitney(x1, x2), mann_whitney(x2, x1)
    assert one.p == pytest.approx(other.p, rel=1e-12)
    assert one.u + other.u == len(x1) * len(x2)


@settings(deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=24, unique=True), st.data())
def test_without_ties_scipy_agrees(values: list[float], data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(values) - 1))
    expected = scipy_stats.mannwhitneyu(values[:cut], values[cut:], method="exact")
    test = mann_whitney(values[:cut], values[cut:])
    assert (test.u, test.p) == (expected.statistic, pytest.approx(expected.pvalue, rel=1e-10))


@pytest.mark.parametrize("step", [1, 3])
def test_large_samples_use_the_approximation_as_scipy_does(step: int) -> None:
    x1 = [i // step for i in range(60)]
    x2 = [i // step + 7 for i in range(55)]
    expected = scipy_stats.mannwhitneyu(x1, x2, method="asymptotic")
    test = mann_whitney(x1, x2)
    assert test.method == "mann-whitney-normal"
    assert (test.u, test.p) == (expected.statistic, pytest.approx(expected.pvalue, rel=1e-9))


def test_limits_of_the_exact_method() -> None:
    untied = [[float(i) for i in range(start, 2 * n, 2)] for n in (50, 51) for start in (0, 1)]
    assert mann_whitney(untied[0], untied[1]).method == "mann-whitney-exact"
    assert mann_whitney(untied[2], untied[3]).method == "mann-whitney-normal"
    assert mann_whitney([1, 1, *range(2, 25)], range(100, 125)).method == "mann-whitney-exact"
    assert mann_whitney([1, 1, *range(2, 26)], range(100, 125)).method == "mann-whitney-normal"


def test_nothing_to_test() -> None:
    for x1, x2 in (([], [1.0]), ([1.0], []), ([2.0, 2.0], [2.0]), ([], [])):
        assert (mann_whitney(x1, x2).p, mann_whitney(x1, x2).method) == (1.0, "none")


def test_the_tail_of_tied_unequal_samples_is_right() -> None:
    assert mann_whitney([1, 4, 4], [4, 4]).p == 1.0
    assert mann_whitney([3, 3, 2], [1]).p == mann_whitney([1], [3, 3, 2]).p == 0.25


def test_an_infinite_value_is_only_a_largest_one() -> None:
    assert mann_whitney([1, 2, math.inf], [3, 4, 5]).p == mann_whitney([1, 2, 9], [3, 4, 5]).p


@pytest.mark.parametrize(("n1", "n2"), [(1, 1), (3, 5), (8, 8)])
def test_counts_add_up_and_both_ways_of_counting_agree(n1: int, n2: int) -> None:
    counts = untied_counts(n1, n2)
    assert sum(counts) == math.comb(n1 + n2, n1)
    untied = (1,) * (n1 + n2)
    assert [tied_tail(n1, untied, 2 * u) for u in range(n1 * n2 + 1)] == list(itertools.accumulate(counts))


@given(st.lists(st.integers(1, 3), min_size=1, max_size=4), st.data())
def test_a_tail_is_what_enumeration_counts(groups: list[int], data: st.DataObject) -> None:
    pooled = [value for value, size in enumerate(groups) for _ in range(size)]
    n1 = data.draw(st.integers(0, len(pooled)))
    most = data.draw(st.integers(0, 2 * n1 * (len(pooled) - n1)))
    count = 0
    for chosen in itertools.combinations(range(len(pooled)), n1):
        others = [value for place, value in enumerate(pooled) if place not in chosen]
        count += 2 * u_of([pooled[place] for place in chosen], others) <= most
    assert tied_tail(n1, groups, most) == count

"""The signed-rank test against counting by hand and against scipy."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from perftool.stats.signed_rank import differences, signed_rank


def p_by_enumeration(changes: list[int]) -> float:
    sizes = sorted(abs(c) for c in changes)
    ranks = [(sizes.index(abs(c)) + 1 + len(sizes) - sizes[::-1].index(abs(c))) / 2 for c in changes if c]
    observed = sum(rank for rank, c in zip(ranks, [c for c in changes if c], strict=True) if c > 0)
    middle = sum(ranks) / 2
    signs = list(itertools.product((0, 1), repeat=len(ranks)))
    sums = [sum(r for r, s in zip(ranks, choice, strict=True) if s) for choice in signs]
    return sum(abs(s - middle) >= abs(observed - middle) for s in sums) / len(signs)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(-4, 4), min_size=1, max_size=8))
def test_p_is_the_share_of_signs_at_least_as_extreme(changes: list[int]) -> None:
    test = signed_rank([0] * len(changes), changes)
    assert test.p == pytest.approx(p_by_enumeration(changes), abs=1e-14)
    assert signed_rank(changes, [0] * len(changes)).p == test.p


@settings(deadline=None)
@given(st.lists(st.floats(0.1, 100), min_size=1, max_size=30, unique=True))
def test_without_ties_scipy_agrees(values: list[float]) -> None:
    changes = [v if i % 3 else -v for i, v in enumerate(values)]
    expected = scipy_stats.wilcoxon(changes, method="exact")
    assert signed_rank([0.0] * len(changes), changes).p == pytest.approx(expected.pvalue, rel=1e-10)


def test_large_samples_use_the_approximation_as_scipy_does() -> None:
    changes = [(i - 20) * 1.0 for i in range(80)]
    expected = scipy_stats.wilcoxon(changes, zero_method="pratt", correction=True, method="asymptotic")
    test = signed_rank([0.0] * 80, changes)
    assert test.method == "signed-rank-normal"
    assert test.p == pytest.approx(expected.pvalue, rel=1e-9)


def test_positive_values_are_compared_as_ratios() -> None:
    assert differences([1.0, 2.0], [2.0, 4.0])[0] == pytest.approx(differences([1.0, 2.0], [2.0, 4.0])[1])
    assert differences([0.0, 2.0], [2.0, 4.0]) == [2.0, 2.0]


def test_pairs_without_any_change_test_nothing() -> None:
    assert signed_rank([1.0, 2.0], [1.0, 2.0]).method == "none"
    assert signed_rank([], []).p == 1.0


def test_six_pairs_that_all_grew_are_significant() -> None:
    test = signed_rank([1.0] * 6, [1.1, 1.2, 1.3, 1.4, 1.5, 1.6])
    assert (test.w, test.p, test.method) == (21, 2 / 64, "signed-rank-exact")

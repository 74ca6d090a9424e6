"""Adjusted p-values against hand-worked cases, the definitions and scipy."""

from __future__ import annotations

import math
import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from perftool.stats.multiplicity import adjusted, benjamini_hochberg, holm

MANY = st.lists(st.floats(0, 1), max_size=12)
LEVELS = st.floats(0.001, 0.999)


def test_a_case_worked_by_hand() -> None:
    p = [0.01, 0.04, 0.03, 0.005]
    assert holm(p) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert benjamini_hochberg(p) == pytest.approx((0.02, 0.04, 0.04, 0.02))
    assert adjusted(p, "holm") == holm(p)
    assert adjusted(p, "bh") == benjamini_hochberg(p)


def test_one_test_needs_no_adjustment() -> None:
    assert holm([0.03]) == benjamini_hochberg([0.03]) == (0.03,)
    assert holm([]) == benjamini_hochberg([]) == ()


def holm_rejects(p: list[float], alpha: float) -> set[int]:
    """Step down: stop at the first that is not below its share of alpha."""
    found: set[int] = set()
    for rank, index in enumerate(sorted(range(len(p)), key=lambda i: p[i])):
        if p[index] * (len(p) - rank) >= alpha:
            break
        found.add(index)
    return found


def hochberg_rejects(p: list[float], alpha: float) -> set[int]:
    """Step up: all up to the last that is below its share of alpha."""
    order = sorted(range(len(p)), key=lambda i: p[i])
    last = max((rank for rank, i in enumerate(order, 1) if len(p) * p[i] / rank < alpha), default=0)
    return set(order[:last])


@given(MANY, LEVELS)
def test_they_reject_what_the_procedures_reject(p: list[float], alpha: float) -> None:
    assert {i for i, value in enumerate(holm(p)) if value < alpha} == holm_rejects(p, alpha)
    assert {i for i, value in enumerate(benjamini_hochberg(p)) if value < alpha} == hochberg_rejects(p, alpha)


@given(MANY)
def test_they_keep_the_order_and_never_make_a_p_smaller(p: list[float]) -> None:
    for found in (holm(p), benjamini_hochberg(p)):
        ranked = [after for _, after in sorted(zip(p, found, strict=True))]
        assert all(low <= high for low, high in pairwise(ranked))
        assert all(before <= after * (1 + 1e-12) <= 1 + 1e-12 for before, after in zip(p, found, strict=True))
    assert all(fdr <= fwer * (1 + 1e-12) for fdr, fwer in zip(benjamini_hochberg(p), holm(p), strict=True))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_scipy_agrees(p: list[float]) -> None:
    assert benjamini_hochberg(p) == pytest.approx(scipy_stats.false_discovery_control(p, method="bh"))


@pytest.mark.parametrize("wrong", [math.nan, -0.1, 1.1, math.inf])
def test_what_is_no_probability_is_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        holm([0.5, wrong])


def test_holm_calls_no_row_wrongly_in_all_but_a_share_of_alpha() -> None:
    chance, runs = random.Random(5), 4000
    wrong = sum(min(holm([chance.random() for _ in range(20)])) < 0.05 for _ in range(runs))
    assert wrong <= scipy_stats.binom.ppf(0.999, runs, 0.05)

"""The interval of the median."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.stats.assumption import samples_for_interval
from perftool.stats.interval import median_interval, summarize, summarize_exact


def coverage(n: int, lo: int, hi: int) -> Fraction:
    return Fraction(sum(math.comb(n, k) for k in range(lo, hi)), 2**n)


@given(st.integers(1, 80), st.floats(0, 0.9999))
def test_the_interval_covers_what_it_promises_and_no_step_more(n: int, confidence: float) -> None:
    lo, hi = median_interval(n, confidence)
    assert 0 <= lo < hi <= n + 1
    assert coverage(n, lo, hi) >= Fraction(confidence) or (lo, hi) == (0, n + 1)
    if hi - lo > 1:
        smaller = max(coverage(n, lo + 1, hi), coverage(n, lo, hi - 1))
        fewest = min(coverage(n, lo + 1, hi), coverage(n, lo, hi - 1))
        assert fewest < Fraction(confidence)
        assert smaller < coverage(n, lo, hi)


@pytest.mark.parametrize(
    ("n", "expected"), [(1, (0, 2)), (5, (0, 5)), (6, (1, 6)), (10, (2, 9)), (11, (2, 9)), (24, (7, 17))]
)
def test_known_intervals(n: int, expected: tuple[int, int]) -> None:
    assert median_interval(n, 0.95) == expected


def test_certainty_needs_everything_and_a_large_sample_is_symmetric() -> None:
    assert median_interval(10, 1.0) == (0, 11)
    lo, hi = median_interval(5001, 0.95)
    assert lo + hi == 5002
    assert 68 < 2501 - lo < 72


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=40), st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_the_interval_holds_the_centre(values: list[float], confidence: float) -> None:
    summary = summarize(values, confidence)
    assert summary.n == len(values)
    if summary.lo is not None:
        assert summary.lo <= summary.center
    if summary.hi is not None:
        assert summary.center <= summary.hi
    assert (summary.needed is None) == (summary.lo is not None and summary.hi is not None)


def test_a_small_sample_says_how_many_it_takes() -> None:
    summary = summarize([3.0, 1.0, 2.0], 0.95)
    assert (summary.center, summary.lo, summary.hi) == (2.0, None, None)
    assert summary.needed == samples_for_interval(0.95) == 6
    assert summary.spread == math.inf


def test_the_spread_is_the_wider_half() -> None:
    assert summarize([9.0, 10, 10, 10, 10, 12]).spread == pytest.approx(0.2)
    assert summarize([5.0] * 6).spread == 0
    assert summarize([-1.0, -1, 0, 0, 1, 1]).spread == math.inf


def test_an_exact_sample_is_its_most_frequent_value() -> None:
    summary = summarize_exact([3, 1, 2, 3, 1])
    assert (summary.center, summary.lo, summary.hi) == (1, 1, 3)
    assert summarize_exact([7]).spread == 0

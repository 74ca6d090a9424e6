"""Welch's interval against scipy's, and what holds for every sample."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from perftool.stats.welch import welch

scipy_stats = pytest.importorskip("scipy.stats", reason="compared with scipy")

SAMPLES = st.lists(st.floats(-1e6, 1e6).map(lambda value: round(value, 3)), min_size=2, max_size=12)


@given(SAMPLES, SAMPLES)
def test_interval_and_p_are_those_of_scipy(first: list[float], second: list[float]) -> None:
    assume(len(set(first)) > 1 and len(set(second)) > 1)
    found = welch(first, second)
    expected = scipy_stats.ttest_ind(second, first, equal_var=False)
    interval = expected.confidence_interval(0.95)
    assert found.p == pytest.approx(expected.pvalue, rel=1e-5, abs=1e-12)
    size = max(map(abs, (*first, *second)))
    assert (found.lo, found.hi) == pytest.approx((interval.low, interval.high), rel=1e-5, abs=1e-7 * size)


@given(SAMPLES, SAMPLES)
def test_swapping_the_sides_flips_the_sign(first: list[float], second: list[float]) -> None:
    one, other = welch(first, second), welch(second, first)
    assert (one.center, one.lo, one.hi) == pytest.approx((-other.center, -other.hi, -other.lo))
    assert one.p == pytest.approx(other.p)
    assert one.lo <= one.center <= one.hi


def test_samples_without_spread_differ_for_sure_or_not_at_all() -> None:
    assert (welch([1.0, 1.0], [2.0, 2.0]).p, welch([1.0, 1.0], [1.0, 1.0]).p) == (0.0, 1.0)
    assert welch([1.0, 1.0], [2.0, 2.0]).lo == 1.0


def test_one_value_has_no_spread() -> None:
    with pytest.raises(ValueError, match="at least two"):
        welch([1.0], [1.0, 2.0])

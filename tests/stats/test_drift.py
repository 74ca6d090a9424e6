"""Trends over time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from perftool.stats.drift import drift


def test_a_rise_is_found_and_sized() -> None:
    result = drift([100 + i for i in range(11)])
    assert result.tau == 1
    assert result.p < 0.001
    assert result.change == pytest.approx(10 / 105)


def test_noise_and_constants_do_not_drift() -> None:
    assert drift([5, 1, 4, 2, 3, 4, 1, 5]).p > 0.5
    assert (drift([7.0] * 9).p, drift([7.0] * 9).change) == (1.0, 0.0)
    assert drift([1.0, 2.0]).p == 1.0
    assert drift([-1.0, 0.0, 1.0]).change is None


@given(st.lists(st.integers(1, 50), min_size=3, max_size=25))
def test_reversing_time_flips_the_trend(values: list[int]) -> None:
    forth, back = drift(values), drift(values[::-1])
    assert (forth.tau, forth.p) == (-back.tau, back.p)
    assert forth.change == pytest.approx(-back.change)
    expected = scipy_stats.theilslopes(values).slope * (len(values) - 1)
    assert forth.change * sorted(values)[len(values) // 2] == pytest.approx(expected) or len(values) % 2 == 0

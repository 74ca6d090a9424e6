"""Geometric means."""

from __future__ import annotations

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.stats.geomean import geomean


@given(st.lists(st.floats(1e-9, 1e9), min_size=1, max_size=30))
def test_the_mean_is_the_standard_librarys(values: list[float]) -> None:
    assert geomean(values) == pytest.approx(statistics.geometric_mean(values), rel=1e-12)


def test_nothing_or_a_value_not_above_zero_and_finite_has_none() -> None:
    assert (
        geomean([]) is geomean([1.0, 0.0]) is geomean([-1.0]) is geomean([math.inf]) is geomean([math.nan, 1.0]) is None
    )

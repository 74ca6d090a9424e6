"""Theil's and Sen's slope against SciPy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.stats.slope import theil_sen

stats = pytest.importorskip("scipy.stats")


@given(st.lists(st.integers(-50, 50), min_size=4, max_size=40))
def test_agrees_with_scipy(values: list[int]) -> None:
    x = [float(one) for one in range(len(values))]
    y = [float(one) for one in values]
    found, expected = theil_sen(x, y), stats.theilslopes(y, x, alpha=0.95)
    assert found is not None
    assert (found.center, found.lo, found.hi) == pytest.approx(
        (expected.slope, expected.low_slope, expected.high_slope)
    )


def test_one_wild_point_changes_little() -> None:
    y = [2.0 * x for x in range(30)]
    y[17] = 1e9
    found = theil_sen([float(x) for x in range(30)], y)
    assert found is not None
    assert found.center == 2.0


@pytest.mark.parametrize("x", [[], [1.0], [1.0, 1.0]])
def test_no_slope(x: list[float]) -> None:
    assert theil_sen(x, x) is None

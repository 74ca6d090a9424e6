"""Student's t against scipy's."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.stats.student import incomplete_beta, quantile, two_sided_p

scipy_stats = pytest.importorskip("scipy.stats", reason="compared with scipy")
special = pytest.importorskip("scipy.special", reason="compared with scipy")

DEGREES = st.floats(0.5, 5000)


@given(st.floats(-1e4, 1e4), DEGREES)
def test_the_tails_are_those_of_scipy(t: float, df: float) -> None:
    assert two_sided_p(t, df) == pytest.approx(2 * scipy_stats.t.sf(abs(t), df), rel=1e-7, abs=1e-300)


@given(st.floats(0.001, 0.999), st.floats(1, 5000))
def test_the_quantiles_are_those_of_scipy(probability: float, df: float) -> None:
    assert quantile(probability, df) == pytest.approx(scipy_stats.t.ppf(probability, df), rel=1e-8, abs=1e-9)


@given(st.floats(0.01, 200), st.floats(0.01, 200), st.floats(1e-12, 1))
def test_the_incomplete_beta_function_is_that_of_scipy(a: float, b: float, x: float) -> None:
    assert incomplete_beta(a, b, x) == pytest.approx(special.betainc(a, b, x), rel=1e-9, abs=1e-12)


def test_the_ends() -> None:
    assert (quantile(0, 3), quantile(1, 3), quantile(0.5, 3)) == (-math.inf, math.inf, 0)
    assert quantile(0.975, math.inf) == pytest.approx(1.959964, rel=1e-6)
    assert two_sided_p(math.inf, 3) == 0
    assert two_sided_p(1.959964, math.inf) == pytest.approx(0.05, rel=1e-5)

"""The normal distribution against the standard library's."""

from __future__ import annotations

import math
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.stats.normal import cdf, quantile


@given(st.floats(1e-300, 1, exclude_max=True))
def test_the_quantile_is_the_standard_librarys(probability: float) -> None:
    assert quantile(probability) == pytest.approx(NormalDist().inv_cdf(probability), rel=1e-12, abs=1e-12)


@given(st.floats(-8, 8))
def test_the_share_is_the_standard_librarys(z: float) -> None:
    assert cdf(z) == pytest.approx(NormalDist().cdf(z), rel=1e-9, abs=1e-15)


def test_certainty_is_at_infinity() -> None:
    assert (quantile(0), quantile(0.5), quantile(1)) == (-math.inf, 0, math.inf)

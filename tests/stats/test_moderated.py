"""Spreads that learn from each other: against scipy, and back from samples of what is known."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.stats.moderated import Prior, digamma, prior, trigamma, trigamma_inverse

special = pytest.importorskip("scipy.special", reason="compared with scipy")


@given(st.floats(1e-3, 1e6))
def test_digamma_and_trigamma_are_those_of_scipy(x: float) -> None:
    assert digamma(x) == pytest.approx(float(special.digamma(x)), rel=1e-10, abs=1e-10)
    assert trigamma(x) == pytest.approx(float(special.polygamma(1, x)), rel=1e-10)


@given(st.floats(1e-4, 1e4))
def test_the_inverse_leads_back(x: float) -> None:
    assert trigamma_inverse(trigamma(x)) == pytest.approx(x, rel=1e-6)


def drawn(source: random.Random, df: float) -> float:
    """Return a chi-squared value over its degrees of freedom."""
    return source.gammavariate(df / 2, 2) / df


@pytest.mark.parametrize(("scale", "own"), [(1.0, 4.0), (3.0, 9.0)])
def test_what_was_drawn_is_found_again(scale: float, own: float) -> None:
    source = random.Random(11)
    found = prior([scale / drawn(source, own) * drawn(source, 4) for _ in range(4000)], 4)
    assert found is not None
    assert found.scale == pytest.approx(scale, rel=0.1)
    assert found.df == pytest.approx(own, rel=0.25)


def test_spreads_that_are_all_alike_know_each_other_fully() -> None:
    source = random.Random(12)
    found = prior([2.0 * drawn(source, 4) for _ in range(500)], 4)
    assert found is not None
    assert found.df > 40
    assert prior([2.0] * 9, 4) == Prior(pytest.approx(2.0 * math.exp(-digamma(2) + math.log(2))), math.inf)


def test_a_spread_lies_between_its_own_and_that_of_all() -> None:
    assert Prior(2.0, 6.0).moderated(1.0, 2.0) == (1.75, 8.0)
    assert Prior(2.0, math.inf).moderated(1.0, 2.0) == (2.0, math.inf)


def test_a_few_say_nothing_of_all() -> None:
    assert prior([1.0, 2.0, 0.0], 3) is None

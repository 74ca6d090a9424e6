"""Medians and blocks."""

from __future__ import annotations

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.stats.sample import block_medians, median

finite = st.floats(-1e300, 1e300)


@given(st.lists(finite, min_size=1, max_size=60))
def test_the_median_is_the_middle(values: list[float]) -> None:
    ordered = sorted(values)
    assert median(ordered) == pytest.approx(statistics.median(ordered), rel=1e-12, abs=1e-300)
    assert ordered[0] <= median(ordered) <= ordered[-1]


def test_the_middle_of_two_keeps_the_references_last_digit() -> None:
    assert median([1.717e-06, 1.719e-06]) == 1.717e-06 + 0.5 * (1.719e-06 - 1.717e-06)


def test_infinities_do_not_become_nan() -> None:
    assert median([1.0, math.inf, math.inf]) == math.inf
    assert median([math.inf, math.inf]) == math.inf
    assert median([-1.7e308, 1.7e308]) == 0


def test_one_value_a_block_in_order_of_appearance() -> None:
    assert block_medians([5.0, 1.0, 7.0, 3.0, 9.0], [2, 1, 2, 1, 2]) == [7.0, 2.0]


def test_without_blocks_each_value_stands_alone() -> None:
    assert block_medians([3.0, 1.0], []) == [3.0, 1.0]


def test_blocks_must_match_values() -> None:
    with pytest.raises(ValueError, match="zip"):
        block_medians([1.0, 2.0], [1])

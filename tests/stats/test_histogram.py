"""Log-linear buckets."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.stats.histogram import bucket_bounds, bucket_index, collect, percentile

ticks = st.integers(0, 1 << 50)
widths = st.integers(1, 12)


@given(ticks, widths)
def test_a_tick_lies_in_its_bucket_and_the_bucket_is_narrow(tick: int, bits: int) -> None:
    low, high = bucket_bounds(bucket_index(tick, bits), bits)
    assert low <= tick < high
    assert high - low <= max(1, low * 2 ** (1 - bits))


@given(st.integers(0, 5000), widths)
def test_buckets_follow_each_other_without_gap(index: int, bits: int) -> None:
    assert bucket_bounds(index, bits)[1] == bucket_bounds(index + 1, bits)[0]
    assert bucket_index(bucket_bounds(index, bits)[0], bits) == index


@given(st.lists(ticks, min_size=1, max_size=50), st.sampled_from([0.0, 0.5, 0.9, 0.99, 1.0]))
def test_percentiles_are_near_the_ranked_value(values: list[int], share: float) -> None:
    indices, counts = collect(values, 8)
    assert sum(counts) == len(values)
    assert list(indices) == sorted(set(indices))
    ranked = sorted(values)[max(1, math.ceil(share * len(values) - 1e-9)) - 1]
    assert percentile(indices, counts, share, 8) == pytest.approx(ranked, rel=2**-7)


def test_small_ticks_are_exact_and_nothing_is_nan() -> None:
    indices, counts = collect(range(100), 8)
    assert [percentile(indices, counts, share, 8) for share in (0.01, 0.5, 0.9, 0.99, 1.0)] == [0, 49, 89, 98, 99]
    assert math.isnan(percentile((), (), 0.5, 8))
    assert bucket_index(-5, 8) == 0

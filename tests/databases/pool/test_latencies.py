"""Percentiles from histograms that do not grow."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.databases.pool.latencies import Latencies

TIMES = st.lists(st.floats(0.0, 1e4), min_size=1, max_size=200)


@given(TIMES, st.sampled_from([0.5, 0.95, 0.99, 1.0]))
def test_a_percentile_is_that_of_the_sorted_times_within_a_sixty_fourth(times: list[float], share: float) -> None:
    seen = Latencies()
    for time in times:
        seen.add(time)
    exact = sorted(times)[max(0, math.ceil(share * len(times) - 1e-9) - 1)]
    assert seen.at(share) == pytest.approx(exact, rel=1 / 64, abs=1e-9)
    assert seen.at(share) <= seen.maximum == max(times)


def test_memory_is_bounded_by_the_range_not_by_the_count() -> None:
    seen = Latencies()
    for number in range(100_000):
        seen.add(1e-6 * (1 + number % 50_000))
    assert seen.count == 100_000
    assert seen.size <= 64 * 18
    spread = seen.spread()
    assert spread is not None
    assert spread.total == pytest.approx(sum(1e-6 * (1 + number % 50_000) for number in range(100_000)))


def test_without_times_there_is_nothing_to_tell() -> None:
    assert Latencies().spread() is None

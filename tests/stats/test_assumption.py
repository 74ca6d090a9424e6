"""How many samples a method needs."""

from __future__ import annotations

import pytest

from perftool.stats.assumption import pairs_for_difference, samples_for_difference, samples_for_interval, smallest_p
from perftool.stats.interval import median_interval
from perftool.stats.mann_whitney import mann_whitney


@pytest.mark.parametrize(
    ("confidence", "needed"),
    [(0.5, 2), (0.8, 4), (0.9, 5), (0.95, 6), (0.98, 7), (0.99, 8), (0.999, 11), (1.0, None), (1 - 1e-16, None)],
)
def test_samples_for_an_interval(confidence: float, needed: int | None) -> None:
    assert samples_for_interval(confidence) == needed
    if needed:
        low, high = median_interval(needed, confidence)
        assert low >= 1
        assert high <= needed
        low, high = median_interval(needed - 1, confidence)
        assert low < 1 or high > needed - 1


@pytest.mark.parametrize(("alpha", "needed"), [(1.0, 2), (0.1, 4), (0.05, 4), (0.01, 5), (0.001, 7), (0.0, None)])
def test_samples_for_a_difference(alpha: float, needed: int | None) -> None:
    assert samples_for_difference(alpha) == needed


@pytest.mark.parametrize("n", [1, 2, 3, 4, 9])
def test_the_smallest_p_is_that_of_complete_separation(n: int) -> None:
    assert smallest_p(n) == mann_whitney(list(range(n)), list(range(100, 100 + n))).p


def test_six_pairs_are_the_fewest_that_can_differ_at_0_05() -> None:
    assert (pairs_for_difference(0.05), pairs_for_difference(0.01), pairs_for_difference(1e-20)) == (6, 8, None)

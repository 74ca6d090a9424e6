"""Sample sizes."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.stats.mann_whitney import mann_whitney
from perftool.stats.normal import quantile
from perftool.stats.power import blocks_needed, blocks_to_clear, pairs_needed
from perftool.stats.signed_rank import signed_rank

samples = st.lists(st.floats(1, 2), min_size=1, max_size=12)


@given(samples, samples)
def test_the_number_is_none_or_can_reach_alpha(old: list[float], new: list[float]) -> None:
    needed = blocks_needed(old, new, 0.05)
    assert needed is None or needed >= 4


def test_separate_samples_need_few_and_close_ones_many() -> None:
    assert blocks_needed([1, 2, 3], [11, 12, 13], 0.05) == 6
    assert blocks_needed([1, 2, 3, 4], [2.5, 3.5, 1.5, 4.5], 0.05) > 20
    assert blocks_needed([1, 2, 3], [2, 1, 3], 0.05) is None
    assert blocks_needed([], [1], 0.05) is None


def test_a_smaller_effect_needs_no_fewer() -> None:
    source = random.Random(1)
    old = [source.gauss(100, 4) for _ in range(20)]
    new = [source.gauss(100, 4) for _ in range(20)]
    numbers = [blocks_needed(old, new, 0.05, effect) for effect in (0.02, 0.05, 0.1, 0.5)]
    assert all(n is not None for n in numbers)
    assert numbers == sorted(numbers, reverse=True)
    assert blocks_needed([-1.0, -1.0], [1.0, 1.0], 0.05, 0.1) == 6


def test_the_estimated_number_finds_the_change_about_as_often_as_promised() -> None:
    source = random.Random(2)

    def draw(mean: float, n: int) -> list[float]:
        return [source.gauss(mean, 5) for _ in range(n)]

    n = blocks_needed(draw(100, 400), draw(105, 400), 0.05)
    assert n is not None
    assert 14 <= n <= 22
    found = sum(mann_whitney(draw(100, n), draw(105, n)).p < 0.05 for _ in range(300))
    assert 0.7 <= found / 300 <= 0.92


def test_an_interval_shrinks_with_the_root_of_the_number() -> None:
    assert blocks_to_clear(10, 0.1, 0.3, 0.2, 0.05) == 10
    assert blocks_to_clear(10, 0.1, 0.3, 0.2, 0.25) == 40
    assert blocks_to_clear(10, 0.1, 0.3, 0.2, 0.15) == 40
    assert blocks_to_clear(10, 0.1, 0.3, 0.2, 0.2) is None
    assert blocks_to_clear(10, 0.1, 0.3, 0.2, 0.3) == 11


def test_pairs_that_all_grew_need_no_more_than_the_test_itself() -> None:
    assert pairs_needed([1, 2, 3], [2, 3, 4], 0.05) == pytest.approx(11)
    assert pairs_needed([1, 2, 3], [2, 3, 4], 0.05, power=0.01) == 6
    assert pairs_needed([1, 1], [2, 0.5]) is None
    assert pairs_needed([], []) is None


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=12))
def test_pairs_are_estimated_from_all_sums_of_two_differences(changes: list[int]) -> None:
    sums = [first + second for i, first in enumerate(changes) for second in changes[i:]]
    share = sum((one > 0) + (one == 0) / 2 for one in sums) / len(sums)
    found = pairs_needed([0.0] * len(changes), [float(one) for one in changes], 0.05)
    if share == 0.5:
        assert found is None
    else:
        wanted = (quantile(0.025) + quantile(0.2)) ** 2 / (3 * (share - 0.5) ** 2)
        assert (found or 10_001) == pytest.approx(max(6, min(10_001, math.ceil(wanted))), abs=1)


def test_the_estimated_number_of_pairs_finds_the_change_about_as_often_as_promised() -> None:
    source = random.Random(3)

    def pairs(count: int) -> tuple[list[float], list[float]]:
        paces = [source.gauss(100, 10) for _ in range(count)]
        return paces, [pace * source.gauss(1.02, 0.04) for pace in paces]

    needed = pairs_needed(*pairs(400), 0.05)
    assert needed is not None
    found = sum(signed_rank(*pairs(needed)).p < 0.05 for _ in range(200))
    assert 0.68 <= found / 200 <= 0.95

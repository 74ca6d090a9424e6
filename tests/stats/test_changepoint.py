from __future__ import annotations

import itertools
import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.stats import changepoint
from perftool.stats.changepoint import FEWEST, change_points, fewest_values, trials
from perftool.stats.mann_whitney import mann_whitney, untied_counts
from perftool.stats.sample import median

NOISES = {
    "normal": lambda source: source.gauss(1, 0.03),
    "heavy": lambda source: 1 + 0.02 * source.gauss(0, 1) / (source.expovariate(1) or 1.0) ** 0.5,
    "two modes": lambda source: (1.08 if source.random() < 0.2 else 1.0) + source.gauss(0, 0.01),
}


def noisy(seed: object, *levels: tuple[float, int], spread: float = 0.03) -> list[float]:
    """Return levels of the given lengths with normal noise."""
    source = random.Random(str(seed))
    return [level * source.gauss(1, spread) for level, length in levels for _ in range(length)]


def places(values: list[float]) -> list[int]:
    return [point.index for point in change_points(values)]


@given(st.floats(-1e300, 1e300), st.integers(0, 60))
def test_a_constant_series_has_no_change(value: float, length: int) -> None:
    assert change_points([value] * length) == ()


@given(st.lists(st.floats(0.95, 1.05), min_size=12, max_size=30), st.lists(st.floats(0.95, 1.05), min_size=12))
def test_a_big_step_is_found_exactly(before: list[float], after: list[float]) -> None:
    found = change_points([*before, *(3 * v for v in after)])
    assert len(before) in [point.index for point in found]
    assert all(0 < point.p < 0.05 for point in found)


@given(st.lists(st.floats(0.5, 2), max_size=60), st.sampled_from([0.25, 2.0, 1024.0]))
def test_the_unit_makes_no_difference(values: list[float], factor: float) -> None:
    assert change_points([v * factor for v in values]) == change_points(values)


@pytest.mark.parametrize("seed", range(12))
def test_a_series_read_backwards_has_the_same_changes(seed: int) -> None:
    values = noisy(seed, (1.0, 25), (1.3, 18), (0.9, 30))
    assert places(values) == [25, 43]
    assert places(values[::-1]) == [len(values) - 43, len(values) - 25]


def test_a_few_runs_of_another_level_among_many_are_found() -> None:
    assert places(noisy("bump", (1.0, 50), (1.3, 6), (1.0, 44))) == [50, 56]


def test_the_newest_three_runs_suffice() -> None:
    assert places(noisy("tail", (1.0, 40), (1.3, 3))) == [40]


@pytest.mark.parametrize("place", [0, 3, 20, 38, 39])
def test_one_outlier_is_no_change_and_moves_none(place: int) -> None:
    values = noisy("outlier", (1.0, 40))
    values[place] *= 1000
    assert places(values) == []
    stepped = noisy("outlier step", (1.0, 20), (1.3, 20))
    stepped[(place + 5) % 40] *= 1000
    assert all(abs(index - 20) <= 1 for index in places(stepped))
    assert places(stepped)


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("length", [10, 30, 100])
def test_unchanged_series_have_rarely_a_change(noise: str, length: int) -> None:
    """Bounded far above what was measured (2 %), so that it never fails by chance of another Python's random."""
    source = random.Random(f"{noise}{length}")
    marked = sum(1 for _ in range(100) if change_points([NOISES[noise](source) for _ in range(length)]))
    assert marked <= 8


def test_a_step_of_ten_per_cent_in_three_per_cent_noise_is_found_within_two_runs() -> None:
    found = [places(noisy(seed, (1.0, 50), (1.1, 50))) for seed in range(40)]
    assert sum(any(abs(index - 50) <= 2 for index in one) for one in found) >= 38


@pytest.mark.parametrize("n", [0, 1, 2, 5, 8])
def test_too_few_values_have_no_change(n: int) -> None:
    assert change_points([1.0] * (n // 2) + [9.0] * (n - n // 2)) == ()


def test_the_fewest_values_are_enough_and_one_less_are_not() -> None:
    n = fewest_values(0.05)
    assert places([1.0 + i / 100 for i in range(n // 2)] + [9.0 + i / 100 for i in range(n - n // 2)]) == [n // 2]
    assert n == 9
    assert fewest_values(0.01) > n


def test_a_stricter_level_finds_no_more() -> None:
    values = noisy("level", (1.0, 20), (1.06, 20), (1.2, 20))
    assert {p.index for p in change_points(values, 0.001)} <= {p.index for p in change_points(values, 0.05)}
    assert change_points(values, 0.0) == ()


def test_levels_are_long_enough() -> None:
    for seed in range(30):
        source = random.Random(seed)
        values = [source.choice([1.0, 1.0, 1.0, 2.0]) + source.random() / 10 for _ in range(40)]
        bounds = [0, *places(values), 40]
        assert all(b - a >= FEWEST for a, b in itertools.pairwise(bounds))


def test_p_is_that_of_the_rank_test_times_the_trials() -> None:
    values = noisy("p", (1.0, 30), (1.1, 8))
    (point,) = change_points(values)
    exact = mann_whitney(values[: point.index], values[point.index :]).p
    assert point.p == pytest.approx(exact * trials(38), rel=1e-9)


@given(st.integers(1, 9), st.integers(1, 30), st.integers(0, 300))
def test_counted_tails_are_those_of_all_arrangements(short: int, more: int, cap: int) -> None:
    counts = changepoint._counts(short, short + more, cap)
    assert counts == untied_counts(short, short + more)[: cap + 1]


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40))
def test_deviations_are_from_the_median_of_each_beginning(values: list[float]) -> None:
    for end, total in enumerate(changepoint._deviations(values), start=1):
        middle = median(sorted(values[:end]))
        assert total == pytest.approx(math.fsum(abs(v - middle) for v in values[:end]), rel=1e-9, abs=1e-6)


@given(st.integers(6, 400))
def test_every_two_neighbouring_places_share_a_narrow_interval(n: int) -> None:
    family = list(changepoint._seeded(n))
    assert all(0 <= start < end <= n for start, end in family)
    assert (0, n) in family
    widths = [end - start for start, end in family]
    assert widths[0] == min(widths) <= 2 * FEWEST * 2
    narrow = [(a, b) for a, b in family if b - a <= 4 * FEWEST] if n >= 4 * FEWEST else family
    assert all(any(a <= i and i + 1 < b for a, b in narrow) for i in range(n - 1))

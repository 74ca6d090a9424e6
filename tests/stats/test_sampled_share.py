"""Shares from weighted samples: their intervals hold what is true as often as they say."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.stats.sampled_share import SampledShare, difference

WEIGHTS = st.lists(st.floats(0.1, 100), max_size=20)


def share(inside: list[float], outside: list[float]) -> SampledShare:
    every = [*inside, *outside]
    return SampledShare(sum(inside), sum(every), sum(w * w for w in inside), sum(w * w for w in every))


@given(st.integers(1, 500), st.integers(1, 500))
def test_samples_that_weigh_alike_count_as_what_they_are(inside: int, outside: int) -> None:
    assert share([2.0] * inside, [2.0] * outside).samples == pytest.approx(inside + outside)
    assert share([], [2.0] * outside).samples == pytest.approx(outside)


def test_samples_that_weigh_differently_count_for_less() -> None:
    assert share([10.0, *[1.0] * 10], [1.0] * 20).samples < 20


def test_nothing_says_nothing() -> None:
    found = difference(share([], []), share([], []))
    assert (found.center, found.p) == (0, 1)
    assert found.lo < -0.9
    assert found.hi > 0.9


@given(WEIGHTS, WEIGHTS, WEIGHTS, WEIGHTS)
def test_an_interval_holds_its_centre_and_turns_with_its_sides(
    a: list[float], b: list[float], c: list[float], d: list[float]
) -> None:
    one, other = difference(share(a, b), share(c, d)), difference(share(c, d), share(a, b))
    assert one.lo <= one.center <= one.hi
    assert (one.center, one.lo, one.hi, one.p) == pytest.approx((-other.center, -other.hi, -other.lo, other.p))
    assert 0 <= one.p <= 1


def test_scales_turn_shares_into_weights() -> None:
    one, other = share([1.0] * 30, [1.0] * 70), share([1.0] * 50, [1.0] * 50)
    plain, weights = difference(one, other), difference(one, other, scales=(4.0, 4.0))
    assert weights.center == pytest.approx(4 * plain.center)
    assert weights.p == pytest.approx(plain.p)
    assert difference(one, one, scales=(2.0, 3.0)).center == pytest.approx(0.3)


@pytest.mark.parametrize(("before", "after"), [(0.3, 0.3), (0.02, 0.02), (0.2, 0.3), (0.0, 0.05)])
def test_intervals_hold_what_is_true_as_often_as_they_say(before: float, after: float) -> None:
    """Samples of a function weigh up to four times as much as others, as long calls into C do."""
    source = random.Random(f"{before}{after}")

    def sampled(p: float) -> SampledShare:
        # The weights of those inside are three times those outside: fewer of them make up the same share.
        chance = p / (p + 3 * (1 - p))
        inside, outside = [], []
        for _ in range(400):
            if source.random() < chance:
                inside.append(source.choice((2.0, 4.0)))
            else:
                outside.append(1.0)
        return share(inside, outside)

    held = 0
    for _ in range(400):
        found = difference(sampled(before), sampled(after))
        held += found.lo <= after - before <= found.hi
    assert held >= 0.91 * 400

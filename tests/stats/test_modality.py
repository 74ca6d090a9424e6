"""Two groups, or not."""

from __future__ import annotations

import math
import random

import pytest

from perftool.stats.modality import two_modes


def test_two_separate_groups_are_named() -> None:
    modes = two_modes([10.0, 10.1, 9.9, 10.2, 9.8, 20.0, 20.1, 19.9, 20.2, 10.0])
    assert modes is not None
    assert (modes.low, modes.high, modes.upper_share) == (10.0, pytest.approx(20.05), 0.4)


def test_a_step_without_noise_is_two_modes() -> None:
    assert two_modes([1.0] * 5 + [2.0] * 5) is not None


@pytest.mark.parametrize(
    "values",
    [[1.0] * 20, [1.0] * 9, [1.0] * 10 + [9.0, 9.1], [float(i) for i in range(30)], [1.0] * 10 + [math.inf] * 10],
)
def test_doubtful_samples_have_none(values: list[float]) -> None:
    assert two_modes(values) is None


def test_a_single_group_is_rarely_split() -> None:
    source = random.Random(11)
    fired = sum(two_modes([source.gauss(0, 1) for _ in range(12)]) is not None for _ in range(500))
    assert fired <= 10

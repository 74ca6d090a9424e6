"""Levels of sequential looks against published tables, an independent integral and simulated experiments."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from perftool.stats.normal import quantile
from perftool.stats.sequential import Spending, boundaries, spent
from perftool.stats.signed_rank import signed_rank

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def as_z(levels: Sequence[float]) -> list[float]:
    return [-quantile(level / 2) for level in levels]


def evenly(looks: int) -> list[float]:
    return [(i + 1) / looks for i in range(looks)]


@pytest.mark.parametrize(
    ("looks", "spending", "expected"),
    [
        (2, "obrien-fleming", [2.963, 1.969]),
        (4, "obrien-fleming", [4.333, 2.963, 2.359, 2.014]),
        (5, "obrien-fleming", [4.877, 3.357, 2.680, 2.290, 2.031]),
        (5, "pocock", [2.438, 2.427, 2.410, 2.397, 2.386]),
    ],
)
def test_boundaries_are_the_published_ones(looks: int, spending: Spending, expected: list[float]) -> None:
    assert as_z(boundaries(evenly(looks), 0.05, spending)) == pytest.approx(expected, abs=1e-3)


def test_one_look_at_the_end_has_all_of_alpha() -> None:
    assert boundaries([1]) == (0.05,)
    assert boundaries([0.4], last_spends_all=True) == (0.05,)


def crossing_probability(levels: Sequence[float], fractions: Sequence[float]) -> float:
    """Integrate the joint normal density of all looks at once."""
    z = as_z(levels)
    covariance = [[(min(a, b) / max(a, b)) ** 0.5 for b in fractions] for a in fractions]
    inside = scipy_stats.multivariate_normal(cov=covariance, seed=1).cdf(z, lower_limit=[-one for one in z])
    return 1 - float(inside)


FRACTIONS = st.lists(st.integers(1, 20), min_size=1, max_size=4, unique=True).map(sorted)


@settings(max_examples=25, deadline=None)
@given(FRACTIONS, st.sampled_from([0.01, 0.05, 0.2]), st.sampled_from(["obrien-fleming", "pocock"]), st.booleans())
def test_all_looks_together_spend_what_is_allowed(
    twentieths: list[int], alpha: float, spending: Spending, all_at_last: bool
) -> None:
    fractions = [one / 20 for one in twentieths]
    levels = boundaries(fractions, alpha, spending, last_spends_all=all_at_last)
    allowed = alpha if all_at_last else spent(fractions[-1], alpha, spending)
    # A level of nearly 0 has a z that the other integral cannot take in.
    seen = [(level, t) for level, t in zip(levels, fractions, strict=True) if level > 1e-12]
    if seen:
        assert crossing_probability(*zip(*seen, strict=True)) == pytest.approx(allowed, abs=2e-4)
    else:
        assert allowed < 1e-11


@settings(max_examples=25, deadline=None)
@given(FRACTIONS, st.sampled_from([0.001, 0.05, 0.5]))
def test_no_level_is_above_what_was_spent_by_then(twentieths: list[int], alpha: float) -> None:
    levels = boundaries([one / 20 for one in twentieths], alpha)
    for level, one in zip(levels, twentieths, strict=True):
        assert level <= spent(one / 20, alpha) + 1e-14


@pytest.mark.parametrize("looks", range(2, 11))
def test_levels_of_even_looks_ascend(looks: int) -> None:
    levels = boundaries(evenly(looks))
    assert list(levels) == sorted(levels)
    assert levels[-1] < 0.05


def test_what_is_spent_grows_to_alpha() -> None:
    for spending in ("obrien-fleming", "pocock"):
        shares = [spent(one / 50, 0.05, spending) for one in range(1, 51)]
        assert shares == sorted(shares)
        assert shares[-1] == 0.05


def test_a_later_look_does_not_change_the_earlier_ones() -> None:
    whole = boundaries([0.25, 0.5, 0.75, 1])
    assert boundaries([0.25, 0.5]) == whole[:2]
    ended = boundaries([0.25, 0.5, 0.6], last_spends_all=True)
    assert ended[:2] == whole[:2]
    assert whole[3] < ended[2] < 0.05


@pytest.mark.parametrize("fractions", [[], [0.0, 1], [0.5, 0.5], [0.6, 0.4], [0.5, 1.01], [-0.1], [0.5, 0.5001]])
def test_looks_out_of_order_are_refused(fractions: list[float]) -> None:
    with pytest.raises(ValueError, match="ascending"):
        boundaries(fractions)


@pytest.mark.parametrize("alpha", [0.0, 1.0, -0.1])
def test_alpha_is_a_probability(alpha: float) -> None:
    with pytest.raises(ValueError, match="alpha"):
        boundaries([1], alpha)


DRAWS: dict[str, Callable[[random.Random], float]] = {
    "normal": lambda chance: chance.gauss(0, 1),
    "heavy-tailed": lambda chance: chance.gauss(0, 1) / max(abs(chance.gauss(0, 1)), 1e-9),  # Cauchy
    "discrete": lambda chance: chance.randint(-3, 3),
}
RUNS = 1500


@pytest.mark.parametrize("kind", DRAWS)
def test_the_signed_rank_test_at_these_levels_rarely_finds_what_is_not_there(kind: str) -> None:
    chance, draw = random.Random(20), DRAWS[kind]
    blocks = (10, 20, 30, 40)
    levels = boundaries([n / blocks[-1] for n in blocks])
    alarms = 0
    for _ in range(RUNS):
        changes = [draw(chance) for _ in range(blocks[-1])]
        alarms += any(signed_rank([0.0] * n, changes[:n]).p < level for n, level in zip(blocks, levels, strict=True))
    most = scipy_stats.binom.ppf(0.999, RUNS, 0.05)
    assert alarms <= most
    assert alarms >= RUNS * 0.02  # it can find something: the levels are no pretence


def test_a_run_that_time_ended_keeps_its_error() -> None:
    """Slow blocks end the run sooner; that tells nothing about which side is the slower."""
    chance, alarms = random.Random(21), 0
    for _ in range(RUNS):
        old = [chance.lognormvariate(0, 0.5) for _ in range(40)]
        new = [chance.lognormvariate(0, 0.5) for _ in range(40)]
        used, done = 0.0, 0
        while done < 40 and used < 60.0:
            used += old[done] + new[done]
            done += 1
        looks = [n for n in (10, 20, 30) if n < done] + [done]
        levels = boundaries([n / 40 for n in looks], last_spends_all=True)
        alarms += any(signed_rank(old[:n], new[:n]).p < level for n, level in zip(looks, levels, strict=True))
    assert RUNS * 0.02 <= alarms <= scipy_stats.binom.ppf(0.999, RUNS, 0.05)

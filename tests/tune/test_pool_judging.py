"""The knee, what limits there, and the size for an arrival rate, on made-up drives."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.model.database import DatabaseFacts
from perftool.tune import pool_judging as judging
from perftool.tune import pool_saying as saying
from tests.tune.drives import rounds

FACTS = DatabaseFacts(label="postgresql:shop", system="PostgreSQL", version="15", driver="psycopg")
SIZES = (1, 2, 4, 8, 16)
#: A statement that sleeps for 10 ms: every connection adds its part.
SLEEP = {size: 100.0 * size for size in SIZES}
#: One that computes on two cores: nothing is gained beyond two connections, which are held longer instead.
COMPUTE = {1: 450.0, 2: 820.0, 4: 830.0, 8: 815.0, 16: 825.0}
HELD = {1: 0.0022, 2: 0.0024, 4: 0.0048, 8: 0.0098, 16: 0.0194}


def test_the_knee_is_where_more_connections_gain_nothing() -> None:
    assert judging.knee(rounds(COMPUTE, HELD), minimum_effect=0.05, confidence=0.95) == judging.Knee(2)
    held = dict.fromkeys(SIZES, 0.01)
    assert judging.knee(rounds(SLEEP, held), minimum_effect=0.05, confidence=0.95).size == 16


def test_too_few_rounds_leave_the_knee_open() -> None:
    few = rounds(COMPUTE, HELD, number=5)
    assert judging.knee(few, minimum_effect=0.05, confidence=0.95) == judging.Knee(2, smaller=(1,))


def test_sizes_that_seem_better_in_noise_are_not_the_knee() -> None:
    noisy = rounds({1: 450.0, 2: 800.0, 4: 880.0}, HELD, noise=0.4)
    found = judging.knee(noisy, minimum_effect=0.05, confidence=0.95)
    assert found == judging.Knee(2, larger=(4,))


def test_points_stand_beside_the_best_and_beside_littles_law() -> None:
    points = judging.points(rounds(SLEEP, dict.fromkeys(SIZES, 0.01)), 8, 0.95)
    assert [round(one.predicted) for one in points] == [100, 200, 400, 800, 800]  # there are but 8 threads
    assert points[-1].ratio == 1.0
    assert points[1].ratio == pytest.approx(2 / 16, rel=0.05)
    assert points[1].lo is not None
    assert points[1].hi is not None
    assert points[1].lo <= points[1].ratio <= points[1].hi
    few = judging.points(rounds(SLEEP, dict.fromkeys(SIZES, 0.01), number=3), 8, 0.95)
    assert few[0].lo is None


@pytest.mark.parametrize(
    ("rates", "held", "client", "seen", "server", "limit"),
    [
        (COMPUTE, HELD, 0.3, 1.6, True, "cpu"),
        (COMPUTE, HELD, 0.95, 0.3, True, "client"),
        (SLEEP, dict.fromkeys(SIZES, 0.01), 0.2, 0.1, True, "waiting"),
        (COMPUTE, HELD, 0.1, 0.1, True, "contention"),
        (COMPUTE, HELD, 0.1, None, True, "cpu"),  # a server elsewhere
        (COMPUTE, HELD, 1.9, None, False, "cpu"),
        (COMPUTE, HELD, 0.5, None, False, "contention"),
    ],
)
def test_what_limits_is_told_by_busy_cores_and_by_hold_times(
    rates: dict[int, float], held: dict[int, float], client: float, seen: float | None, server: bool, limit: str
) -> None:
    points = judging.points(rounds(rates, held, client=client, server=seen), 16, 0.95)
    assert judging.bound(points, 2, 2, server=server) == limit


def test_a_cpu_that_others_keep_busy_is_the_limit_too() -> None:
    made = rounds(COMPUTE, HELD, client=0.3, server=0.6)
    busy = {size: {at: replace(one, other_cores=1.0) for at, one in done.items()} for size, done in made.items()}
    assert judging.bound(judging.points(busy, 16, 0.95), 2, 2, server=True) == "cpu"
    codes = [one.code for one in saying.doubts(busy, judging.Knee(2), FACTS, refused="", server=True, cores=2)]
    assert codes == ["pool-neighbours"]


@given(st.floats(0.01, 1e5), st.floats(1e-6, 10.0))
def test_a_size_keeps_its_connections_busy_for_at_most_seven_tenths(rate: float, hold: float) -> None:
    size = judging.wanted(rate, hold)
    assert rate * hold / size <= judging.BUSY * (1 + 1e-6) or size == 1
    assert size == 1 or rate * hold / (size - 1) > judging.BUSY * (1 - 1e-6)


def test_reference_figures_give_the_known_size() -> None:
    assert judging.wanted(700, 0.01) == 10


def advice(rates: dict[int, float], held: dict[int, float], knee: int, bound: str, rate: float | None,
           limit: int | None = None) -> saying.Advice:  # fmt: skip
    points = judging.points(rounds(rates, held, noise=0.0), 16, 0.95)
    at = next(one for one in points if one.size == knee)
    return saying.advice(points, at, bound, rate, limit=limit, label="postgresql:shop")


def test_without_a_rate_the_knee_is_recommended() -> None:
    found = advice(COMPUTE, HELD, 2, "cpu", None)
    assert (found.size, found.why) == (2, "more give no more statements a second, the CPU is busy")
    assert "larger --sizes" in advice(SLEEP, dict.fromkeys(SIZES, 0.01), 16, "waiting", None).why


def test_a_rate_asks_for_connections_up_to_the_knee() -> None:
    assert advice(COMPUTE, HELD, 2, "cpu", 200).size == 1
    capped = advice(COMPUTE, HELD, 2, "cpu", 570)
    assert capped.size == 2
    assert advice(SLEEP, dict.fromkeys(SIZES, 0.01), 16, "waiting", 1100).size == 16


def test_a_rate_that_nothing_reaches_is_said() -> None:
    found = advice(COMPUTE, HELD, 2, "cpu", 5000)
    assert not found.enough
    assert found.why == "no pool reaches 5000 statements/s with some to spare: 4 connections gave 830"


def test_a_pool_leaves_connections_of_the_server_to_others() -> None:
    found = advice(SLEEP, dict.fromkeys(SIZES, 0.01), 16, "waiting", None, limit=10)
    assert (found.size, found.why) == (8, "postgresql:shop allows 10 connections to all its clients together")

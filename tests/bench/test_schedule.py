"""Blocks, looks, budget and what is told of them; time passes only where a block says so."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.bench.schedule import Plan, Schedule
from perftool.events import Progress


class Stopwatch:
    def __init__(self) -> None:
        self.at = 0.0

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)

    def monotonic(self) -> float:
        return self.at


class Ear:
    def __init__(self) -> None:
        self.heard: list[Progress] = []

    def progress(self, event: Progress) -> None:
        self.heard.append(event)

    def note(self, message: str) -> None:
        raise AssertionError(message)


def scheduled(plan: Plan) -> tuple[Schedule, Stopwatch, Ear]:
    clock, ear = Stopwatch(), Ear()
    return Schedule(plan, clock=clock, listener=ear), clock, ear


def test_a_fixed_run_takes_its_blocks_in_order() -> None:
    schedule, _, _ = scheduled(Plan(3))
    taken: list[int] = []
    schedule.blocks(taken.append, lambda: True)
    assert taken == [0, 1, 2]
    stop = schedule.stopping()
    assert (stop.rule, stop.planned, stop.done, stop.reason) == ("fixed", 3, 3, "planned")


def test_nothing_alive_ends_the_run() -> None:
    schedule, _, _ = scheduled(Plan(9))
    taken: list[int] = []
    schedule.blocks(taken.append, lambda: len(taken) < 2)
    assert taken == [0, 1]


@given(st.integers(1, 30), st.floats(0.5, 40))
def test_a_run_of_equal_blocks_ends_within_its_budget_after_at_least_one(blocks: int, budget_s: float) -> None:
    schedule, clock, _ = scheduled(Plan(blocks, budget_s=budget_s))

    def take(_: int) -> None:
        clock.at += 1

    schedule.blocks(take, lambda: True)
    done = schedule.stopping().done
    assert done == max(1, min(blocks, int(budget_s)))
    assert schedule.stopping().reason == ("planned" if done == blocks else "budget")
    assert schedule.duration_s == done


def test_what_was_spent_before_the_blocks_counts_against_the_budget_but_is_no_block() -> None:
    schedule, clock, _ = scheduled(Plan(100, budget_s=20))
    clock.at = 10

    def take(_: int) -> None:
        clock.at += 2

    schedule.blocks(take, lambda: True)
    assert schedule.stopping().done == 5


def test_an_undecided_look_goes_on_and_the_last_one_ends_as_planned() -> None:
    schedule, _, _ = scheduled(Plan(4, looks=(2, 4), levels=(0.01, 0.04)))
    schedule.blocks(lambda _: None, lambda: True, lambda look: (look, 1))
    stop = schedule.stopping()
    assert (stop.rule, stop.done, stop.reason) == ("adaptive", 4, "planned")
    assert [(k.blocks, k.alpha, k.decided, k.rows) for k in stop.looks] == [(2, 0.01, 0, 1), (4, 0.04, 1, 1)]


def test_interrupted() -> None:
    schedule, _, _ = scheduled(Plan(4))

    def take(block: int) -> None:
        if block == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        schedule.blocks(take, lambda: True)
    schedule.interrupted()
    assert (schedule.stopping().done, schedule.stopping().reason) == (2, "interrupted")


def test_what_remains_is_told_once_a_block_is_known_and_never_beyond_the_budget() -> None:
    schedule, clock, ear = scheduled(Plan(10, budget_s=5.5))

    def take(_: int) -> None:
        schedule.tell("sorting")
        clock.at += 1

    schedule.blocks(take, lambda: True)
    assert ear.heard[0] == Progress(0, 10, "sorting", None)
    assert ear.heard[1] == Progress(1, 10, "sorting", 4.5)
    assert ear.heard[-1] == Progress(4, 10, "sorting", 1.5)

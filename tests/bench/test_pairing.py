"""Both sides in each block: order, seeds, failures on one side, looks, budgets, interrupts; no process is started."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.bench import interleave
from perftool.bench.pairing import PairRunner
from perftool.bench.schedule import Plan
from perftool.bench.server import ServerDiedError
from perftool.bench.settings import RunSettings
from perftool.events import Silent
from tests.fakes.measuring import FakeClock, Lab, case, good

Json = dict[str, Any]
SETTINGS = RunSettings(blocks=4, samples=2, min_time_s=0.01, latency=False)


class Both:
    """Two labs that share one list of what happened."""

    def __init__(self, base: Any = good, now: Any = good) -> None:
        self.events: list[tuple[str, str, str]] = []
        self.base = Lab(self._noting("base", base))
        self.now = Lab(self._noting("now", now))

    def _noting(self, side: str, answer: Any) -> Any:
        def noted(request: Json) -> Json:
            if request["do"] == "modules":
                return {"modules": {"pkg": "1" if side == "base" else "2", "same": "3"}}
            if request.get("kind") == "time":
                self.events.append((side, request["case"]["factory"], "time"))
            reply: Json = answer(request)
            return reply

        return noted

    def run(self, *names: str, plan: Plan | None = None, settings: RunSettings = SETTINGS, **more: Any) -> Any:
        starts = (self.base.start, self.now.start)
        clock, listener = more.pop("clock", FakeClock()), more.pop("listener", Silent())
        runner = PairRunner(settings, starts, plan or Plan(4), clock=clock, listener=listener, **more)
        return runner.run([case(name) for name in names])


def failing(name: str, kind: str, from_call: int = 1, reply: Any = None) -> Any:
    calls = 0

    def answer(request: Json) -> Json:
        nonlocal calls
        mine = request.get("case", {}).get("factory") == name or request.get("file") == f"{name}.py"
        if mine and kind in (request.get("kind"), request["do"]):
            calls += 1
            if calls >= from_call:
                if isinstance(reply, BaseException):
                    raise reply
                return {"error": "bench.py:3: AttributeError: no new_function"}
        return good(request)

    return answer


def test_both_sides_share_the_hash_seed_of_each_block() -> None:
    both = Both()
    done = both.run("a", "b")
    assert both.base.seeds == both.now.seeds
    assert len(set(both.base.seeds)) == 1 + 4  # calibration, blocks
    assert both.base.closed == both.now.closed == 5
    for pair in done.pairs:
        assert pair.base.blocks == pair.now.blocks == [0, 0, 1, 1, 2, 2, 3, 3]
    assert done.stopping.reason == "planned"
    assert done.stopping.done == 4


def test_samples_of_a_case_follow_each_other_as_a_b_b_a_or_b_a_a_b() -> None:
    both = Both()
    both.run("a", "b", plan=Plan(30))
    groups = [both.events[i : i + 4] for i in range(0, len(both.events), 4)]
    orders = Counter("".join(side[0] for side, _, _ in group) for group in groups)
    assert all(len({name for _, name, _ in group}) == 1 for group in groups)
    assert set(orders) == {"bnnb", "nbbn"}
    assert min(orders.values()) > 15  # of 60: a fair coin falls below with probability 0.00003
    assert {groups[i][0][1] for i in range(0, len(groups), 2)} == {"a", "b"}


@given(st.integers(1, 9), st.integers())
def test_sides_are_balanced_and_linear_drift_cancels(samples: int, seed: int) -> None:
    order = interleave.sides(samples, Random(seed))
    assert len(order) == 2 * samples
    assert sum(order) == samples
    if samples % 2 == 0:
        assert sum(i for i, side in enumerate(order) if side) == sum(i for i, side in enumerate(order) if not side)


def test_one_number_of_operations_for_both_sides() -> None:
    def slower(request: Json) -> Json:
        return {"loops": 500, "op_s": 4e-5} if request.get("kind") == "calibrate" else good(request)

    done = Both(base=slower).run("a")
    assert done.pairs[0].base.loops == done.pairs[0].now.loops == 2000


@pytest.mark.parametrize(("broken", "lost"), [("base", "base"), ("now", "now")])
@pytest.mark.parametrize("kind", ["load", "calibrate"])
def test_a_case_that_fails_on_one_side_is_lost_there_and_the_others_go_on(broken: str, lost: str, kind: str) -> None:
    both = Both(**{broken: failing("a", kind)})
    done = both.run("a", "b")
    assert done.pairs[0].lost == lost
    assert "AttributeError" in done.pairs[0].reason
    assert not done.pairs[0].base.finished
    assert len(done.pairs[1].base.finished) == len(done.pairs[1].now.finished) == 4
    assert {name for _, name, _ in both.events} == {"b"}


@pytest.mark.parametrize(("kind", "call"), [("load", 1), ("calibrate", 1), ("time", 1), ("time", 5)])
def test_a_case_that_fails_on_both_sides_is_lost_on_neither(kind: str, call: int) -> None:
    done = Both(base=failing("a", kind, call), now=failing("a", kind, call)).run("a", "b")
    assert done.pairs[0].lost is None
    assert not done.pairs[0].alive


def test_a_death_in_the_middle_keeps_pairs_whole() -> None:
    died = ServerDiedError("the measuring process was killed by SIGSEGV")
    done = Both(now=failing("a", "time", from_call=4, reply=died)).run("a", "b")
    assert done.pairs[0].lost == "now"
    assert done.pairs[0].base.blocks == done.pairs[0].now.blocks == [0, 0]
    assert len(done.pairs[1].now.finished) == 4


def test_looks_happen_only_when_planned_and_end_the_run_when_all_is_decided() -> None:
    asked: list[tuple[int, int]] = []

    def judge(pairs: Any, number: int) -> tuple[int, int]:
        asked.append((number, len(pairs[0].base.finished)))
        return (2, 2) if number == 1 else (1, 2)

    done = Both().run("a", plan=Plan(8, looks=(2, 5, 8), levels=(0.001, 0.01, 0.04)), judge=judge)
    assert asked == [(0, 2), (1, 5)]
    assert done.stopping.reason == "decided"
    assert done.stopping.done == 5
    assert [(look.blocks, look.alpha, look.decided) for look in done.stopping.looks] == [(2, 0.001, 1), (5, 0.01, 2)]


def test_no_block_begins_that_would_end_after_the_budget() -> None:
    clock = FakeClock()
    done = Both().run("a", plan=Plan(1000, budget_s=60.0), clock=clock)
    assert done.stopping.reason == "budget"
    assert 1 <= done.stopping.done < 60
    assert done.complete


def test_an_interrupt_keeps_finished_blocks() -> None:
    class Impatient(Silent):
        events = 0

        def progress(self, event: Any) -> None:
            self.events += 1
            if self.events == 7:
                raise KeyboardInterrupt

    both = Both()
    done = both.run("a", "b", listener=Impatient())
    assert not done.complete
    assert done.stopping.reason == "interrupted"
    assert len(done.pairs[0].base.finished) == len(done.pairs[0].now.finished)
    assert both.base.closed == len(both.base.seeds)
    assert both.now.closed == len(both.now.seeds)


def test_nothing_is_measured_further_once_every_case_is_lost() -> None:
    both = Both(now=failing("a", "load"))
    done = both.run("a")
    assert done.stopping.done == 0
    assert not both.events


def test_modules_of_both_sides_are_known() -> None:
    done = Both().run("a")
    assert done.modules["base"]["pkg"] != done.modules["now"]["pkg"]
    assert done.modules["base"]["same"] == done.modules["now"]["same"]


def test_allocations_are_counted_on_both_sides() -> None:
    done = Both().run("a", settings=RunSettings(samples=2, memory=True, latency=False))
    assert done.pairs[0].base.memory == done.pairs[0].now.memory == {"allocations": 3.0, "bytes": 96.0}

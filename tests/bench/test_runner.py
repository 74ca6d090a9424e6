"""Scheduling: blocks, random order, failing cases, interrupts; no process is started."""

from __future__ import annotations

from typing import Any

import pytest

from perftool.bench.doubts import of_records
from perftool.bench.measurements import measurements
from perftool.bench.passes import MEMORY_HASH_SEED
from perftool.bench.runner import Runner
from perftool.bench.server import ServerDiedError
from perftool.bench.settings import RunSettings
from perftool.events import Progress, Silent
from tests.fakes.measuring import FakeClock, Lab, case, good

Json = dict[str, Any]
SETTINGS = RunSettings(blocks=3, samples=2, min_time_s=0.01)


def run(lab: Lab, *names: str, settings: RunSettings = SETTINGS, listener: Any = None) -> Any:
    return Runner(settings, lab.start, FakeClock(), listener or Silent()).run([case(n) for n in names])


def failing(name: str, kind: str, reply: Json | BaseException, *, from_sample: int = 1) -> Any:
    """Answer well, but ``name`` fails at requests of ``kind`` from the given one on."""
    seen = 0

    def answer(request: Json) -> Json:
        nonlocal seen
        described = request.get("case", {})
        mine = described.get("factory") == name or (request["do"] == "load" and request["file"] == f"{name}.py")
        if mine and kind in (request.get("kind"), request["do"]):
            seen += 1
            if seen >= from_sample:
                if isinstance(reply, BaseException):
                    raise reply
                return reply
        return good(request)

    return answer


def test_every_block_has_its_own_server_and_hash_seed() -> None:
    lab = Lab()
    done = run(lab, "a", "b")
    assert done.complete
    assert done.blocks == 3
    assert len(lab.seeds) == 1 + 3  # calibration, blocks
    assert len(set(lab.seeds)) == len(lab.seeds)
    assert lab.closed == len(lab.seeds)
    for record in done.records:
        assert record.blocks == [0, 0, 1, 1, 2, 2]
        assert [len(record.values(name)) for name in ("wall", "cpu", "peak")] == [6, 6, 6]
        assert [block for block, _ in record.latencies] == [0, 1, 2]
        assert record.loops == 2000


def test_order_is_random_and_repeatable() -> None:
    many = RunSettings(blocks=8, samples=4)
    first, second, other = Lab(), Lab(), Lab()
    run(first, "a", "b", "c", settings=many)
    run(second, "a", "b", "c", settings=many)
    run(other, "a", "b", "c", settings=RunSettings(blocks=8, samples=4, seed=8))
    assert first.kinds("time") == second.kinds("time") != other.kinds("time")
    assert first.seeds == second.seeds != other.seeds
    blocks = [tuple(first.kinds("time")[i : i + 12]) for i in range(0, 96, 12)]
    assert len(set(blocks)) > 1
    assert all(sorted(block) == sorted("abc" * 4) for block in blocks)


def test_calibrates_once_with_the_median_of_attempts() -> None:
    attempts = iter([{"loops": 10, "op_s": 1e-5}, {"loops": 30, "op_s": 3e-5}, {"loops": 20, "op_s": 2e-5}])
    lab = Lab(lambda r: next(attempts) if r.get("kind") == "calibrate" else good(r))
    record = run(lab, "a").records[0]
    assert (record.loops, record.op_s) == (20, 2e-5)
    assert {r["loops"] for _, r in lab.asked if r.get("kind") == "time"} == {20}


@pytest.mark.parametrize(
    ("kind", "reply", "reason"),
    [
        ("load", {"error": "a.py:1: ValueError: no"}, "a.py:1: ValueError: no"),
        ("calibrate", {"error": "boom"}, "boom"),
        ("time", {"error": "boom"}, "boom"),
        ("latency", {"error": "boom"}, "boom"),
        ("time", ServerDiedError("killed by SIGKILL"), "killed by SIGKILL"),
        ("load", ServerDiedError("exit code 3"), "exit code 3"),
        ("load", {"error": "No module named 'x'", "missing": "x"}, "python -m pip install x"),
    ],
)
def test_a_failing_case_is_skipped_and_the_others_go_on(kind: str, reply: Any, reason: str) -> None:
    lab = Lab(failing("bad", kind, reply))
    done = run(lab, "a", "bad", "b")
    good_one, bad, other = done.records
    assert done.complete
    assert reason in bad.reason
    assert good_one.reason is None
    assert good_one.blocks == other.blocks == [0, 0, 1, 1, 2, 2]
    assert lab.closed == len(lab.seeds)


def test_a_case_that_fails_late_leaves_the_block_of_the_others_whole() -> None:
    done = run(Lab(failing("bad", "time", {"error": "boom"}, from_sample=4)), "a", "bad")
    assert done.records[1].reason == "boom"
    assert len(done.records[0].blocks) == 6


def test_all_failing_ends_early() -> None:
    lab = Lab(failing("a", "load", {"error": "boom"}))
    done = run(lab, "a")
    assert done.records[0].reason == "boom"
    assert len(lab.seeds) == 1


def test_interrupt_keeps_finished_blocks_only() -> None:
    lab = Lab(failing("a", "time", KeyboardInterrupt(), from_sample=4))
    done = run(lab, "a", "b")
    assert not done.complete
    assert done.blocks == 1
    assert all(record.blocks == [0, 0] for record in done.records)
    assert lab.closed == len(lab.seeds)


def test_interrupt_while_importing_closes_the_server() -> None:
    lab = Lab(failing("a", "load", KeyboardInterrupt()))
    assert not run(lab, "a").complete
    assert lab.closed == len(lab.seeds) == 1


def test_memory_pass_uses_a_fixed_hash_seed_and_fixed_counts() -> None:
    lab = Lab()
    done = run(lab, "a", settings=RunSettings(blocks=1, samples=1, memory=True))
    assert done.records[0].memory == {"allocations": 3.0, "bytes": 96.0}
    (asked,) = [(number, r) for number, r in lab.asked if r.get("kind") == "memory"]
    assert lab.seeds[asked[0]] == MEMORY_HASH_SEED
    assert (asked[1]["few"], asked[1]["many"]) == (10, 30)


def test_a_failing_memory_pass_costs_the_allocations_only() -> None:
    lab = Lab(failing("a", "memory", {"error": "took longer than 60 s"}))
    record = run(lab, "a", settings=RunSettings(blocks=2, samples=1, memory=True)).records[0]
    assert record.reason is None
    assert record.memory is None
    assert record.memory_problem == "took longer than 60 s"
    assert record.blocks == [0, 1]


@pytest.mark.parametrize(("op_s", "passes"), [(5e-7, 0), (1e-5, 1), (0.01, 0)])
def test_latency_pass_only_where_it_means_something(op_s: float, passes: int) -> None:
    lab = Lab(lambda r: {"loops": 1, "op_s": op_s} if r.get("kind") == "calibrate" else good(r))
    run(lab, "a", settings=RunSettings(blocks=1, samples=1, min_time_s=0.02))
    assert len(lab.kinds("latency")) == passes


def test_slow_operations_get_one_sample_a_block() -> None:
    lab = Lab(lambda r: {"loops": 1, "op_s": 2.0} if r.get("kind") == "calibrate" else good(r))
    assert run(lab, "a").records[0].blocks == [0, 1, 2]
    assert len(lab.kinds("calibrate")) == 1


def test_progress_counts_samples_and_estimates_what_is_left() -> None:
    class Heard(Silent):
        events: list[Progress] = []  # noqa: RUF012 - one list for one test

        def progress(self, event: Progress) -> None:
            self.events.append(event)

    run(Lab(), "a", listener=Heard())
    during = [e for e in Heard.events if e.activity.startswith("block")]
    assert [e.done for e in during] == list(range(6))
    assert {e.total for e in during} == {6}
    assert during[0].remaining_s is None
    assert all(e.remaining_s is not None and e.remaining_s > 0 for e in during[1:])


def counting(*readings: dict[str, float]) -> Any:
    """Answer well, and with the next of ``readings`` where counters are asked for."""
    left = iter(readings)
    return lambda request: {"counters": next(left)} if request.get("kind") == "counters" else good(request)


def counted(answer: Any, blocks: int) -> Any:
    settings = RunSettings(blocks=blocks, samples=1)
    return Runner(settings, Lab(answer).start, FakeClock(), Silent()).run([case("a", counters="count")]).records[0]


@pytest.mark.parametrize("blocks", [1, 2, 3, 9])
def test_counters_are_read_three_times_or_more_whatever_the_number_of_blocks(blocks: int) -> None:
    record = counted(counting(*[{"steps/op": 7.0, "rows/op": 2.0}] * 4), blocks)
    assert len(record.counted) == (4 if blocks == 2 else 3)
    assert record.steady("steps/op")
    assert [(one.unit, one.values) for one in measurements(record) if one.exact and one.gates] == [
        ("steps/op", (7.0,)), ("rows/op", (2.0,)),
    ]  # fmt: skip


def test_a_counter_that_moves_informs_and_is_doubted() -> None:
    record = counted(counting({"steps/op": 7.0}, {"steps/op": 8.0}, {"steps/op": 7.0}), 3)
    (found,) = (one for one in measurements(record) if one.unit == "steps/op")
    assert (found.values, found.exact, found.gates) == ((7.0, 8.0, 7.0), False, False)
    (doubt,) = of_records([record], latency=False)
    assert doubt.code == "counters-moved"
    assert "steps/op" in doubt.message


def test_counters_that_fail_cost_no_times() -> None:
    def answer(request: Json) -> Json:
        return {"error": "no such view"} if request.get("kind") == "counters" else good(request)

    record = counted(answer, 4)
    assert record.reason is None
    assert len(record.finished) == 4
    assert [(one.code, "no such view" in one.message) for one in of_records([record], latency=False)] == [
        ("counters-not-given", True)
    ]

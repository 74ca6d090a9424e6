"""Readings of the fixed kernel beside the cases."""

from __future__ import annotations

from typing import Any

import pytest

from perftool.bench.assemble import assemble
from perftool.bench.runner import Runner
from perftool.bench.server import ServerDiedError
from perftool.bench.settings import RunSettings
from perftool.bench.yardstick import READINGS, Yardstick
from perftool.events import Silent
from tests.fakes.measuring import FakeClock, Lab, case, good

Json = dict[str, Any]
SETTINGS = RunSettings(blocks=3, samples=2, min_time_s=0.01)


def run(lab: Lab, *names: str) -> Any:
    return Runner(SETTINGS, lab.start, FakeClock(), Silent()).run([case(n) for n in names])


def test_measurements_keep_blocks_and_order() -> None:
    found = Yardstick()
    found.add(0, [{"cpu": 1.0, "memory": 5.0}, {"cpu": 2.0, "memory": 6.0}])
    found.add(1, [])
    found.add(2, [{"cpu": 3.0, "memory": 7.0}])
    cpu, memory = found.measurements()
    assert (cpu.parameters, cpu.values, cpu.blocks) == ({"part": "cpu"}, (1.0, 2.0, 3.0), (0, 0, 2))
    assert (memory.parameters, memory.values) == ({"part": "memory"}, (5.0, 6.0, 7.0))
    assert (cpu.name, cpu.unit, cpu.gates) == ("perftool/yardstick/part=cpu", "cpu-sec/op", False)


def test_no_readings_no_measurements() -> None:
    assert Yardstick().measurements() == ()
    found = Yardstick()
    found.add(0, [])
    assert found.measurements() == ()


def test_every_block_has_its_readings_amid_the_samples() -> None:
    lab = Lab()
    done = run(lab, "a", "b")
    cpu, _ = done.yardstick.measurements()
    assert cpu.blocks == (0, 0, 1, 1, 2, 2)
    orders = [
        [r["do"] for number, r in lab.asked if number == block and (r["do"] == "yardstick" or r.get("kind") == "time")]
        for block in (1, 2, 3)
    ]
    assert all(order.count("yardstick") == READINGS and len(order) == 4 + READINGS for order in orders)
    assert len({tuple(order) for order in orders}) > 1


def test_a_kernel_that_fails_costs_no_case() -> None:
    replies: list[Json | BaseException] = [{"error": "no memory"}, ServerDiedError("killed"), {"error": "no memory"}]

    def answer(request: Json) -> Json:
        if request["do"] != "yardstick" or not replies:
            return good(request)
        reply = replies.pop(0)
        if isinstance(reply, BaseException):
            raise reply
        return reply

    done = run(Lab(answer), "a")
    assert done.complete
    assert done.records[0].reason is None
    assert done.records[0].blocks == [0, 0, 1, 1, 2, 2]
    assert len(done.yardstick.measurements()[0].values) < 3 * READINGS


def test_an_interrupted_block_keeps_no_reading() -> None:
    seen = 0

    def answer(request: Json) -> Json:
        nonlocal seen
        seen += request.get("kind") == "time"
        if seen == 3:
            raise KeyboardInterrupt
        return good(request)

    done = run(Lab(answer), "a")
    assert not done.complete
    assert done.yardstick.measurements()[0].blocks == (0, 0)


def test_nothing_alive_is_not_measured() -> None:
    lab = Lab(lambda request: {"error": "broken"})
    run(lab, "a")
    assert not [r for _, r in lab.asked if r["do"] == "yardstick"]


def test_it_is_told_beside_the_measurements_and_never_among_them() -> None:
    done = assemble(SETTINGS, run(Lab(), "a"), None)
    assert {m.suite for m in done.measurements} == {"fake"}
    assert [m.name for m in done.payload.yardstick] == ["perftool/yardstick/part=cpu", "perftool/yardstick/part=memory"]
    assert assemble(SETTINGS, None, None).payload.yardstick == ()


@pytest.mark.parametrize("cases", [1, 4])
def test_what_it_costs_does_not_grow_with_the_cases(cases: int) -> None:
    lab = Lab()
    run(lab, *(f"case{n}" for n in range(cases)))
    assert len([r for _, r in lab.asked if r["do"] == "yardstick"]) == SETTINGS.blocks * READINGS

"""The number of operations per sample is pinned once."""

from __future__ import annotations

import math
from typing import Any

import pytest

from perftool.bench.calibrate import calibrate
from perftool.bench.harness import timing

pytestmark = pytest.mark.usefixtures("few_objects")


def attempts(*replies: dict[str, Any] | None) -> Any:
    waiting = iter(replies)
    return lambda: next(waiting)


@pytest.mark.parametrize(
    ("loops", "expected"), [((5, 5, 5), 5), ((99, 1, 100), 99), ((1234, 1230, 1299), 1300), ((1, 1, 1), 1)]
)
def test_median_with_two_digits(loops: tuple[int, ...], expected: int) -> None:
    found = calibrate(attempts(*({"loops": n, "op_s": 1e-6 * n} for n in loops)))
    assert found is not None
    assert found[0] == expected


def test_a_slow_operation_is_tried_once() -> None:
    assert calibrate(attempts({"loops": 1, "op_s": 2.0})) == (1, 2.0)


def test_a_failing_case_has_no_number() -> None:
    assert calibrate(attempts({"loops": 1, "op_s": 1e-3}, None)) is None


class Scripted:
    """An operation whose every run takes so many seconds per operation, then the last one for ever."""

    def __init__(self, *per_op_s: float) -> None:
        self.per_op_s = list(per_op_s)
        self.counts: list[int] = []

    def try_out(self) -> None:
        self.run(1)

    def run(self, count: int) -> tuple[float, float]:
        self.counts.append(count)
        per_op = self.per_op_s.pop(0) if len(self.per_op_s) > 1 else self.per_op_s[0]
        return per_op * count, per_op * count


@pytest.mark.parametrize("per_op_s", [1e-9, 1e-6, 1e-3, 0.5, 3.0])
def test_calibration_fills_the_time(per_op_s: float, monkeypatch: pytest.MonkeyPatch) -> None:
    # A first call takes real time: on a machine that stands still it must not pass for a slow operation.
    monkeypatch.setattr(timing, "SLOW_S", math.inf)
    found = timing.calibrate(Scripted(per_op_s), 0.02)  # type: ignore[arg-type]
    assert found["op_s"] == pytest.approx(per_op_s)
    assert found["loops"] == max(1, round(0.02 / per_op_s))


def test_an_operation_without_time_does_not_calibrate_for_ever() -> None:
    assert timing.calibrate(Scripted(0.0, 0.0, 0.0, 1e-9), 0.02)["loops"] > 1  # type: ignore[arg-type]


def test_warm_up_goes_on_while_it_gets_faster() -> None:
    operation = Scripted(10e-6, 8e-6, 6e-6, 5e-6, 5e-6, 5e-6)
    assert timing.warm_up(operation, 100, 10.0) == 6  # type: ignore[arg-type]
    assert operation.counts == [20] * 6


@pytest.mark.parametrize(("bound_s", "rounds"), [(0.0, 1), (10.0, timing.MOST_ROUNDS)])
def test_warm_up_is_bounded(bound_s: float, rounds: int) -> None:
    faster = Scripted(*(1e-6 * 0.9**i for i in range(100)))
    assert timing.warm_up(faster, 1, bound_s) == rounds  # type: ignore[arg-type]


def test_gc_is_left_alone_frozen_or_off() -> None:
    import gc

    thresholds = gc.get_threshold()
    timing.arrange_gc("default")
    assert gc.isenabled()
    assert gc.get_threshold() == thresholds
    try:
        timing.arrange_gc("freeze")
        assert gc.get_freeze_count() > 0
        timing.arrange_gc("disable")
        assert not gc.isenabled()
    finally:
        gc.enable()
        gc.unfreeze()

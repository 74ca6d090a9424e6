from __future__ import annotations

from perftool.bench.scaling import doubts, speed_ups
from perftool.model.measurement import Measurement


def times(workers: int, *values: float, suite: str = "workers", **more: str) -> Measurement:
    return Measurement(
        suite=suite,
        case="parse",
        unit="sec/op",
        better="lower",
        values=values,
        parameters={"workers": str(workers), **more},
        blocks=tuple(range(len(values))),
    )


def test_ratios_are_taken_within_blocks() -> None:
    (two, three) = speed_ups([times(1, 2.0, 4.0), times(2, 1.0, 4.0), times(3, 0.5, 1.0, 9.0)])
    assert (two.unit, two.values, two.blocks, two.parameters) == ("speed-up", (2.0, 1.0), (0, 1), {"workers": "2"})
    assert three.values == (4.0, 4.0), "a block that one worker lacks gives none"
    assert (two.better, two.gates) == ("higher", False)


def test_only_equal_cases_and_only_this_suite_are_related() -> None:
    assert speed_ups([times(1, 1.0, dialect="mysql"), times(2, 1.0)]) == []
    assert speed_ups([times(1, 1.0, suite="mine"), times(2, 1.0, suite="mine")]) == []
    assert speed_ups([times(2, 1.0)]) == []


def test_poor_scaling_is_a_doubt() -> None:
    good, poor = speed_ups([times(1, 2.0, 2.0), times(2, 1.1, 1.1), times(4, 1.0, 1.0)])
    (doubt,) = doubts([good, poor])
    assert doubt.code == "poor-scaling"
    assert doubt.subject == "workers/parse/workers=4"
    assert doubt.message == "4 workers are 2.00 times as fast as one, 50% of what they could be"

"""Doubts about a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from perftool.compare.comparator import compare
from perftool.compare.doubts import is_time
from perftool.compare.gate import GateRules
from perftool.compare.matcher import CompareQuery
from perftool.model.verdict import ReportWarning
from tests.fakes.results import around, series, side, text
from tests.render import samples

if TYPE_CHECKING:
    from perftool.model.environment import Environment


@pytest.mark.parametrize(
    ("unit", "time"),
    [("sec/op", True), ("p99-sec/op", True), ("tokens/s", True), ("ms/op", True), ("peak-RSS-B", True), ("B/op", False),
     ("allocs/op", False), ("statements", False)],
)  # fmt: skip
def test_what_depends_on_the_machine(unit: str, time: bool) -> None:
    assert is_time(unit) is time


def doubts(old: Environment | None, new: Environment | None) -> dict[str, str]:
    sides = [side("old", series("A", [1.0]), environment=old), side("new", series("A", [1.0]), environment=new)]
    return {warning.code: warning.message for warning in compare(sides)[2]}


def test_environments_and_packages_that_differ_are_told() -> None:
    here = samples.bench().environment
    python = msgspec.structs.replace(here.python, version="3.99.1")
    there = msgspec.structs.replace(here, python=python, packages=here.packages | {"sqlglot": "31.0", "new": "1"})
    found = doubts(here, there)
    assert f"Python version {'.'.join(here.python.version.split('.')[:2])} → 3.99" in found["environment-differs"]
    assert "new none → 1, sqlglot " in found["packages-differ"]
    assert doubts(here, here) == doubts(None, here) == {}


def test_sides_measured_in_turn_can_be_compared_whatever_interpreter_they_have() -> None:
    here = samples.bench().environment
    there = msgspec.structs.replace(here, python=msgspec.structs.replace(here.python, version="3.99.1"))
    sides = [side("old", series("A", [1.0]), environment=here), side("new", series("A", [1.0]), environment=there)]
    run = samples.paired().payload.run  # type: ignore[union-attr]
    assert "times cannot be compared well" in compare(sides)[2][0].message
    (told,) = compare(sides, paired=True, run=run)[2]
    assert (told.code, "cannot be compared" in told.message) == ("environment-differs", False)


def test_skipped_lines_are_counted() -> None:
    warnings = compare([text("old", "BenchmarkA x\nBenchmarkA y\nBenchmarkA 1 1 x\n")])[2]
    assert [(w.code, w.subject, w.message) for w in warnings] == [
        (
            "lines-skipped",
            "old.txt",
            "2 lines were skipped, the first: line 1: parsing iteration count: invalid syntax",
        )
    ]


def test_pooling_too_far_is_told() -> None:
    sides = [side("old", series("A/n=1", [1.0]), series("A/n=2", [1.0]))]
    (warning,) = compare(sides, CompareQuery(row=".name"))[2]
    assert warning.code == "over-aggregated"
    assert ".fullname" in warning.message


def together(factors: list[float], unit: str = "sec/op", spread: float = 0.01, *, paired: bool = False) -> list[str]:
    old = side("old", *(series(f"B{i}", around(1.0 + i, 12, spread), unit) for i in range(len(factors))))
    new = side("new", *(series(f"B{i}", around((1.0 + i) * f, 12, spread), unit) for i, f in enumerate(factors)))
    return [w.message for w in compare([old, new], gate=GateRules(), paired=paired)[2] if w.code == "moved-together"]


def test_a_shift_of_everything_is_doubted() -> None:
    (message,) = together([1.06, 1.061, 1.062, 1.06, 1.059])
    assert message.startswith("all 5 times got slower together, by about 6.0 %: the machine's pace may have changed")
    assert together([1 / 1.06] * 5)[0].startswith("all 5 times got faster together, by about 5.7 %")
    assert together([1 / 1.06] * 5, "tokens/s")[0].startswith("all 5 times got slower together, by about 6.0 %")
    assert together([1.06, 1.06, 1.5, 1.06, 1.06])[0].startswith("4 of 5 times got slower together")


@pytest.mark.parametrize(
    ("factors", "unit", "spread"),
    [
        ([1.0] * 5, "sec/op", 0.01),
        ([1.3, 1.0, 1.0, 1.0, 1.0], "sec/op", 0.01),
        ([1.05, 1.25, 1.4, 1.1, 1.6], "sec/op", 0.01),
        ([1.06] * 3, "sec/op", 0.01),
        ([1.01] * 5, "sec/op", 0.001),
        ([1.06] * 5, "sec/op", 0.5),
        ([1.06] * 5, "B/op", 0.01),
        ([1.06] * 5, "p99-sec/op", 0.01),
    ],
    ids=["nothing", "one", "each its own way", "too few", "too small", "in the noise", "no times", "tails"],
)
def test_what_is_no_shift_of_everything(factors: list[float], unit: str, spread: float) -> None:
    assert together(factors, unit, spread) == []


def test_few_blocks_are_told_once() -> None:
    few = ReportWarning(code="few-blocks", message="fewer than 6 blocks", subject="A")
    sides = [side(label, series("A", [1.0, 2.0]), warnings=(few,)) for label in ("old", "new")]
    assert compare(sides)[2] == ()


def test_a_pace_of_the_machine_cannot_move_one_side_of_pairs() -> None:
    assert together([1.06] * 5)
    assert together([1.06] * 5, paired=True) == []

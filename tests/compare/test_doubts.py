"""Doubts about a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from perftool.compare.comparator import compare
from perftool.compare.doubts import is_time
from perftool.compare.matcher import CompareQuery
from tests.fakes.results import series, side, text
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

"""A run of two sides turned into measurements, facts and doubts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from perftool.bench import paired
from perftool.bench.schedule import Plan
from perftool.bench.settings import RunSettings
from perftool.model.bench import SkippedCase
from perftool.model.paired import Side
from tests.bench.test_pairing import SETTINGS, Both, failing
from tests.render.samples import ENVIRONMENT

if TYPE_CHECKING:
    from perftool.model.environment import PythonBuild

SIDES = (
    Side(name="base", label="main", environment=ENVIRONMENT),
    Side(name="now", label="working tree", environment=ENVIRONMENT),
)
BUILDS: tuple[PythonBuild, PythonBuild] = (ENVIRONMENT.python, ENVIRONMENT.python)


def codes(run: Any, facts: Any, builds: Any = BUILDS) -> list[str]:
    return [doubt.code for doubt in paired.doubtful(run, facts, builds)]


def test_measurements_of_both_sides_have_equal_blocks() -> None:
    run = Both(now=failing("b", "load")).run("a", "b")
    found = paired.both_sides(run.pairs)
    assert {m.case for m in found} == {"a"}
    sides = {side: [m for m in found if m.side == side] for side in ("base", "now")}
    assert [m.key for m in sides["base"]] == [m.key for m in sides["now"]]
    assert [m.blocks for m in sides["base"]] == [m.blocks for m in sides["now"]]


@pytest.mark.parametrize("broken", ["base", "now"])
def test_allocations_of_one_side_alone_are_a_doubt_and_no_benchmark_that_went(broken: str) -> None:
    settings = RunSettings(samples=1, memory=True, latency=False)
    run = Both(**{broken: failing("a", "memory")}).run("a", "b", plan=Plan(6), settings=settings)
    found = {(m.case, m.unit, m.side) for m in paired.both_sides(run.pairs) if m.exact}
    assert found == {("b", unit, side) for unit in ("B/op", "allocs/op") for side in ("base", "now")}
    facts = paired.facts(run, settings, SIDES)
    assert [(d.code, d.subject) for d in paired.doubtful(run, facts, BUILDS)] == [("allocations-not-given", "fake/a")]


def test_facts_name_what_was_lost_and_what_neither_side_measured() -> None:
    run = Both(base=failing("c", "load"), now=failing("b", "load")).run("a", "b", "c")
    gone = SkippedCase(suite="bench", case="x", reason="no such file")
    facts = paired.facts(run, SETTINGS, SIDES, skipped=[gone])
    assert [case.case for case in facts.cases] == ["a"]
    assert [(lost.case, lost.side) for lost in facts.lost] == [("b", "now"), ("c", "base")]
    assert facts.skipped == (gone,)
    assert facts.modules == 2
    assert facts.changed == ("pkg",)
    assert {(m.side, m.parameters["part"]) for m in facts.yardstick} == {
        (side, part) for side in ("base", "now") for part in ("cpu", "memory")
    }


def test_doubts() -> None:
    run = Both().run("a", plan=Plan(4))
    facts = paired.facts(run, SETTINGS, SIDES)
    assert codes(run, facts) == ["few-blocks"]
    run = Both().run("a", plan=Plan(1000, budget_s=200.0))
    facts = paired.facts(run, SETTINGS, SIDES)
    assert codes(run, facts) == ["budget"]


def test_equal_modules_are_a_doubt_unless_the_interpreter_is_what_differs() -> None:
    from msgspec.structs import replace

    both = Both()
    run = both.run("a", plan=Plan(8), settings=RunSettings(samples=1, latency=False))
    same = {"base": run.modules["base"], "now": run.modules["base"]}
    run = type(run)(run.pairs, run.stopping, run.duration_s, same, run.yardsticks)
    facts = paired.facts(run, SETTINGS, SIDES)
    assert codes(run, facts) == ["nothing-differs"]
    other = replace(ENVIRONMENT.python, version="3.12.1")
    assert codes(run, facts, (other, ENVIRONMENT.python)) == []

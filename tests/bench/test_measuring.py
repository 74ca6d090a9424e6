"""Cases first, then commands; allocations only where memray is."""

from __future__ import annotations

from typing import Any

import pytest

from perftool.bench.measuring import Work, measure
from perftool.bench.processes.api import CommandSettings, CommandSpec
from perftool.bench.settings import RunSettings
from perftool.bench.targets import Selection
from perftool.errors import UnavailableError
from perftool.events import Silent
from tests.fakes.measuring import FakeClock, Lab, case, good

SHORT = RunSettings(blocks=2, samples=1)


def run(lab: Lab, work: Work, settings: RunSettings = SHORT) -> Any:
    return measure(work, settings, lab.start, clock=FakeClock(), listener=Silent(), profile="quick")


def test_cases_and_commands_are_joined() -> None:
    spec = CommandSpec(case="true", argv=("true",))
    done = run(Lab(), Work(Selection([case("a")]), [spec], CommandSettings(count=2)))
    assert [c.case for c in done.payload.cases] == ["a", "true"]
    assert done.payload.settings.profile == "quick"
    assert done.payload.settings.warmup == 0


def test_an_interrupt_in_the_cases_leaves_the_commands_out() -> None:
    def answer(request: dict[str, Any]) -> dict[str, Any]:
        if request.get("kind") == "time":
            raise KeyboardInterrupt
        return good(request)

    spec = CommandSpec(case="true", argv=("true",))
    done = run(Lab(answer), Work(Selection([case("a")]), [spec], CommandSettings(count=2)))
    assert not done.payload.complete
    assert done.payload.cases == ()


def test_allocations_need_memray_in_the_measuring_interpreter() -> None:
    def answer(request: dict[str, Any]) -> dict[str, Any]:
        if request.get("module") == "memray":
            return {"error": "ModuleNotFoundError: No module named 'memray'", "missing": "memray"}
        return good(request)

    lab = Lab(answer)
    with pytest.raises(UnavailableError, match="--mem needs memray") as caught:
        run(lab, Work(Selection([case("a")])), RunSettings(memory=True))
    assert "pip install memray" in str(caught.value.hint)
    assert lab.closed == len(lab.seeds) == 1
    assert run(Lab(), Work(Selection([case("a")])), RunSettings(memory=True)).measurements


def test_nothing_to_measure_starts_nothing() -> None:
    lab = Lab()
    assert run(lab, Work(Selection())).verdict.undecidable
    assert lab.seeds == []

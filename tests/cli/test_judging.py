"""What is judged while a run of two sides goes on, after it, and again from its file, is judged by the same rules."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from perftool.cli.judging import compared, decided
from perftool.compare import looks
from perftool.config.schema import CompareSection, RuleSection, Settings
from perftool.model.comparison import ComparisonPayload
from perftool.model.paired import Look, LostCase, PairedRun, Stopping
from tests.fakes.results import around, series, side
from tests.render import samples

if TYPE_CHECKING:
    from perftool.compare.inputs import Input
    from perftool.model.report import Report

HERE = samples.bench().environment
LOOKS = (20, 40, 60, 80)
STEADY = Stopping(rule="fixed", planned=20, done=20, reason="planned")


def sides(*factors: float, blocks: int = 20, spread: float = 0.01) -> list[Input]:
    def one(label: str, *by: float) -> Input:
        order = -1 if label == "now" else 1
        rows = [
            series(f"R{i}", [f * v for v in around(1.0, blocks, spread)][::order], blocks=array("q", range(blocks)))
            for i, f in enumerate(by)
        ]
        return side(label, *rows)

    return [one("base", *[1.0] * len(factors)), one("now", *factors)]


def run(stopping: Stopping = STEADY, **more: Any) -> PairedRun:
    sound = samples.paired().payload
    assert isinstance(sound, ComparisonPayload)
    assert sound.run is not None
    return replace(sound.run, stopping=stopping, **{"lost": (), **more})


def outcomes(report: Report) -> list[str]:
    assert isinstance(report.payload, ComparisonPayload)
    return [
        cell.change.outcome
        for table in report.payload.tables
        for row in table.rows
        for cell in row.cells
        if cell is not None and cell.change is not None
    ]


@pytest.mark.parametrize("correction", ["none", "holm", "bh"])
@pytest.mark.parametrize("number", [0, 1, 3])
def test_a_look_decides_what_the_end_of_the_run_at_it_decides(number: int, correction: str) -> None:
    rules = (RuleSection(match="R0", gate=False), RuleSection(match="R1", fail=0.5))
    settings = Settings(compare=CompareSection(correction=correction), rules=rules)
    found = sides(9.0, 1.4, 1.4, 1.19, 1.0, blocks=LOOKS[number], spread=0.1)
    levels, confidences = looks.levels(LOOKS, 0.05), looks.levels(LOOKS, 0.05)
    told = decided(found, settings, levels[number], 1 - confidences[number])
    seen = tuple(Look(blocks=LOOKS[i], alpha=levels[i], decided=0, rows=4) for i in range(number + 1))
    ended = Stopping(rule="adaptive", planned=80, done=LOOKS[number], reason="decided", looks=seen)
    report = compared(found, settings, HERE, paired=True, run=run(ended))
    payload = report.payload
    assert isinstance(payload, ComparisonPayload)
    assert payload.alpha == pytest.approx(levels[number])
    assert payload.confidence == pytest.approx(1 - levels[number])
    judged = [one for one in outcomes(report) if one != "info"]
    assert told == (sum(one != "inconclusive" for one in judged), 4)


def test_a_benchmark_that_broke_fails_unless_that_is_configured() -> None:
    broke = run(lost=(LostCase(suite="s", case="c", side="now", reason="gone"),))
    assert compared(sides(1.0), Settings(), HERE, paired=True, run=broke).verdict.outcome == "fail"
    allowed = Settings(origins={"compare.fail_on_missing": "perftool.toml:3"})
    assert compared(sides(1.0), allowed, HERE, paired=True, run=broke).verdict.outcome == "pass"
    assert compared(sides(1.0), Settings(), HERE, paired=True).verdict.outcome == "pass"


def test_what_one_machine_measured_in_turn_is_not_normalised() -> None:
    settings = Settings(compare=CompareSection(normalize=True))
    payload = compared(sides(1.0), settings, HERE, paired=True, run=run()).payload
    assert isinstance(payload, ComparisonPayload)
    assert not payload.normalized

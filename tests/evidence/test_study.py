"""The study goes on where it was stopped, repeats nothing that ended, and keeps what was lost."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from docs.evidence.honesty import study
from docs.evidence.honesty.ledger import Ledger, interrupted, read, runs
from docs.evidence.honesty.plan import Planned

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RUNS = [Planned(number) for number in (1, 2, 3)]


class Nobody:
    """A neighbour that is not there."""

    def __init__(self) -> None:
        self.record = {"core": 0, "present_s": 0.0, "busy_s": 0.0}

    def __enter__(self) -> Nobody:
        return self

    def __exit__(self, *_error: object) -> None:
        return


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(study, "Neighbour", Nobody)
    return


def test_every_run_is_made_once(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "x.jsonl", {})
    made: list[int] = []
    told: list[str] = []

    def measure(planned: Planned) -> dict[str, Any]:
        made.append(planned.number)
        return {"verdict": "fail"} if planned.number == 2 else {"lost": "it crashed"}

    study.make(RUNS, ledger, measure, told.append)
    study.make(RUNS, Ledger(tmp_path / "x.jsonl", {}), measure, told.append)
    assert made == [1, 2, 3]
    assert [run.get("lost") for run in runs(read(tmp_path / "x.jsonl"))] == ["it crashed", None, "it crashed"]
    assert not any("fail" in line or "crash" in line for line in told), "outcomes are not for the one who may stop it"


def test_an_interrupted_run_is_taken_again_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"

    def interrupted_at_two(planned: Planned) -> dict[str, Any]:
        if planned.number == 2:
            raise KeyboardInterrupt
        return {}

    with pytest.raises(KeyboardInterrupt):
        study.make(RUNS, Ledger(path, {}), interrupted_at_two)
    study.make(RUNS, Ledger(path, {}), lambda _: {})
    assert [run["run"] for run in runs(read(path))] == [1, 2, 3]
    assert interrupted(read(path)) == 1


def test_a_lost_run_names_no_path(tmp_path: Path) -> None:
    repository = tmp_path / "project"
    lost = f"{repository}/workload: no such file; {sys.prefix}/bin/python"
    record = study.measured(lambda *_: {"lost": lost}, repository, RUNS[0])
    assert record == {"lost": "WORK/project/workload: no such file; PYTHON/bin/python"}
    assert study.measured(lambda *_: {"exit": 0}, repository, RUNS[0]) == {"exit": 0}


def test_the_header_names_the_code() -> None:
    assert study.header("vs") == study.header("vs")
    assert set(study.header("vs")) == {"part", "perftool", "code", "python"}

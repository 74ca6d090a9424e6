"""The runs of one command: what is kept of them, and why no more are taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.bench.processes.api import CommandSettings, Place
from perftool.bench.processes.launching import Run
from perftool.bench.processes.parameters import expand
from perftool.bench.processes.series import Series, attempt, errand, measurements, skipped

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class Starter:
    def __init__(self, code: int = 0) -> None:
        self.code, self.calls = code, 0

    def run(
        self, argv: Sequence[str], *, timeout_s: float | None = None, offset: int = 0, hash_seed: int | None = None
    ) -> Run:
        self.calls += 1
        return Run(0.5, 0.25, 0.125, 1000, self.code)

    def error_tail(self) -> str:
        return ""


def one(line: str = "true", prepare: Sequence[str] = ()) -> Series:
    return Series(expand([line], prepare=prepare)[0])


def test_runs_are_kept_block_by_block() -> None:
    made = one()
    made.add(0, [Run(1.0, 0.5, 0.25, 10, 0), Run(2.0, 0.5, 0.25, 10, -15)])
    made.add(1, [Run(3.0, 0.5, 0.25, 10, 0)])
    wall, cpu, *_ = measurements(made)
    assert (wall.values, wall.blocks, wall.gates) == ((1.0, 2.0, 3.0), (0, 0, 1), True)
    assert (cpu.values, cpu.gates) == ((0.75, 0.75, 0.75), False)
    assert made.exit_codes == {"0": 2, "SIGTERM": 1}


def test_a_failing_run_gives_the_command_up() -> None:
    made = one()
    assert attempt(made, Starter(2), CommandSettings(), when="in run 1", offset=0) is None
    assert made.reason == skipped(made).reason == "exit code 2 in run 1 (--ignore-failure measures it)"
    assert not made.finished


def test_nothing_is_started_after_a_prepare_that_fails() -> None:
    made, starter = one(prepare=["exit 4"]), Starter()
    assert attempt(made, starter, CommandSettings(), when="in run 1", offset=0) is None
    assert (made.reason, starter.calls) == ("prepare failed: exit code 4", 0)


def test_errands_run_in_their_place(tmp_path: Path) -> None:
    place = Place(tmp_path, {"PATH": "/usr/bin:/bin", "GIVEN": "yes"}, home=tmp_path, tree=tmp_path)
    made = one(prepare=["echo $GIVEN > here"])
    assert attempt(made, Starter(), CommandSettings(), when="", offset=0, place=place) is not None
    assert (tmp_path / "here").read_text() == "yes\n"


def test_an_errand_that_fails_gives_up_those_that_have_it() -> None:
    both = (Series(expand(["a"], setup="exit 3")[0]), Series(expand(["b"], setup="true")[0]))
    errand("exit 3", "setup", both, CommandSettings())
    assert [series.reason for series in both] == ["setup failed: exit code 3", None]

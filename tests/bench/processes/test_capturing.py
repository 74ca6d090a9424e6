"""Whole commands under the profiler's start-up file: real processes on one side and on two."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import perftool.profiling.runtime
from perftool.bench.captures import Kit, Missed
from perftool.bench.processes.api import CommandSettings, CommandSpec, Place
from perftool.bench.processes.capturing import MOST_RUNS, VARIABLE, shimmed, take
from perftool.profiling.api import Options
from perftool.profiling.engines.sampler import ENGINE

PROGRAM = """
import os, sys
def work(n): return sum(i * i for i in range(n))
work(400_000)
open(os.environ["LOG"], "a").write(f"{os.environ['PYTHONHASHSEED']} {sys.argv[1:]} {os.getcwd()}\\n")
"""


@pytest.fixture
def kit(tmp_path: Path) -> Kit:
    folder = Path(perftool.profiling.runtime.__file__).parent
    modules = {"cpu": [{"name": ENGINE.runtime, "settings": {"rate": 200.0}}]}
    return Kit(runtime=folder, folder=tmp_path / "spool", repeats=2, seconds=0.001, modules=modules)


def place(folder: Path, side: str) -> Place:
    here = folder / side
    here.mkdir()
    (here / "app.py").write_text(PROGRAM, encoding="utf-8")
    return Place(here, {**os.environ, "LOG": str(folder / f"{side}.log")}, home=here, tree=here)


def test_both_sides_run_their_own_program_with_the_same_hash_seeds(kit: Kit, tmp_path: Path) -> None:
    sides = [place(tmp_path, "base"), place(tmp_path, "now")]
    spec = CommandSpec(case="app", argv=(sys.executable, "app.py", "-x"))
    done = take([spec], sides, kit, CommandSettings(), ["cpu"], seed=7)
    assert not done.missed
    assert sorted((one.side, one.repeat, one.operations) for one in done.taken) == [
        (side, repeat, 1) for side in (0, 1) for repeat in (0, 1)
    ]
    seeds = {
        side: [line.split()[0] for line in (tmp_path / f"{side}.log").read_text().splitlines()]
        for side in ("base", "now")
    }
    assert seeds["base"] == seeds["now"]
    assert len(set(seeds["now"])) == 2
    assert ENGINE.collect is not None
    for one in done.taken:
        capture = ENGINE.collect(one.path, Options()).capture
        assert "__main__.work" in {function.name for function in capture.functions}
        assert capture.total() / 1e9 == pytest.approx(one.cpu_s, abs=0.1)


def test_a_short_command_runs_until_there_is_something_to_see(kit: Kit, tmp_path: Path) -> None:
    spec = CommandSpec(case="app", argv=(sys.executable, "app.py"))
    longer = replace(kit, repeats=1, seconds=0.3)
    (one,) = take([spec], [place(tmp_path, "now")], longer, CommandSettings(), ["cpu"], seed=7).taken
    assert 1 < one.operations <= MOST_RUNS
    assert len((tmp_path / "now.log").read_text().splitlines()) == one.operations


def test_what_fails_is_missed_and_setup_and_cleanup_run_around(kit: Kit, tmp_path: Path) -> None:
    here = place(tmp_path, "now")
    log = f'echo "$0" >> {tmp_path / "errands"}'
    fails = CommandSpec(case="fails", argv=(sys.executable, "-c", "raise SystemExit(3)"), setup=log, cleanup=log)
    absent = CommandSpec(case="absent", argv=("no-such-program",))
    done = take([fails, absent], [here], kit, CommandSettings(), ["cpu"], seed=7)
    assert done.taken == []
    assert [(one.subject, one.side) for one in done.missed] == [(0, 0), (1, 0)]
    assert done.missed[0] == Missed(0, "cpu", 0, "exit code 3 under the profiler (--ignore-failure measures it)")
    assert "command not found" in done.missed[1].reason
    assert len((tmp_path / "errands").read_text().splitlines()) == 2


def test_what_fails_under_one_profiler_is_tried_under_the_other(kit: Kit, tmp_path: Path) -> None:
    code = f"import json, os; assert not json.load(open(os.environ[{VARIABLE!r}]))['modules']"
    spec = CommandSpec(case="app", argv=(sys.executable, "-c", code))
    done = take([spec], [place(tmp_path, "now")], kit, CommandSettings(), ["cpu", "memory"], seed=7)
    assert [(one.measure, one.reason.startswith("exit code 1")) for one in done.missed] == [("cpu", True)]
    assert [one.measure for one in done.taken] == ["memory", "memory"]


def test_the_environment_names_the_plan_and_keeps_the_path(kit: Kit, tmp_path: Path) -> None:
    found = shimmed({"PYTHONPATH": "lib", "A": "b"}, kit, "cpu", tmp_path / "one")
    assert found["A"] == "b"
    assert found["PYTHONPATH"].split(os.pathsep) == [str(kit.runtime / "site"), "lib"]
    assert found[VARIABLE] == str(tmp_path / "one" / "plan.json")

"""``perftool bench --vs`` from argument to exit code on real repositories, with samples as short as can be."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from perftool.model.comparison import ComparisonPayload
from perftool.store import reports

if TYPE_CHECKING:
    from pathlib import Path

    from perftool.model.report import Report

SHORT = ("--samples", "1", "--min-time", "0.5ms")
CODE = "def work():\n    return sum(i * i for i in range({n}))\n"
BENCHMARK = "import package\ndef bench_work(): package.work()\ndef bench_fixed(): sorted(range(300), key=str)\n"


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=someone", "-c", "user.email=someone@example.org"]
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


def commit(folder: Path) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "a change")


@pytest.fixture
def repository(project: Path) -> Path:
    (project / ".git").rmdir()
    git(project, "init", "-q", ".")
    (project / "package").mkdir()
    (project / "package" / "__init__.py").write_text(CODE.format(n=400))
    (project / "benchmarks").mkdir()
    (project / "benchmarks" / "bench_work.py").write_text(BENCHMARK)
    commit(project)
    return project


def compared(report: Report) -> ComparisonPayload:
    assert isinstance(report.payload, ComparisonPayload)
    return report.payload


def latest(project: Path) -> Report:
    return reports.read(project / ".perftool" / "reports" / "latest.json")


def test_uncommitted_changes_against_the_commit(run: Any, repository: Path) -> None:
    (repository / "package" / "__init__.py").write_text(CODE.format(n=800))
    done = run("bench", "benchmarks", "--vs", "HEAD", *SHORT)
    assert done.code == 1, done.out + done.err
    assert done.out.startswith("✗ 1 regression")
    assert "with uncommitted changes) against HEAD" in done.out
    report = latest(repository)
    payload = compared(report)
    assert payload.paired
    assert payload.run is not None
    assert payload.run.stopping.done == 20
    assert payload.run.changed == ("package",)
    rows = {row.label: row for table in payload.tables if table.unit == "cpu-sec/op" for row in table.rows}
    change = rows["work/work"].cells[1].change  # type: ignore[union-attr]
    assert change is not None
    assert change.outcome == "fail"
    assert change.test == "signed-rank-exact"
    assert {(m.side, len(m.values)) for m in report.measurements if m.unit == "cpu-sec/op"} == {
        ("base", 20),
        ("now", 20),
    }
    assert git(repository, "worktree", "list").count("\n") == 1
    assert git(repository, "status", "--porcelain") == " M package/__init__.py\n"

    again = run("compare", "latest", "--fail-over", "900%")
    assert again.code == 0, again.out + again.err
    assert "20 blocks of both in turn" in again.out.replace("\n", " ")
    assert "20 blocks of both in turn" in run("show", "latest").out.replace("\n", " ")


@pytest.mark.usefixtures("few_blocks")
def test_identical_code_says_that_nothing_differs(run: Any, repository: Path) -> None:
    done = run("bench", "benchmarks", "--vs", "HEAD", *SHORT, "--fail-over", "900%", "--format", "json")
    assert done.code == 0, done.out + done.err
    codes = [warning["code"] for warning in json.loads(done.out)["warnings"]]
    assert "nothing-differs" in codes


@pytest.mark.usefixtures("few_blocks")
def test_a_benchmark_of_something_new_is_new_and_one_that_broke_fails(run: Any, repository: Path) -> None:
    (repository / "package" / "__init__.py").write_text("def other(): return sum(range(99))\n")
    (repository / "benchmarks" / "bench_work.py").write_text(
        "import package\n"
        "def bench_work(): package.work()\n"
        "def bench_other(): package.other()\n"
        "def bench_fixed(): sorted(range(300), key=str)\n"
    )
    done = run("bench", "benchmarks", "--vs", "HEAD", *SHORT, "--fail-over", "400%")
    assert done.code == 1, done.out + done.err
    assert "✗ work/work: cannot be measured in working tree: benchmarks/bench_work.py:2: AttributeError" in done.out
    assert done.out.count("work/work") == 1
    assert "work/other cannot be measured in HEAD: benchmarks/bench_work.py:3: AttributeError" in done.out
    lost = compared(latest(repository)).run.lost  # type: ignore[union-attr]
    assert {(one.case, one.side) for one in lost} == {("work", "now"), ("other", "base")}


def test_adaptive_stops_at_the_first_look_when_all_is_clear(run: Any, repository: Path) -> None:
    (repository / "package" / "__init__.py").write_text(CODE.format(n=4000))
    only = ("--filter", "work/work", "--adaptive")
    done = run("bench", "benchmarks", "--vs", "HEAD", *SHORT, *only)
    assert done.code == 1, done.out + done.err
    payload = compared(latest(repository))
    assert payload.run is not None
    assert payload.run.stopping.reason == "decided"
    assert payload.run.stopping.done == 20
    assert payload.alpha == pytest.approx(payload.run.stopping.looks[0].alpha)
    assert payload.alpha < 0.001


@pytest.mark.usefixtures("few_blocks")
def test_another_interpreter_is_a_base(run: Any, repository: Path) -> None:
    bounds = ("--fail-over", "900%", "--max-time", "2s")
    done = run("bench", "benchmarks", "--vs-python", sys.executable, *SHORT, *bounds)
    assert done.code in (0, 3), done.out + done.err  # 3: a slow machine has too few blocks in 2 s
    run_facts = compared(latest(repository)).run
    assert run_facts is not None
    assert run_facts.stopping.budget_s == 2.0
    assert run_facts.sides[0].label != run_facts.sides[1].label


WRONG = [
    (("--vs", "no-such-branch"), 2, "no-such-branch"),
    (("--vs", "HEAD", "--vs-python", "python3"), 2, "two things at once"),
    (("--vs", "HEAD", "--baseline", "main"), 2, "two bases"),
    (("--vs", "HEAD", "--count", "5"), 2, "--count"),
    (("--adaptive",), 2, "--adaptive is for runs of two sides"),
    (("--max-time", "3s"), 2, "--max-time is for runs of two sides"),
    (("--vs", "HEAD", "--max-time", "soon"), 2, "--max-time"),
    (("--vs", "HEAD", "nowhere.py"), 2, "nowhere.py"),
    (("--vs", "HEAD", "--format", "gobench"), 2, "gobench"),
]


@pytest.mark.parametrize(("arguments", "code", "said"), WRONG, ids=[" ".join(a) for a, _, _ in WRONG])
def test_wrong_input_is_one_line(run: Any, repository: Path, arguments: tuple[str, ...], code: int, said: str) -> None:
    done = run("bench", *(() if "nowhere.py" in arguments else ("benchmarks",)), *arguments)
    assert done.code == code, done.out + done.err
    assert said in done.err
    assert done.err.count("\n") <= 2
    assert git(repository, "worktree", "list").count("\n") == 1


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_an_interrupt_keeps_what_is_finished_and_leaves_no_worktree(repository: Path, tmp_path: Path) -> None:
    loads = tmp_path / "loads"
    (repository / "benchmarks" / "bench_work.py").write_text(f"{BENCHMARK}open({str(loads)!r}, 'a').write('x')\n")
    command = [sys.executable, "-m", "perftool", "bench", "benchmarks", "--vs", "HEAD", "--count", "500", *SHORT]
    process = subprocess.Popen(command, cwd=repository, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not loads.exists() or loads.stat().st_size < 8:  # some are for looking, each block needs two
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, out + err
    assert "Traceback" not in err
    assert git(repository, "worktree", "list").count("\n") == 1

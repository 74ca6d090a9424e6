"""From a regression to the function and its commit on a real repository, and again from the captures that were kept."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from perftool.cli import bench_vs_explaining, explaining
from perftool.model.comparison import ComparisonPayload
from perftool.store import reports
from tests.render import samples

if TYPE_CHECKING:
    from pathlib import Path

    from perftool.model.profile import Explanation

SHORT = ("--samples", "1", "--min-time", "0.5ms")
CODE = """LIMIT = {limit}


def helper(number):
    return sum(range(number % {limit}))


def work():
    return [helper(number) for number in range({calls})]


def fixed():
    return sorted(str(number) for number in range(40))


def both():
    return work(), fixed()
"""
BENCHMARK = "import package\ndef bench_both(): package.both()\n"


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=someone", "-c", "user.email=someone@example.org"]
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture
def repository(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(bench_vs_explaining, "SECONDS", 0.15)
    monkeypatch.setattr(bench_vs_explaining, "REPEATS", 3)
    (project / ".git").rmdir()
    git(project, "init", "-q", ".")
    (project / "package.py").write_text(CODE.format(limit=100, calls=100))
    (project / "bench_both.py").write_text(BENCHMARK)
    commit(project, "Begin")
    return project


def commit(folder: Path, subject: str) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", subject)


def explanations(project: Path) -> tuple[Explanation, ...]:
    payload = reports.read(project / ".perftool" / "reports" / "latest.json").payload
    assert isinstance(payload, ComparisonPayload)
    return payload.explanations


@pytest.mark.usefixtures("few_blocks")
def test_the_caller_that_calls_more_often_and_its_commit(run: Any, repository: Path) -> None:
    (repository / "package.py").write_text(CODE.format(limit=100, calls=300))
    commit(repository, "Work on more numbers")
    done = run("bench", "bench_both.py", "--vs", "HEAD~1", "--explain", *SHORT)
    assert done.code == 1, done.out + done.err
    (found,) = explanations(repository)
    assert (found.row, found.unit, found.source, found.captures) == ("both/both", "cpu-sec/op", "measured", (3, 3))
    suspect = found.suspects[0]
    assert suspect.function == "package.work"
    assert suspect.file == "package.py"
    assert [one.subject for one in suspect.commits] == ["Work on more numbers"]
    assert "culprit of both/both (CPU time/op)" in done.out
    assert "Work on more numbers" in done.out

    again = run("compare", "latest", "--explain", "--format", "json")
    assert again.code == 1, again.out + again.err
    (stored,) = reports.decode(again.out.encode(), name="out").payload.explanations
    assert stored.source == "stored"
    assert stored.suspects[0].function in {"package.work", "package.helper"}  # nobody counted calls this time

    for path in (repository / ".perftool" / "captures").glob("*.pb.gz"):
        path.unlink()
    lost = run("compare", "latest", "--explain")
    assert lost.code == 1
    assert "is not kept any more" in " ".join(lost.out.split())


@pytest.mark.usefixtures("few_blocks")
def test_a_constant_that_is_not_committed(run: Any, repository: Path) -> None:
    (repository / "package.py").write_text(CODE.format(limit=100, calls=100).replace("% 100", "% 700 * 9"))
    done = run("bench", "bench_both.py", "--vs", "HEAD", "--explain", *SHORT)
    assert done.code == 1, done.out + done.err
    suspect = explanations(repository)[0].suspects[0]
    assert suspect.function == "package.helper"
    assert [one.subject for one in suspect.commits] == ["not committed yet"]


def test_nothing_worse_nothing_explained() -> None:
    assert explaining.wanted(samples.paired(), "failing") != []
    passed = replace(samples.paired(), payload=replace(samples.paired().payload, tables=()))
    assert explaining.wanted(passed, "all") == []


def test_the_worst_rows_first_each_once() -> None:
    rows = explaining.wanted(samples.paired(), "failing")
    assert [row.row for row in rows] == ["sql-parse/ComplexQuery", "sql-parse/CTE"]
    assert rows[0].measured == pytest.approx(31.1e-6, rel=0.01)
    assert rows[0].levels == pytest.approx((102e-6, 133.1e-6), rel=0.01)


def test_explain_is_for_two_sides(run: Any, repository: Path) -> None:
    done = run("bench", "bench_both.py", "--explain")
    assert done.code == 2
    assert "--explain is for runs of two sides" in done.err


@pytest.mark.parametrize("command", [("bench", "--vs", "HEAD"), ("compare", "a.json", "b.json")])
def test_takes_only_what_it_knows(run: Any, repository: Path, command: tuple[str, ...]) -> None:
    done = run(*command, "--explain=everything")
    assert done.code == 2
    assert "--explain takes failing or all, not 'everything'" in done.err


def test_results_of_another_tool_have_no_captures(run: Any, repository: Path) -> None:
    for name, time in (("old.txt", 100), ("new.txt", 200)):
        (repository / name).write_text("".join(f"BenchmarkX 10 {time + at} ns/op\n" for at in range(10)))
    done = run("compare", "old.txt", "new.txt", "--explain")
    assert done.code == 1, done.out + done.err
    assert "old.txt is no report of perftool's" in " ".join(done.out.split())


def test_a_baseline_keeps_what_explains_it(run: Any, repository: Path) -> None:
    (repository / "perftool.toml").write_text("[bench]\ncapture_time = 0.2\ncapture_repeats = 3\n")
    measured = ("bench", "bench_both.py", "--capture", "cpu", "--count", "5", *SHORT)
    assert run(*measured).code == 0
    saved = run("baseline", "save", "main", "--reason", "test")
    assert saved.code == 0, saved.out + saved.err
    (repository / "package.py").write_text(CODE.format(limit=100, calls=400))
    assert run(*measured).code == 0
    done = run("compare", "--baseline", "main", "latest", "--explain", "--format", "json")
    assert done.code == 1, done.out + done.err
    found = reports.decode(done.out.encode(), name="out").payload.explanations
    assert {one.suspects[0].function for one in found} <= {"package.work", "package.helper"}

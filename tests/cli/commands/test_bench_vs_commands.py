"""``perftool bench --command … --vs`` from argument to exit code on a real repository."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from perftool.model.comparison import ComparisonPayload
from perftool.store import reports

if TYPE_CHECKING:
    from pathlib import Path

# Isolated from site-packages, a start takes 10 ms; the work decides.
PYTHON = f"{sys.executable} -S -E"
SCRIPT = "import work\nwork.run()\n"
WORK = "def run():\n    return sum(i * i for i in range({n}))\n"
ONE = ("--samples", "1")


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=someone", "-c", "user.email=someone@example.org"]
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture
def repository(project: Path) -> Path:
    (project / ".git").rmdir()
    git(project, "init", "-q", ".")
    (project / "app.py").write_text(SCRIPT)
    (project / "work.py").write_text(WORK.format(n=20_000))
    (project / "old.sh").write_text("#!/bin/sh\ncat > /dev/null\n")
    (project / "old.sh").chmod(0o755)
    (project / ".gitignore").write_text("build/\n")
    git(project, "add", "-A")
    git(project, "commit", "-q", "-m", "first")
    return project


def payload(project: Path) -> ComparisonPayload:
    found = reports.read(project / ".perftool" / "reports" / "latest.json").payload
    assert isinstance(found, ComparisonPayload)
    return found


def test_a_command_that_became_slower_fails(run: Any, repository: Path) -> None:
    (repository / "work.py").write_text(WORK.format(n=300_000))
    done = run("bench", "--command", f"{PYTHON} app.py", "--command-name", "app", "--vs", "HEAD", *ONE)
    assert done.code == 1, done.out + done.err
    assert done.out.startswith("✗ 1 regression")
    assert "with uncommitted changes) against HEAD" in done.out
    found = payload(repository)
    assert found.paired
    assert found.run is not None
    assert (found.run.stopping.done, found.run.stopping.reason) == (20, "planned")
    assert [(case.case, case.kind, case.exit_codes) for case in found.run.cases] == [("app", "command", {"0": 20})]
    gating = {table.unit for table in found.tables for row in table.rows if row.gates}
    assert gating == {"sec/op"}
    measured = reports.read(repository / ".perftool" / "reports" / "latest.json").measurements
    assert {(m.side, len(m.values)) for m in measured} == {("base", 20), ("now", 20)}
    assert len(list((repository / ".perftool" / "reports").glob("*-command-vs.json"))) == 1
    again = run("compare", "latest", "--fail-over", "9000%")
    assert again.code == 0, again.out + again.err
    assert git(repository, "worktree", "list").count("\n") == 1


@pytest.mark.usefixtures("few_blocks")
def test_parameters_errands_and_input_on_each_side(run: Any, repository: Path, tmp_path: Path) -> None:
    (repository / "in.csv").write_text("a,b\n")
    (repository / "old.sh").write_text("#!/bin/sh\ncat > /dev/null\n: changed\n")
    log = tmp_path / "log"
    errands = ("--setup", f"mkdir build; cp old.sh build/app; echo setup >> {log}", "--cleanup", f"echo end >> {log}")
    arguments = ("--command", "build/app {n}", "-L", "n", "1,2", "--prepare", "test -x build/app", "--input", "in.csv")
    done = run("bench", *arguments, *errands, "--vs", "HEAD", *ONE, "--fail-over", "9000%", "--format", "json")
    assert done.code == 0, done.out + done.err
    found = json.loads(done.out)
    assert [case["parameters"] for case in found["payload"]["run"]["cases"]] == [{"n": "1"}, {"n": "2"}]
    assert {m["parameters"]["n"] for m in found["measurements"]} == {"1", "2"}
    assert log.read_text().split() == ["setup", "setup", "end", "end"]
    assert not (repository / "build").exists()


@pytest.mark.usefixtures("few_blocks")
def test_one_side_only(run: Any, repository: Path) -> None:
    (repository / "old.sh").unlink()
    (repository / "new.sh").write_text("#!/bin/sh\n")
    (repository / "new.sh").chmod(0o755)
    commands = ("--command", "./old.sh", "--command", "./new.sh", "--command", "true")
    done = run("bench", *commands, "--vs", "HEAD", *ONE, "--fail-over", "9000%")
    assert done.code == 1, done.out + done.err
    assert "✗ command/./old.sh: cannot be measured in working tree: command not found: './old.sh'" in done.out
    assert "command/./new.sh cannot be measured in HEAD: command not found: './new.sh'" in done.out
    assert {(one.case, one.side) for one in payload(repository).run.lost} == {  # type: ignore[union-attr]
        ("./old.sh", "now"),
        ("./new.sh", "base"),
    }


def test_failing_on_both_sides_is_not_a_pass(run: Any, repository: Path) -> None:
    done = run("bench", "--command", "false", "--vs", "HEAD")
    assert done.code == 3, done.out + done.err
    assert "command/false: exit code 1 in the warm-up" in done.out


WRONG = [
    (("app.py", "--command", "true", "--vs", "HEAD"), "either targets or commands"),
    (("--command", "true", "--vs-python", "python3"), "names its own interpreter"),
    (("--prepare", "true", "--vs", "HEAD"), "--prepare is for commands"),
    (("--command", "no-such-command", "--vs", "HEAD"), "command not found: 'no-such-command'"),
    (("--command", "build/app", "--vs", "HEAD"), "git ignores it"),
    (("--command", "cat", "--input", "nowhere", "--vs", "HEAD"), "cannot read --input 'nowhere'"),
]


@pytest.mark.parametrize(("arguments", "said"), WRONG, ids=[" ".join(a) for a, _ in WRONG])
def test_wrong_input_is_one_line_and_a_hint(run: Any, repository: Path, arguments: tuple[str, ...], said: str) -> None:
    (repository / "build").mkdir()
    (repository / "build" / "app").write_text("#!/bin/sh\n")
    done = run("bench", *arguments)
    assert done.code == 2, done.out + done.err
    assert said in done.err
    assert done.err.count("\n") <= 2
    assert git(repository, "worktree", "list").count("\n") == 1

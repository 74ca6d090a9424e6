from __future__ import annotations

import json
import subprocess
from functools import partial
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

NULLS = "SELECT a FROM t WHERE a = NULL;\n"


@pytest.fixture
def lint(run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``perftool lint`` in the project."""
    monkeypatch.setenv("NO_COLOR", "1")
    return partial(run, "lint")


@pytest.fixture
def queries(project: Path) -> Path:
    """A project with two queries, one of them wrong."""
    (project / "perftool.toml").write_text('[lint]\ndialect = "postgres"\n')
    (project / "queries").mkdir()
    (project / "queries" / "a.sql").write_text("SELECT 1;\n" + NULLS)
    return project


def test_what_is_found_fails_and_says_where_why_and_what_to_do(lint: Run, queries: Path) -> None:
    done = lint()
    assert done.code == 1, done.err
    assert "queries/a.sql:2:23" in done.out
    assert "COR001" in done.out
    assert "a IS NULL" in done.out
    assert "SELECT a FROM t WHERE a = NULL" in done.out
    assert "✗ 1 error in 1 of 1 files" in done.out or "✗ 1 error in 1 file" in done.out


def test_a_clean_project_passes_and_an_empty_one_is_no_verdict(lint: Run, queries: Path) -> None:
    (queries / "queries" / "a.sql").write_text("SELECT 1")
    assert lint().code == 0
    (queries / "queries" / "a.sql").unlink()
    assert lint().code == 3


def test_fail_on_decides(lint: Run, queries: Path) -> None:
    assert lint("--fail-on", "never").code == 0
    assert lint("--fail-on", "error").code == 1
    (queries / "perftool.toml").write_text('[lint]\ndialect = "postgres"\nseverity = ["COR001=info"]\n')
    assert lint().code == 0
    assert lint("--fail-on", "info").code == 1


def test_standard_input_has_the_name_it_is_given(lint: Run, queries: Path) -> None:
    done = lint("-", "--stdin-filename", "db/migrations/1.sql", "-f", "json", stdin=b"CREATE INDEX i ON t (a)")
    report = json.loads(done.out)
    places = {(one["code"], one["span"]["path"]) for one in report["diagnostics"]}
    assert ("MIG001", "db/migrations/1.sql") in places


def test_json_holds_everything_and_no_sql(lint: Run, queries: Path) -> None:
    report = json.loads(lint("--select", "COR001", "-f", "json").out)
    assert report["payload"]["kind"] == "lint"
    assert (report["payload"]["statements"], report["payload"]["errors"]) == (2, 1)
    [one] = report["diagnostics"]
    assert (one["span"]["line"], one["span"]["column"], one["name"]) == (2, 23, "null-comparison")
    assert "FROM t" not in json.dumps(report)


def test_changed_lines_alone_are_reported(lint: Run, queries: Path) -> None:
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run([*git, "init", "-q"], cwd=queries, check=True)
    subprocess.run([*git, "add", "-A"], cwd=queries, check=True)
    subprocess.run([*git, "commit", "-qm", "x"], cwd=queries, check=True)
    assert lint("--changed").code == 0
    with (queries / "queries" / "a.sql").open("a") as file:
        file.write("SELECT b FROM t WHERE b = NULL;\n")
    done = lint("--changed", "--select", "COR001")
    assert done.code == 1
    assert "a.sql:3:" in done.out
    assert "a.sql:2:" not in done.out
    again = lint("--changed=HEAD", "--select", "COR001")
    assert again.out.splitlines()[:4] == done.out.splitlines()[:4]
    assert lint("--changed=nope").code == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nowhere.sql"], "nowhere.sql"),
        (["--select", "XYZ"], "no lint rule 'XYZ'"),
        (["--dialect", "postgress"], "did you mean 'postgres'?"),
        (["--fail-on", "fatal"], "fail-on"),
        (["--rules-for", "oltpp"], "no set of rules named 'oltpp'"),
        (["--explain", "XYZ"], "no lint rule 'XYZ'"),
        (["--save-baseline"], "--save-baseline needs a file"),
        (["--baseline", "nowhere.json"], "nowhere.json"),
        (["-f", "gobench"], "gobench"),
        (["--max-memory", "lots"], "a size such as"),
        (["--jobs", "-1"], "jobs"),
        ([""], "a path is empty"),
        (["--stdin-filename", "x.sql"], "--stdin-filename names what comes from standard input"),
        (["-", "--fix"], "--fix cannot write standard input"),
        (["--unsafe-fixes"], "--unsafe-fixes goes with --fix or --diff"),
        (["--save-baseline", "--baseline", "b.json", "--changed"], "--changed leaves most of them out"),
    ],
)
def test_wrong_words_get_one_clear_line(lint: Run, queries: Path, words: list[str], message: str) -> None:
    done = lint(*words)
    assert done.code == 2, (done.out, done.err)
    assert message in done.err
    assert "Traceback" not in done.err
    assert len(done.err.strip().splitlines()) <= 3


def test_rules_and_one_rule_explained(lint: Run, queries: Path) -> None:
    table = lint("--rules")
    assert table.code == 0
    assert "MIG001" in table.out
    told = lint("--explain", "null-comparison")
    assert told.code == 0
    for part in ("COR001", "SELECT id FROM t WHERE a = NULL", "SELECT id FROM t WHERE a IS NULL"):
        assert part in told.out


def test_help_is_quick_and_has_examples(lint: Run, queries: Path) -> None:
    done = lint("--help")
    assert done.code == 0
    assert "perftool lint --changed=main --format github" in done.out


@pytest.mark.parametrize("jobs", [[], ["--jobs", "2", "--max-memory", "1G"]], ids=["inline", "workers"])
def test_the_time_of_rules_is_told_however_they_are_worked(lint: Run, queries: Path, jobs: list[str]) -> None:
    made = "CREATE INDEX i ON t (a);\n" * 11_000 if jobs else "CREATE INDEX i ON t (a);\n"
    (queries / "migrations").mkdir()
    (queries / "migrations" / "1.sql").write_text(made)
    assert lint("--fail-on", "never").code == 0  # what the cache knows takes no time, so it is not asked
    done = lint("--timing", "--fail-on", "never", "-o", "report.json", *jobs)
    assert done.code == 0, done.err
    assert "time by rule" in done.out
    report = json.loads((queries / "report.json").read_text())
    times = {one["code"]: one for one in report["payload"]["times"]}
    assert times["COR001"]["calls"] >= 1
    assert times["COR001"]["findings"] == 1
    # An action, judged in the parent.
    assert times["MIG001"]["calls"] >= 1
    rows = {(one["case"], one["parameters"].get("rule"), one["unit"]) for one in report["measurements"]}
    assert {("rules", "MIG001", "cpu-sec"), ("rules", "COR001", "calls")} <= rows
    assert any(case == "workers" for case, _, _ in rows)
    assert json.loads(lint("-f", "json").out)["payload"]["times"] == []


def test_a_file_named_alone_speaks_as_in_a_run_over_its_folder(lint: Run, tmp_path: Path) -> None:
    (tmp_path / "perftool.toml").touch()
    (tmp_path / "db").mkdir()
    (tmp_path / "db" / "a.sql").write_text("CREATE TABLE t (a int AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB;\n")
    (tmp_path / "db" / "z.sql").write_text(NULLS)
    told = "as the files around it"
    assert told in lint("-v", "--no-cache", "db").out
    assert told in lint("-v", "--no-cache", "db/z.sql").out
    stdin = lint("-v", "--no-cache", "-", "--stdin-filename", "db/z.sql", stdin=NULLS.encode())
    assert told in stdin.out
    (tmp_path / "db" / "a.sql").write_text("CREATE TABLE t (a serial PRIMARY KEY, b jsonb, c timestamptz);\n")
    assert "postgres" in lint("-v", "db/z.sql").out
    (tmp_path / "db" / "a.sql").unlink()
    assert told not in lint("-v", "db/z.sql").out

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

NULLS = "SELECT a FROM t WHERE a = NULL;\n"


def lint(folder: Path, *words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "perftool", "lint", *words],
        cwd=folder,
        input=stdin,
        capture_output=True,
        env={**os.environ, "NO_COLOR": "1"},
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "perftool.toml").write_text('[lint]\ndialect = "postgres"\n')
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "a.sql").write_text("SELECT 1;\n" + NULLS)
    return tmp_path


def test_what_is_found_fails_and_says_where_why_and_what_to_do(project: Path) -> None:
    done = lint(project)
    assert done.returncode == 1, done.stderr
    assert "queries/a.sql:2:23" in done.stdout
    assert "COR001" in done.stdout
    assert "a IS NULL" in done.stdout
    assert "SELECT a FROM t WHERE a = NULL" in done.stdout
    assert "✗ 1 error in 1 of 1 files" in done.stdout or "✗ 1 error in 1 file" in done.stdout


def test_a_clean_project_passes_and_an_empty_one_is_no_verdict(project: Path) -> None:
    (project / "queries" / "a.sql").write_text("SELECT 1")
    assert lint(project).returncode == 0
    (project / "queries" / "a.sql").unlink()
    assert lint(project).returncode == 3


def test_fail_on_decides(project: Path) -> None:
    assert lint(project, "--fail-on", "never").returncode == 0
    assert lint(project, "--fail-on", "error").returncode == 1
    (project / "perftool.toml").write_text('[lint]\ndialect = "postgres"\nseverity = ["COR001=info"]\n')
    assert lint(project).returncode == 0
    assert lint(project, "--fail-on", "info").returncode == 1


def test_standard_input_has_the_name_it_is_given(project: Path) -> None:
    done = lint(project, "-", "--stdin-filename", "db/migrations/1.sql", "-f", "json", stdin=b"CREATE INDEX i ON t (a)")
    report = json.loads(done.stdout)
    places = {(one["code"], one["span"]["path"]) for one in report["diagnostics"]}
    assert ("MIG001", "db/migrations/1.sql") in places


def test_json_holds_everything_and_no_sql(project: Path) -> None:
    report = json.loads(lint(project, "--select", "COR001", "-f", "json").stdout)
    assert report["payload"]["kind"] == "lint"
    assert (report["payload"]["statements"], report["payload"]["errors"]) == (2, 1)
    [one] = report["diagnostics"]
    assert (one["span"]["line"], one["span"]["column"], one["name"]) == (2, 23, "null-comparison")
    assert "FROM t" not in json.dumps(report)


def test_changed_lines_alone_are_reported(project: Path) -> None:
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run([*git, "init", "-q"], cwd=project, check=True)
    subprocess.run([*git, "add", "-A"], cwd=project, check=True)
    subprocess.run([*git, "commit", "-qm", "x"], cwd=project, check=True)
    assert lint(project, "--changed").returncode == 0
    with (project / "queries" / "a.sql").open("a") as file:
        file.write("SELECT b FROM t WHERE b = NULL;\n")
    done = lint(project, "--changed", "--select", "COR001")
    assert done.returncode == 1
    assert "a.sql:3:" in done.stdout
    assert "a.sql:2:" not in done.stdout
    again = lint(project, "--changed=HEAD", "--select", "COR001")
    assert again.stdout.splitlines()[:4] == done.stdout.splitlines()[:4]
    assert lint(project, "--changed=nope").returncode == 2


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
def test_wrong_words_get_one_clear_line(project: Path, words: list[str], message: str) -> None:
    done = lint(project, *words)
    assert done.returncode == 2, (done.stdout, done.stderr)
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 3


def test_rules_and_one_rule_explained(project: Path) -> None:
    table = lint(project, "--rules")
    assert table.returncode == 0
    assert "MIG001" in table.stdout
    told = lint(project, "--explain", "null-comparison")
    assert told.returncode == 0
    for part in ("COR001", "SELECT id FROM t WHERE a = NULL", "SELECT id FROM t WHERE a IS NULL"):
        assert part in told.stdout


def test_help_is_quick_and_has_examples(project: Path) -> None:
    done = lint(project, "--help")
    assert done.returncode == 0
    assert "perftool lint --changed=main --format github" in done.stdout


@pytest.mark.parametrize("jobs", [[], ["--jobs", "2", "--max-memory", "1G"]], ids=["inline", "workers"])
def test_the_time_of_rules_is_told_however_they_are_worked(project: Path, jobs: list[str]) -> None:
    made = "CREATE INDEX i ON t (a);\n" * 11_000 if jobs else "CREATE INDEX i ON t (a);\n"
    (project / "migrations").mkdir()
    (project / "migrations" / "1.sql").write_text(made)
    assert lint(project, "--fail-on", "never").returncode == 0  # what the cache knows takes no time, so it is not asked
    done = lint(project, "--timing", "--fail-on", "never", "-o", "report.json", *jobs)
    assert done.returncode == 0, done.stderr
    assert "time by rule" in done.stdout
    report = json.loads((project / "report.json").read_text())
    times = {one["code"]: one for one in report["payload"]["times"]}
    assert times["COR001"]["calls"] >= 1
    assert times["COR001"]["findings"] == 1
    # An action, judged in the parent.
    assert times["MIG001"]["calls"] >= 1
    rows = {(one["case"], one["parameters"].get("rule"), one["unit"]) for one in report["measurements"]}
    assert {("rules", "MIG001", "cpu-sec"), ("rules", "COR001", "calls")} <= rows
    assert any(case == "workers" for case, _, _ in rows)
    assert json.loads(lint(project, "-f", "json").stdout)["payload"]["times"] == []


def test_a_file_named_alone_speaks_as_in_a_run_over_its_folder(tmp_path: Path) -> None:
    (tmp_path / "perftool.toml").touch()
    (tmp_path / "db").mkdir()
    (tmp_path / "db" / "a.sql").write_text("CREATE TABLE t (a int AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB;\n")
    (tmp_path / "db" / "z.sql").write_text(NULLS)
    told = "as the files around it"
    assert told in lint(tmp_path, "-v", "--no-cache", "db").stdout
    assert told in lint(tmp_path, "-v", "--no-cache", "db/z.sql").stdout
    stdin = lint(tmp_path, "-v", "--no-cache", "-", "--stdin-filename", "db/z.sql", stdin=NULLS.encode())
    assert told in stdin.stdout
    (tmp_path / "db" / "a.sql").write_text("CREATE TABLE t (a serial PRIMARY KEY, b jsonb, c timestamptz);\n")
    assert "postgres" in lint(tmp_path, "-v", "db/z.sql").stdout
    (tmp_path / "db" / "a.sql").unlink()
    assert told not in lint(tmp_path, "-v", "db/z.sql").stdout

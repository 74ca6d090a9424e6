from __future__ import annotations

import contextlib
import csv
import json
import os
import random
import signal
import subprocess
import sys
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

SQL = "SELECT a FROM t;\nSELECT (;\nSELECT a FROM t;\n"


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "perftool", "batch", *words]


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def batch(run: Run, project: Path) -> Run:
    """Run ``perftool batch`` in a project with three statements."""
    (project / "a.sql").write_text(SQL)
    return partial(run, "batch")


def test_results_go_to_standard_output_and_the_report_beside_it(batch: Run) -> None:
    done = batch("a.sql", "--op", "validate", "-d", "postgres")
    assert done.code == 0, done.err
    found = lines(done.out)
    assert [one["status"] for one in found] == ["ok", "failed", "ok"]
    assert [one["repeated"] for one in found] == [False, False, True]
    assert [one["line"] for one in found] == [1, 2, 3]
    assert "2 of 3 items done, 1 not" in done.err


def test_results_in_a_file_leave_standard_output_to_the_report(batch: Run, run: Run, project: Path) -> None:
    done = batch("a.sql", "--op", "parse", "-r", "out/r.csv", "-o", "report.json", "-f", "text")
    assert done.code == 0, done.err
    assert "2 of 3 items done" in done.out
    rows = list(csv.DictReader((project / "out" / "r.csv").read_text().splitlines()))
    assert [(row["kind"], row["nodes"]) for row in rows] == [("SELECT", "6"), ("", ""), ("SELECT", "6")]
    report = json.loads((project / "report.json").read_text())
    assert (report["payload"]["kind"], report["payload"]["distinct"]) == ("batch", 2)
    assert "SELECT a" not in json.dumps(report)
    compared = run("compare", "report.json", "report.json")
    assert "sec/op" in compared.out, compared.err


def test_standard_input_in_each_form(batch: Run) -> None:
    assert len(lines(batch("-", stdin=SQL.encode()).out)) == 3
    done = batch("-", "--input-format", "ndjson", "--field", "q", stdin=b'{"q":"SELECT 1","id":"k"}\n{}\n')
    assert [(one["id"], one["status"]) for one in lines(done.out)] == [("k", "ok"), (None, "unreadable")]
    done = batch("-", "--input-format", "csv", "--column", "q", stdin=b"q\nSELECT 1\n")
    assert [one["path"] for one in lines(done.out)] == ["-"]


def test_what_failures_do_to_the_exit_code(batch: Run, project: Path) -> None:
    assert batch("a.sql", "--strict").code == 1
    assert batch("a.sql", "--max-errors", "1").code == 0
    stopped = batch("a.sql", "--stop-on-error")
    assert stopped.code == 1
    assert len(lines(stopped.out)) == 2
    assert "stopped at the first failure" in stopped.err
    (project / "empty.sql").write_text("-- nothing\n")
    assert batch("empty.sql").code == 3


def test_flags_win_over_the_environment_and_that_over_the_file(
    batch: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = 'field = "q"\nresults_format = "csv"\nmax_errors = 0\nstrict = true\ndialect = "mysql"\n'
    (project / "perftool.toml").write_text(f"[batch]\n{settings}")
    given = b'{"q":"SELECT `a`"}\n{"q":"SELECT ("}\n{"q":"SELECT 1","sql":"SELECT \\"b\\""}\n'
    from_file = batch("-", "--input-format", "ndjson", "-o", "report.json", stdin=given)
    assert from_file.code == 1
    assert len(list(csv.DictReader(from_file.out.splitlines()))) == 2
    assert json.loads((project / "report.json").read_text())["payload"]["dialect"] == "mysql"
    monkeypatch.setenv("PERFTOOL_BATCH_MAX_ERRORS", "-1")
    monkeypatch.setenv("PERFTOOL_BATCH_RESULTS_FORMAT", "ndjson")
    monkeypatch.setenv("PERFTOOL_BATCH_STRICT", "false")
    from_environment = batch("-", "--input-format", "ndjson", stdin=given)
    assert from_environment.code == 0
    assert [one["status"] for one in lines(from_environment.out)] == ["ok", "failed", "ok"]
    words = ["--field", "sql", "--strict", "-d", "postgres", "--results-format", "ndjson"]
    from_flags = batch("-", "--input-format", "ndjson", *words, stdin=given)
    assert from_flags.code == 1
    assert [one["status"] for one in lines(from_flags.out)] == ["unreadable", "unreadable", "ok"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "nothing to read"),
        (["-", "-"], "standard input is named twice"),
        ([""], "a path is empty"),
        (["a.sql", "--op", "parse", "--tokens"], "--tokens is for tokenize"),
        (["a.sql", "--stop-on-error", "--max-errors", "3"], "which of the two"),
        (["nowhere.sql"], "nowhere.sql"),
        (["a.sql", "--op", "valid"], "did you mean 'validate'?"),
        (["a.sql", "--op", "parse", "--engine", "polyglot"], "--engine polyglot is for validate"),
        (["a.sql", "--op", "transpile"], "needs --to"),
        (["a.sql", "--resume"], "--resume needs a results file"),
        (["a.sql", "-f", "json"], "--results FILE"),
        (["a.sql", "-r", "a.sql"], "is read and written"),
        (["a.sql", "--order", "random"], "--order: 'random' is not one of input, any"),
        (["a.sql", "--timeout", "soon"], "--timeout: 'soon' is not a duration"),
        (["a.sql", "--results-format", "xml"], "--results-format: 'xml' is not one of auto, ndjson, csv"),
        (["a.sql", "-d", "postgress"], "did you mean 'postgres'?"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_arguments_are_told(batch: Run, project: Path, words: list[str], message: str) -> None:
    done = batch(*words)
    assert done.code == 2
    assert message in done.err
    assert (project / "a.sql").read_text() == SQL


def test_a_missing_engine_is_exit_code_4(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text(SQL)
    (tmp_path / "polyglot_sql.py").write_text("raise ImportError")
    for jobs in ([], ["--jobs", "2"]):
        done = subprocess.run(
            command("a.sql", "--engine", "polyglot", *jobs), cwd=tmp_path, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 4, done.stderr
        assert "pip install 'perftool[fast]'" in done.stderr


def test_a_reader_that_has_gone_is_a_quiet_end(project: Path) -> None:
    (project / "big.sql").write_text("".join(f"SELECT {n};\n" for n in range(5000)))
    shell = f"{' '.join(command('big.sql', '--op', 'tokenize', '--jobs', '2'))} | head -n 1"
    done = subprocess.run(["bash", "-c", shell], cwd=project, capture_output=True, timeout=60)
    assert len(done.stdout.splitlines()) == 1
    assert b"Traceback" not in done.stderr


def timeless(path: Path) -> list[dict[str, Any]]:
    return [
        {name: one[name] for name in ("number", "line", "status", "result", "digest")}
        for one in lines(path.read_text())
    ]


def test_killed_again_and_again_and_gone_on_with_nothing_is_lost_or_done_twice(batch: Run, project: Path) -> None:
    statements = [f"SELECT c{n}, {n} FROM t{n % 97} WHERE a{n} = 'x'" if n % 9 else f"SELECT ({n}" for n in range(5000)]
    (project / "big.sql").write_text(";\n".join(statements))
    words = ("big.sql", "--op", "extract", "--jobs", "2")
    whole, cut = project / "whole.ndjson", project / "cut.ndjson"
    assert batch(*words, "-r", whole.name).code == 0
    source, kills = random.Random(11), 0
    for _ in range(4):
        before = cut.stat().st_size if cut.exists() else 0
        running = subprocess.Popen(
            command(*words, "-r", cut.name, "--resume"), cwd=project, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        while running.poll() is None and (not cut.exists() or cut.stat().st_size <= before):
            time.sleep(0.002)
        time.sleep(source.random() * 0.05)
        if running.poll() is None:
            os.kill(running.pid, signal.SIGKILL)
            kills += 1
        running.communicate()
        # What a process leaves when the machine stops: a line that was not written to its end.
        with cut.open("r+b") as file, contextlib.suppress(OSError):
            file.truncate(max(0, cut.stat().st_size - source.randrange(60)))
    assert kills, "the runs were too short to be killed"
    done = batch(*words, "-r", cut.name, "--resume")
    assert done.code == 0, done.err
    assert timeless(cut) == timeless(whole)
    assert "5,000 items done" in done.out


def test_control_c_writes_what_is_done_and_says_so(project: Path) -> None:
    (project / "big.sql").write_text("".join(f"SELECT {n}, a{n} FROM t;\n" for n in range(200_000)))
    running = subprocess.Popen(
        command("big.sql", "--op", "format", "--jobs", "2", "-r", "r.ndjson"),
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    results = project / "r.ndjson"
    while not results.exists() or results.stat().st_size < 300_000:
        assert running.poll() is None
        time.sleep(0.005)
    os.kill(running.pid, signal.SIGINT)
    out, err = running.communicate(timeout=30)
    assert running.returncode == 130, err
    assert b"interrupted after" in out
    numbers = [one["number"] for one in lines(results.read_text())]
    assert numbers == list(range(len(numbers)))


def test_control_c_while_input_is_waited_for(project: Path) -> None:
    running = subprocess.Popen(
        command("-", "--input-format", "ndjson", "--op", "tokenize", "-r", "r.ndjson"),
        cwd=project,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert running.stdin is not None
    running.stdin.write(b'{"sql": "SELECT 1"}\n')
    running.stdin.flush()
    while not (project / "r.ndjson").exists():
        assert running.poll() is None
        time.sleep(0.005)
    os.kill(running.pid, signal.SIGINT)
    running.wait(timeout=30)
    assert running.returncode == 130
    for stream in (running.stdin, running.stdout, running.stderr):
        assert stream is not None
        stream.close()

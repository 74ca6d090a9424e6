"""``perftool bench`` from argument to exit code, with samples as short as can be."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from perftool.store import reports

if TYPE_CHECKING:
    from pathlib import Path

    from perftool.model.report import Report

SHORT = ("--count", "2", "--samples", "1", "--min-time", "0.1ms", "--no-latency")
FILE = """
PARAMS = {"n": [10, 100]}
def setup_sort(n): return {"data": list(range(n, 0, -1))}
def bench_sort(data): sorted(data)
def bench_bytes(): bytes(1000)
"""


@pytest.fixture
def file(project: Path) -> Path:
    path = project / "bench_rows.py"
    path.write_text(FILE, encoding="utf-8")
    return path


def latest(project: Path) -> Report:
    return reports.read(project / ".perftool" / "reports" / "latest.json")


def names(report: Report) -> set[str]:
    return {m.name for m in report.measurements}


def test_the_default_run_measures_the_parser_and_saves_a_report(run: Any, project: Path) -> None:
    done = run("bench", *SHORT, "--format", "json")
    assert done.code == 0, done.err
    report = reports.decode(done.out.encode(), name="stdout")
    assert names(report) == {
        f"sql-parse/{case}" for case in ("SimpleSelect", "ComplexQuery", "WindowFunction", "CTE", "Insert")
    }
    assert report == latest(project)
    (stored,) = (project / ".perftool" / "reports").glob("*-sql-parse.json")
    assert f"report  .perftool/reports/{stored.name}" in done.err
    assert "perftool baseline save" in done.err
    assert (project / ".perftool" / "reports" / ".gitignore").is_file()
    times = [m for m in report.measurements if m.unit == "cpu-sec/op"]
    assert all(m.gates and m.blocks == (0, 1) and min(m.values) > 0 for m in times)
    assert report.payload.settings.blocks == 2  # type: ignore[union-attr]


def test_targets_and_commands_mix(run: Any, project: Path, file: Path) -> None:
    (project / "a.sql").write_text("SELECT a FROM t WHERE b = 1;\n")
    done = run("bench", "bench_rows.py", "a.sql", "--command", "true", "--stage", "tokenize", *SHORT)
    assert done.code == 0, done.err
    suites = {m.suite for m in latest(project).measurements}
    assert {"rows", "command"} < suites
    assert len(suites) == 3
    assert {"rows/sort/n=10", "rows/sort/n=100", "rows/bytes"} < names(latest(project))


def test_filter_and_one_function(run: Any, project: Path, file: Path) -> None:
    assert run("bench", "bench_rows.py::sort", "--filter", "n=100$", *SHORT, "-q").code == 0
    assert names(latest(project)) == {"rows/sort/n=100"}


def test_list_measures_nothing(run: Any, project: Path, file: Path) -> None:
    done = run("bench", "bench_rows.py", "--list", "-c", "echo {n}", "-L", "n", "1,2")
    assert done.code == 0
    assert done.out.splitlines()[:3] == ["rows/sort/n=10", "rows/sort/n=100", "rows/bytes"]
    assert len(done.out.splitlines()) == 5
    assert not (project / ".perftool").exists()


def test_allocations_are_counted_and_exact(run: Any, project: Path, file: Path) -> None:
    pytest.importorskip("memray", reason="memray does not exist for this system")
    assert run("bench", "bench_rows.py::bytes", "--mem", *SHORT).code == 0
    exact = {m.unit: m for m in latest(project).measurements if m.exact}
    assert exact["allocs/op"].values == (1.0,)
    assert exact["B/op"].values == (1033.0,)


def test_a_baseline_judges_the_run(run: Any, project: Path, file: Path) -> None:
    pytest.importorskip("memray", reason="memray does not exist for this system")
    target = ("bench", "bench_rows.py::bytes", "--mem", *SHORT)
    assert run(*target).code == 0
    assert run("baseline", "save", "main", "--force").code == 0
    file.write_text(FILE.replace("bytes(1000)", "bytes(1000), bytes(1000)"), encoding="utf-8")
    done = run(*target, "--baseline", "main")
    assert done.code == 1, done.out + done.err
    assert "allocs/op" in done.out
    assert "perftool baseline update main" in done.err


def test_a_wrong_baseline_is_found_before_measuring(run: Any, project: Path) -> None:
    done = run("bench", "--baseline", "nope")
    assert done.code == 2
    assert "no baseline named 'nope'" in done.err
    assert not (project / ".perftool").exists()


def test_failing_cases_are_skipped_with_their_reason(run: Any, project: Path) -> None:
    (project / "bench_x.py").write_text("def bench_good(): pass\ndef bench_bad(): raise ValueError('no')\n")
    done = run("bench", "bench_x.py", *SHORT)
    assert done.code == 0
    assert "bench_x.py:2: ValueError: no" in done.out
    assert latest(project).verdict.outcome == "warn"


def test_nothing_measured_is_exit_3_and_keeps_the_latest_report(run: Any, project: Path, file: Path) -> None:
    assert run("bench", "bench_rows.py::bytes", *SHORT).code == 0
    before = latest(project)
    (project / "bench_x.py").write_text("def bench_bad(): raise ValueError('no')\n")
    done = run("bench", "bench_x.py", *SHORT)
    assert done.code == 3
    assert "nothing was measured" in done.out
    assert latest(project) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["sql-prase"], "no benchmark suite named 'sql-prase'"),
        (["gone.py"], "cannot read gone.py"),
        (["--filter", "("], "not a regular expression"),
        (["--filter", "nothing-is-called-so"], "matches none of 5 cases"),
        (["--count", "0"], "a whole number"),
        (["--min-time", "soon"], "a duration"),
        (["--gc", "sometimes"], "default"),
        (["--python", "no-such-python"], "no-such-python"),
        (["--prepare", "true"], "--prepare is for commands"),
        (["-L", "n", "1,2"], "-L is for commands"),
        (["--stage", "guess"], "tokenize"),
        (["--profile", "quik"], "quick"),
    ],
)
def test_wrong_arguments_are_one_line_and_exit_2(run: Any, project: Path, arguments: list[str], message: str) -> None:
    done = run("bench", *arguments)
    assert done.code == 2, done.err
    assert message in done.err
    assert done.out == ""
    assert not (project / ".perftool").exists()


def test_a_report_that_cannot_be_stored_is_shown_all_the_same(run: Any, project: Path, file: Path) -> None:
    (project / ".perftool").write_text("a file where the folder should be")
    done = run("bench", "bench_rows.py::sort", *SHORT)
    assert done.code == 5
    assert "sort/n=10" in done.out
    assert ".perftool" in done.err


def test_quick_is_a_profile(run: Any, project: Path, file: Path) -> None:
    assert run("bench", "bench_rows.py::bytes", "--quick", "--count", "2", "--min-time", "0.1ms", "-q").code == 0
    assert latest(project).payload.settings.profile == "quick"  # type: ignore[union-attr]


def test_reports_hold_no_absolute_path(run: Any, project: Path, file: Path) -> None:
    assert run("bench", f"{file}::bytes", *SHORT, "-q").code == 0
    assert str(project) not in (project / ".perftool" / "reports" / "latest.json").read_text()


def another_python() -> str | None:
    found = [shutil.which(name) for name in ("python3.12", "python3.13", "python3.14", "/usr/bin/python3")]
    for path in found:
        if path and subprocess.run([path, "-c", "pass"], capture_output=True).returncode == 0:
            return path
    return None


def test_measures_in_another_interpreter(run: Any, project: Path, file: Path) -> None:
    other = another_python()
    if other is None:
        pytest.skip("no other Python is installed")
    done = run("bench", "bench_rows.py::bytes", "--python", other, *SHORT)
    assert done.code == 0, done.err
    said = subprocess.run([other, "-c", "import platform; print(platform.python_version())"], capture_output=True)
    assert latest(project).environment.python.version == said.stdout.decode().strip()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a named pipe and SIGINT to one process")
def test_an_interrupt_saves_what_is_finished(project: Path) -> None:
    os.mkfifo(project / "servers")
    (project / "bench_x.py").write_text(
        "import os\nsaid = []\ndef bench_a():\n    if said: return\n    said.append(os.getppid())\n"
        "    with open('servers', 'w') as file: file.write(f'{said[0]}\\n')\n"
    )
    # Shells start background jobs with SIGINT ignored; a user's terminal does not.
    program = (
        "import signal, sys; from perftool.cli.main import main;"
        "signal.signal(signal.SIGINT, signal.default_int_handler); sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", program, "bench", "bench_x.py", "--count", "10000", "--samples", "1"]
    command += ["--min-time", "0.1ms", "--no-latency", "--format", "json"]
    pipe = os.fdopen(os.open(project / "servers", os.O_RDWR), "rb", buffering=0)
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    servers: set[bytes] = set()
    while len(servers) < 5:  # listing and calibration, then blocks: at least one is finished
        servers |= set(pipe.read(4096).split())
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    pipe.close()
    assert process.returncode == 130, err
    assert b"Traceback" not in err
    report = json.loads(out)
    assert report["payload"]["complete"] is False
    assert report["verdict"]["headline"].startswith("interrupted")
    stored = latest(project)
    assert stored.measurements
    assert len(stored.measurements[0].values) < 10_000


def test_an_output_that_cannot_be_shown_is_refused_before_anything_is_measured(run: Any, project: Path) -> None:
    for arguments in (["--format", "nosuch"], ["-o", "x.unknown"], ["--format", "benchstat"]):
        done = run("bench", *SHORT, *arguments)
        assert done.code == 2, done.err
        assert not (project / ".perftool").exists()

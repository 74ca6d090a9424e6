"""``perftool profile sql``: programs run under it, and their SQL is told with the line that ran it."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from perftool.cli.main import main
from perftool.model.statements import StatementsPayload
from perftool.store import reports
from tests.cli.conftest import Ran

if TYPE_CHECKING:
    from collections.abc import Callable

    from perftool.model.report import Report

ROOT = Path(__file__).parents[3]
PEERS = {name: Path(sys.prefix) / "peers" / f"sqlalchemy-{name}" for name in ("1.4", "2.0")}
SHOP = """
import sqlite3, sys
con = sqlite3.connect(":memory:")
con.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, x)")
con.executemany("INSERT INTO t VALUES (?, ?)", [(100 + i, "secret") for i in range(40)])
ids = [one for (one,) in con.execute("SELECT id FROM t")]
if sys.argv[1:] == ["late"]:
    rows = [con.execute("SELECT x FROM t WHERE id = ?", (one,)).fetchone() for one in ids]
else:
    rows = con.execute(f"SELECT x FROM t WHERE id IN ({','.join('?' * 40)})", ids).fetchall()
con.close()
print(len(rows))
"""


@pytest.fixture
def profiled(
    project: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[Ran, Report | None]]:
    """Run ``perftool profile sql`` in the project, and read the report that it saves."""
    import tempfile

    folder = project / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)

    def run(*arguments: str, name: str = "out.json") -> tuple[Ran, Report | None]:
        capfd.readouterr()
        code = main(["profile", "sql", "-o", name, *arguments])
        out, err = capfd.readouterr()
        assert not list(folder.glob("perftool-*")), "nothing is left behind"
        path = project / name
        return Ran(code, out, err), reports.read(path) if path.exists() else None

    return run


def write(name: str, text: str) -> None:
    Path(name).write_text(textwrap.dedent(text), encoding="utf-8")


def payload(report: Report | None) -> StatementsPayload:
    assert report is not None
    assert isinstance(report.payload, StatementsPayload)
    return report.payload


def test_an_n_plus_one_is_told_and_fails_the_comparison_with_the_run_before(
    profiled: Callable[..., tuple[Ran, Report | None]], capfd: pytest.CaptureFixture[str]
) -> None:
    write("shop.py", SHOP)
    before, report = profiled("shop.py", name="before.json")
    assert (before.code, before.out) == (0, "40\n")
    assert payload(report).count == 4
    assert not report.diagnostics if report else False
    after, report = profiled("--sort", "count", "--top", "1", "shop.py", "late", name="after.json")
    assert after.out == "40\n"
    first = payload(report).statements[0]
    assert (first.text, first.count, first.rows) == ("select x from t where id = ?", 40, 40)
    assert (first.sites[0].file, first.sites[0].line) == ("shop.py", 8)
    assert "STMT001 N+1: 40 × select x from t where id = ? took" in " ".join(after.err.split())
    assert "3 more statements" in after.err
    assert "secret" not in Path("after.json").read_text()
    assert str(Path.cwd()) not in Path("after.json").read_text()
    assert main(["compare", "before.json", "after.json"]) == 1
    assert main(["compare", "before.json", "before.json"]) == 0
    assert "statements/all" in capfd.readouterr().out


def test_a_finding_can_be_left_out_and_one_that_is_none_is_refused(
    profiled: Callable[..., tuple[Ran, Report | None]],
) -> None:
    write("shop.py", SHOP)
    _, report = profiled("--ignore", "n-plus-one", "--ignore", "STMT003", "shop.py", "late")
    assert report is not None
    assert not report.diagnostics
    refused, _ = profiled("--ignore", "nothing", "shop.py")
    assert refused.code == 2
    assert "STMT001 n-plus-one" in refused.err


def test_how_a_program_ends_is_how_perftool_does_and_what_it_ran_is_told(
    profiled: Callable[..., tuple[Ran, Report | None]],
) -> None:
    write(
        "ends.py",
        """
        import os, sqlite3, sys
        con = sqlite3.connect(":memory:")
        con.execute("SELECT 1").fetchall()
        if sys.argv[1] == "exit":
            os._exit(7)
        con.execute("SELECT nowhere")
        """,
    )
    done, report = profiled("ends.py", "exit")
    assert done.code == 7
    assert (payload(report).count, payload(report).exit_code) == (1, 7)
    done, report = profiled("ends.py", "raise")
    assert done.code == 1
    assert "no such column: nowhere" in done.err
    assert [one.errors for one in payload(report).statements] == [0, 1]


def test_one_that_is_killed_has_said_what_it_ran(profiled: Callable[..., tuple[Ran, Report | None]]) -> None:
    write(
        "killed.py",
        """
        import glob, os, sqlite3, tempfile
        con = sqlite3.connect(":memory:")
        con.execute("SELECT 1").fetchall()
        pattern = os.path.join(tempfile.gettempdir(), "perftool-*", "statements-*.json")
        while not glob.glob(pattern):
            pass
        os.kill(os.getpid(), 9)
        """,
    )
    done, report = profiled("killed.py")
    assert done.code == 137
    assert payload(report).count == 1
    assert report is not None
    assert "recording-cut" in [one.code for one in report.warnings]


def test_processes_and_threads_that_a_program_starts_are_told_with_it(
    profiled: Callable[..., tuple[Ran, Report | None]],
) -> None:
    write(
        "many.py",
        """
        import os, sqlite3, subprocess, sys, threading
        def work(text):
            con = sqlite3.connect(":memory:")
            con.execute(text).fetchall()
            con.close()
        work("SELECT 'parent'")
        thread = threading.Thread(target=work, args=("SELECT 'thread'",)); thread.start(); thread.join()
        if not os.fork():
            work("SELECT 1, 'forked'")
            sys.exit()
        os.wait()
        subprocess.run([sys.executable, "-c", "import sqlite3; sqlite3.connect(':memory:').execute('SELECT 1, 2, 3')"])
        """,
    )
    _, report = profiled("many.py")
    found = payload(report)
    assert {one.text: one.count for one in found.statements} == {
        "select ?": 2,
        "select ?, ?": 1,
        "select ?, ?, ?": 1,
    }
    assert found.processes == 3
    _, report = profiled("--no-children", "many.py")
    assert payload(report).count == 2


def test_a_program_without_sql_is_told_so(profiled: Callable[..., tuple[Ran, Report | None]]) -> None:
    done, report = profiled("-c", "print(6 * 7)")
    assert (done.code, done.out) == (0, "42\n")
    assert payload(report).count == 0
    assert "no statement was run" in done.err


ORM = ROOT / "tests" / "profiling" / "statement_programs" / "n_plus_one_orm.py"


@pytest.mark.parametrize("version", PEERS)
def test_older_sqlalchemy(version: str, project: Path) -> None:
    if not PEERS[version].is_dir():
        pytest.skip(f"SQLAlchemy {version} is not there: make peers")
    Path("orm.py").write_text(ORM.read_text())
    done = subprocess.run(
        [sys.executable, "-m", "perftool", "profile", "sql", "-o", "out.json", "orm.py"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(PEERS[version]), str(ROOT)])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report = reports.read(project / "out.json")
    assert any(one.startswith(f"SQLAlchemy {version}.") for one in payload(report).libraries)
    lines = ORM.read_text().splitlines()
    expected = [number for number, line in enumerate(lines, 1) if line.endswith("# STMT001")]
    assert sorted(one.span.line for one in report.diagnostics if one.span) == expected
    assert {one.code for one in report.diagnostics} == {"STMT001"}

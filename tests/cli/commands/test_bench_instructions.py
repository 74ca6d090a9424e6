"""``perftool bench --instructions``, from option to exit code."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from perftool.store import reports

if TYPE_CHECKING:
    from pathlib import Path

SHORT = ("--count", "2", "--samples", "1", "--min-time", "0.1ms", "--no-latency")
FILE = """
from itertools import repeat
def bench_work():
    for _ in repeat(None, 1000): pass
"""


@pytest.fixture
def file(project: Path) -> Path:
    path = project / "bench_rows.py"
    path.write_text(FILE, encoding="utf-8")
    return path


def test_without_valgrind_it_ends_with_4_before_measuring(
    run: Any, project: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    done = run("bench", "bench_rows.py", "--instructions", *SHORT)
    assert done.code == 4
    assert "--instructions needs valgrind" in done.err
    assert not (project / ".perftool").exists()


@pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind is not installed")
def test_counts_gate_against_a_baseline_where_times_cannot(run: Any, project: Path, file: Path) -> None:
    target = ("bench", "bench_rows.py", "--instructions", *SHORT)
    done = run(*target)
    assert done.code == 0, done.err
    assert "instr/op" in done.out
    report = reports.read(project / ".perftool" / "reports" / "latest.json")
    (counted,) = [m for m in report.measurements if m.unit == "instructions/op"]
    assert counted.exact
    assert counted.gates
    assert 5_000 < counted.values[0] < 100_000
    assert report.payload.settings.instructions  # type: ignore[union-attr]
    assert run("baseline", "save", "main", "--force").code == 0
    file.write_text(FILE.replace("1000", "1030"), encoding="utf-8")
    done = run(*target, "--baseline", "main")
    assert done.code == 1, done.out + done.err
    assert "over 1 %" in done.out

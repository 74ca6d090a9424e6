"""A run that is told to end does so in order, and a worker that is killed costs nothing."""

from __future__ import annotations

import json
import os
import signal
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.lint.faults.kit import NULLS, started

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs worker processes")

FILES = 400


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "perftool.toml").write_text('[lint]\ndialect = "postgres"\n')
    for number in range(FILES):
        text = "".join(f"SELECT a{number}_{row} FROM t;\n" for row in range(40)) + NULLS
        (tmp_path / f"{number:03}.sql").write_text(text)
    return tmp_path


def workers(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """Wait for the two workers, and return them with the process that forks them first."""
    end = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < end:
        below = psutil.Process(process.pid).children(recursive=True)
        if len(below) >= 3:
            return below
        time.sleep(0.01)
    pytest.fail("there were no workers")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_run_and_leaves_nothing(
    project: Path, tmp_path_factory: pytest.TempPathFactory, number: int
) -> None:
    temporary = tmp_path_factory.mktemp("temporary")
    process = started(project, "lint", "--fix", "--no-cache", "-j", "2", environment={"TMPDIR": str(temporary)})
    below = workers(process)
    process.send_signal(number)
    _, told = process.communicate(timeout=60)
    assert (process.returncode, told.decode().strip()) == (130, "perftool: interrupted")
    assert psutil.wait_procs(below, timeout=10)[1] == []
    assert list(temporary.iterdir()) == []
    for path in project.glob("*.sql"):
        assert path.read_text().count("\n") == 41
    assert len(list(project.iterdir())) == FILES + 1


def test_killed_workers_cost_no_finding(project: Path) -> None:
    process = started(project, "lint", "--no-cache", "-j", "2", "-f", "json")
    for worker in workers(process)[1:]:
        worker.kill()
    out, _ = process.communicate(timeout=120)
    report = json.loads(out)
    assert process.returncode == 1
    codes = [one["code"] for one in report["diagnostics"]]
    assert codes.count("COR001") == FILES
    assert not [code for code in codes if code.startswith("PT00")]

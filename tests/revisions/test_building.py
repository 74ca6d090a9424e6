"""Builds that end well, badly, or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from perftool.clock import SystemClock
from perftool.errors import InputError
from perftool.revisions import building, locks
from perftool.revisions.building import Build, build, last_words
from perftool.revisions.environments import Slot
from tests.fakes.failures import failure
from tests.revisions.repositories import environment

if TYPE_CHECKING:
    from perftool.errors import PerftoolError


@pytest.fixture(autouse=True)
def _no_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "VENV", ("-I", "-m", "venv", "--without-pip"))


@pytest.fixture
def slot(tmp_path: Path) -> Slot:
    lock = locks.acquire(tmp_path / "slots/0.lock")
    assert lock is not None
    return Slot(tmp_path / "slots/0", lock, "", usable=False)


def wanted(tmp_path: Path, setup: str, base: str = sys.executable) -> Build:
    return Build("the base side, HEAD~1", setup, tmp_path, environment(), base, tmp_path / "logs/base.log", tmp_path)


def refused(tmp_path: Path, slot: Slot, setup: str) -> PerftoolError:
    error = failure(InputError, build, slot, wanted(tmp_path, setup), SystemClock())
    assert isinstance(error, InputError)
    return error


def test_the_environment_is_made_and_kept(tmp_path: Path, slot: Slot) -> None:
    assert build(slot, wanted(tmp_path, "echo done"), SystemClock()) > 0
    assert Path(building.interpreter(slot.folder)).exists()
    assert (tmp_path / "logs/base.log").read_text() == "done\n"


def test_a_failed_build_says_which_side_what_and_where_to_read_on(tmp_path: Path, slot: Slot) -> None:
    setup = "echo start; echo 'ERROR: no such package' >&2; echo '[notice] a new pip'; exit 3"
    error = refused(tmp_path, slot, setup)
    assert error.message == (
        f"cannot build the base side, HEAD~1: {setup!r} ended with exit code 3: ERROR: no such package"
    )
    assert error.hint == "all it said is in logs/base.log"
    assert not slot.folder.exists()


def test_a_killed_build(tmp_path: Path, slot: Slot) -> None:
    assert "signal 9" in refused(tmp_path, slot, "kill -9 $$").message


def test_an_interpreter_without_venv(tmp_path: Path, slot: Slot) -> None:
    error = failure(InputError, build, slot, wanted(tmp_path, "echo", base="/bin/false"), SystemClock())
    assert isinstance(error, InputError)
    assert "'python -m venv' ended with exit code 1" in error.message
    assert "python3-venv" in str(error.hint)
    missing = failure(InputError, build, slot, wanted(tmp_path, "echo", base="/no/python"), SystemClock())
    assert "no such file" in str(missing)


def test_an_interruption_ends_everything_that_the_build_started(tmp_path: Path, slot: Slot) -> None:
    ready = tmp_path / "ready"
    os.mkfifo(ready)

    def interrupt() -> None:
        ready.read_text()
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    setup = f"sleep 600 & echo $! > pid; echo > {ready}; wait"
    with pytest.raises(KeyboardInterrupt):
        build(slot, wanted(tmp_path, setup), SystemClock())
    left = subprocess.run(["ps", "-o", "stat=", "-p", (tmp_path / "pid").read_text()], capture_output=True, text=True)
    assert left.stdout.strip()[:1] in {"", "Z"}
    assert not slot.folder.exists()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", ""),
        ("a\nb\n\n", "b"),
        ("error: first\nERROR: second\nmore\n", "ERROR: second"),
        ("failed\n[notice] pip\nhint: see above", "failed"),
    ],
)
def test_last_words(text: str, line: str) -> None:
    assert last_words(text) == line

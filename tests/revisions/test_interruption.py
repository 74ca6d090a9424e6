"""However a run is ended, the repository's worktrees are those of the user."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from perftool.revisions.interruption import orderly, undisturbed
from tests.revisions.repositories import environment, git, repository, request, two_sides

if TYPE_CHECKING:
    from pathlib import Path

RUN = """
import os, pathlib, sys
from perftool.clock import SystemClock
from perftool.events import Silent
from perftool.revisions.api import Request
from perftool.revisions.opening import opened
root = pathlib.Path(sys.argv[1])
asked = Request(root, root, "HEAD", None, sys.executable, "", (), (), root / ".perftool/vs")
try:
    with opened(asked, variables=os.environ, clock=SystemClock(), listener=Silent()) as sides:
        print("ready", flush=True)
        sys.stdin.read()
except KeyboardInterrupt:
    print("in order", flush=True)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return repository(tmp_path / "r", {"a.py": ""})


def run_until(project: Path, number: int) -> str:
    """Start a run, send it the signal while it is open, and return what it said after that."""
    with subprocess.Popen(
        [sys.executable, "-c", RUN, str(project)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(PYTHONPATH=os.pathsep.join(p for p in sys.path if p)),
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        assert len(git(project, "worktree", "list").splitlines()) == 3
        process.send_signal(number)
        return process.stdout.read()


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_signals_that_can_be_heard(project: Path, name: str) -> None:
    assert run_until(project, getattr(signal, name)) == "in order\n"
    assert len(git(project, "worktree", "list").splitlines()) == 1
    assert not list((project / ".perftool/vs/worktrees").glob("*/*"))


def test_after_a_kill_the_next_run_tidies_up(project: Path) -> None:
    assert run_until(project, signal.SIGKILL) == ""
    assert len(git(project, "worktree", "list").splitlines()) == 3
    # Half gone as well: git refuses to remove a worktree that has lost its link.
    (project / ".perftool/vs/worktrees/0/a/.git").unlink()
    with two_sides(request(project)) as (base, _now):
        assert base.tree == project / ".perftool/vs/worktrees/0/a"
    assert len(git(project, "worktree", "list").splitlines()) == 1


def test_two_runs_at_once(project: Path) -> None:
    with two_sides(request(project)) as first, two_sides(request(project)) as second:
        assert len({side.tree for side in (*first, *second)}) == 4
        assert len(str(first[0].tree)) == len(str(second[0].tree))
    assert len(git(project, "worktree", "list").splitlines()) == 1


def test_an_exception_passes_through(project: Path) -> None:
    with pytest.raises(ZeroDivisionError), two_sides(request(project)):
        raise ZeroDivisionError
    assert len(git(project, "worktree", "list").splitlines()) == 1


def test_handlers_are_given_back_and_those_of_others_left() -> None:
    before = signal.getsignal(signal.SIGTERM)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with orderly():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGTERM)
        assert signal.getsignal(signal.SIGTERM) is before
    finally:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


def test_a_removal_is_not_cut_short() -> None:
    done = []

    def remove() -> None:
        with undisturbed():
            signal.raise_signal(signal.SIGINT)
            done.append("removed")

    with pytest.raises(KeyboardInterrupt):
        remove()
    assert done == ["removed"]


def test_nor_by_a_signal_that_another_thread_receives() -> None:
    done = []
    leave = threading.Event()
    other = threading.Thread(target=leave.wait, daemon=True)
    other.start()

    def remove() -> None:
        with undisturbed():
            os.kill(os.getpid(), signal.SIGINT)
            leave.wait(0.05)
            done.append("removed")

    with pytest.raises(KeyboardInterrupt):
        remove()
    leave.set()
    assert done == ["removed"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler

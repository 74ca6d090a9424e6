"""A lock is one process's until it ends."""

from __future__ import annotations

import errno
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from perftool.errors import OutputError
from perftool.revisions import locks

if TYPE_CHECKING:
    from pathlib import Path

HOLD = """
import sys, pathlib
from perftool.revisions import locks
held = locks.acquire(pathlib.Path(sys.argv[1]))
print("held" if held else "taken", flush=True)
sys.stdin.read()
"""


def test_a_lock_goes_with_its_process_however_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "deep/x.lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "held\n"
        assert locks.acquire(path) is None
        owner.kill()
    lock = locks.acquire(path)
    assert lock is not None
    with lock:
        assert locks.acquire(path) is None
    lock.release()
    again = locks.acquire(path)
    assert again is not None
    again.release()


def test_the_folder_of_a_lock_may_be_removed(tmp_path: Path) -> None:
    path = tmp_path / "deep/x.lock"
    with locks.acquire(path) or locks.Lock(-1):
        shutil.rmtree(path.parent)
    assert locks.acquire(path) is not None


def test_where_no_file_can_be_made_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot make"):
        locks.acquire(tmp_path / "file/x.lock")


def test_a_file_system_without_locks_is_not_taken_for_a_run_under_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_descriptor: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(locks, "_take", refuse)
    with pytest.raises(OutputError, match=r"cannot lock .*no locks available"):
        locks.acquire(tmp_path / "x.lock")

"""A lock is one process's until it ends."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

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

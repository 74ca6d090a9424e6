"""What a command and all processes below it take."""

from __future__ import annotations

import os
import resource
import subprocess
import time
from typing import TYPE_CHECKING, NamedTuple

import psutil

from perftool.workers.memory import proportional_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class Took(NamedTuple):
    """Seconds of CPU of all processes, and seconds of wall time."""

    cpu: float
    wall: float


def timed(words: Sequence[str], folder: Path, *, home: Path | None = None) -> Took:
    """Return what a command takes in ``folder``; ends with its words when it fails (linters may exit with 1)."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    if home is not None:
        environment["HOME"] = str(home)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    done = subprocess.run(
        words, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment, check=False
    )
    wall = time.perf_counter() - began
    if done.returncode not in (0, 1):
        raise SystemExit(f"{words[0]} ended with {done.returncode}: {os.fsdecode(done.stderr)[-500:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Took(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall)


def tree_pss(pid: int) -> int:
    """Return the bytes of PSS of a process and all below it."""
    try:
        below = [process.pid for process in psutil.Process(pid).children(recursive=True)]
    except psutil.Error:
        return 0
    return sum(proportional_bytes([pid, *below]).values())

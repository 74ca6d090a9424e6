"""What a command and all processes below it take."""

from __future__ import annotations

import psutil

from perftool.workers.memory import proportional_bytes


def tree_pss(pid: int) -> int:
    """Return the bytes of PSS of a process and all below it."""
    try:
        below = [process.pid for process in psutil.Process(pid).children(recursive=True)]
    except psutil.Error:
        return 0
    return sum(proportional_bytes([pid, *below]).values())

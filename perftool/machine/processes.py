"""How much CPU time programs have used that run on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Collection


def cpu_seconds(names: Collection[str]) -> dict[int, float]:
    """Return the CPU time of every living process with one of ``names``, by process id; {} where none is seen."""
    found = {}
    for process in psutil.process_iter(["name", "cpu_times"]):
        times = process.info["cpu_times"]
        if process.info["name"] in names and times is not None:
            found[process.pid] = times.user + times.system
    return found


def used(before: dict[int, float], after: dict[int, float]) -> float:
    """Return the seconds that were used between two readings; what ended meanwhile is not counted."""
    return sum(max(0.0, seconds - before.get(pid, 0.0)) for pid, seconds in after.items())

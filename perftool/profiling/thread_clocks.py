"""CPU time of every thread of other processes, as Linux tells it to everyone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROC: Final = Path("/proc")


def read(pid: int, *, children: bool = True, proc: Path = _PROC) -> dict[tuple[int, int], int]:
    """Return nanoseconds of CPU by process and thread, of a process and what it has started; empty off Linux.

    source: Linux Documentation/scheduler/sched-stats.rst, the first figure of schedstat.
    """
    found = {}
    for one in _family(pid, proc) if children else (pid,):
        for task in _listed(proc / str(one) / "task"):
            try:
                text = (proc / str(one) / "task" / str(task) / "schedstat").read_text(encoding="ascii")
                found[one, task] = int(text.split()[0])
            except (OSError, ValueError, IndexError):
                continue  # it ended meanwhile
    return found


def _family(pid: int, proc: Path) -> Iterator[int]:
    waiting = [pid]
    while waiting:
        one = waiting.pop()
        yield one
        for task in _listed(proc / str(one) / "task"):
            try:
                text = (proc / str(one) / "task" / str(task) / "children").read_text(encoding="ascii")
            except OSError:
                continue
            waiting += [int(word) for word in text.split()]


def _listed(folder: Path) -> list[int]:
    try:
        return sorted(int(entry.name) for entry in folder.iterdir() if entry.name.isdecimal())
    except OSError:
        return []

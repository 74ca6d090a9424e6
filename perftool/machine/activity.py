"""What else the machine did while something was measured."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from perftool.machine import system
from perftool.model.environment import Activity
from perftool.model.verdict import ReportWarning

# The kernel counts CPU time in ticks of 10 ms per core: below this the share of others is mostly rounding.
_SHORTEST_S = 0.5
_BUSY_OTHERS_SHARE = 0.1
_HARDLY_ANY_CORES = 0.25
_STEAL_SHARE = 0.01


@dataclass(frozen=True, slots=True)
class _Reading:
    at: float
    load: float | None
    busy_s: float | None
    total_s: float | None
    steal_s: float | None
    own_s: float


class Watch:
    """Watches load, stolen time and other processes between ``start`` and ``stop``.

    Other processes are all that the cores this process may use did, less this process, its children and theirs
    (finished children count once they were waited for). What a child did that outlived its parent counts as other.
    """

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = root
        self._first: _Reading | None = None

    def start(self) -> None:
        """Read all counters."""
        self._first = self._read()

    def stop(self) -> Activity:
        """Read them again and return the difference; None for what the system does not tell."""
        last = self._read()
        first = self._first or last
        elapsed = last.at - first.at
        others = steal_share = None
        if first.busy_s is not None and last.busy_s is not None and elapsed >= _SHORTEST_S:
            busy = last.busy_s - first.busy_s - (last.own_s - first.own_s)
            others = round(max(0.0, busy / elapsed), 3)
        if None not in (first.total_s, last.total_s, first.steal_s, last.steal_s):
            total = (last.total_s or 0.0) - (first.total_s or 0.0)
            stolen = (last.steal_s or 0.0) - (first.steal_s or 0.0)
            steal_share = round(min(1.0, max(0.0, stolen / total)), 5) if total > 0 else None
        return Activity(
            load_before=first.load,
            load_after=last.load,
            steal_before_s=first.steal_s,
            steal_after_s=last.steal_s,
            steal_share=steal_share,
            other_cores=others,
        )

    def _read(self) -> _Reading:
        own = _tree_cpu_s(self._root)
        busy, total, steal = _cpu_times(self._root)
        return _Reading(time.monotonic(), _load(self._root), busy, total, steal, own)


def doubts(activity: Activity, cores: int) -> list[ReportWarning]:
    """Return what ``activity`` makes doubtful on ``cores`` usable cores: codes load-high and steal.

    A thread left with less than a core takes 1/share of its time. source: arithmetic, checked on 49 windows of 0.6 s
    of one thread on two cores while others used 0 to 1.5: where less than a core was left, mean wall over CPU time
    was within 10 % of the prediction; elsewhere median wall and CPU times were within 2 % of each other.
    """
    found = []
    others = activity.other_cores
    if others is not None and others >= _BUSY_OTHERS_SHARE * cores:
        left = max(0.0, cores - others)
        effect = "a core was left, but caches and clock rates are shared"
        if left < 1:
            excess = f"{1 / left - 1:.0%}" if left > _HARDLY_ANY_CORES else "several times"
            effect = f"one thread's wall times may be {excess} too long, CPU times hold better"
        text = f"other processes used {others:.1f} of {cores} cores: {effect}"
        found.append(ReportWarning(code="load-high", message=text))
    elif others is None and activity.load_before is not None and activity.load_before > 0.5 * cores:
        text = f"load was {activity.load_before:.1f} on {cores} cores at the start: wall times may include waiting"
        found.append(ReportWarning(code="load-high", message=text))
    if activity.steal_share is not None and activity.steal_share >= _STEAL_SHARE:
        text = f"the hypervisor took {activity.steal_share:.1%} of the CPU time for others: wall times are too long"
        found.append(ReportWarning(code="steal", message=text))
    return found


def _load(root: Path) -> float | None:
    """Return the 1-minute load average."""
    try:
        return float((root / "proc/loadavg").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, IndexError):
        pass
    if system.name() in {"windows", "linux"}:
        return None
    return round(os.getloadavg()[0], 2)


def _cpu_times(root: Path) -> tuple[float | None, float | None, float | None]:
    """Return busy, total and stolen seconds of the cores this process may use since the machine started."""
    try:
        text = (root / "proc/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return _foreign_cpu_times()
    usable = {f"cpu{n}" for n in os.sched_getaffinity(0)} if hasattr(os, "sched_getaffinity") else set()
    lines = [w for w in (line.split() for line in text.splitlines()) if w and w[0].startswith("cpu")]
    chosen = [w for w in lines if w[0] in usable] or [w for w in lines if w[0] == "cpu"]
    ticks = [[int(v) for v in w[1:9]] for w in chosen]
    if not any(any(t) for t in ticks):
        return None, None, None
    busy = total = steal = 0
    for values in ticks:
        user, nice, kernel, idle, waiting, hard, soft, stolen = (values + [0] * 8)[:8]
        busy += user + nice + kernel + hard + soft
        total += user + nice + kernel + idle + waiting + hard + soft + stolen
        steal += stolen
    hertz = _hertz()
    return busy / hertz, total / hertz, steal / hertz


def _foreign_cpu_times() -> tuple[float | None, float | None, float | None]:
    """Ask psutil off Linux; stolen time is not known there."""
    if system.name() == "linux":
        return None, None, None
    import psutil

    times = psutil.cpu_times()
    total = float(sum(times))
    return total - times.idle, total, None


def _tree_cpu_s(root: Path) -> float:
    """Return CPU seconds of this process, its living descendants, and all finished ones that were waited for."""
    own = os.times()
    seconds = own.user + own.system + own.children_user + own.children_system
    stats = _process_times(root)
    children: dict[int, list[int]] = {}
    for pid, (parent, _) in stats.items():
        children.setdefault(parent, []).append(pid)
    waiting = list(children.get(os.getpid(), ()))
    while waiting:
        pid = waiting.pop()
        seconds += stats[pid][1]
        waiting.extend(children.get(pid, ()))
    return seconds


def _process_times(root: Path) -> dict[int, tuple[int, float]]:
    """Return parent and CPU seconds (with waited-for children) of every process; empty off Linux."""
    found = {}
    hertz = _hertz()
    try:
        folders = [entry for entry in os.listdir(root / "proc") if entry.isdigit()]
    except OSError:
        return {}
    for folder in folders:
        try:
            text = (root / "proc" / folder / "stat").read_text(encoding="utf-8", errors="replace")
            fields = text[text.rindex(")") + 2 :].split()
            found[int(folder)] = (int(fields[1]), sum(map(int, fields[11:15])) / hertz)
        except (OSError, ValueError, IndexError):
            continue
    return found


def _hertz() -> int:
    return os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100

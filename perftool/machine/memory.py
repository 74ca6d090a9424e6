"""Memory of the machine and of the control group."""

from __future__ import annotations

from pathlib import Path

from perftool.machine import cgroup, system
from perftool.model.environment import Memory


def read(root: Path = Path("/")) -> Memory:
    """Describe memory in bytes.

    cost: off Linux it imports psutil.
    """
    fields = _meminfo(root)
    if "MemTotal" in fields:
        total = fields["MemTotal"]
        available = fields.get("MemAvailable", fields.get("MemFree", 0))
    elif system.name() == "linux":
        total = available = 0
    else:
        import psutil

        memory = psutil.virtual_memory()
        total, available = memory.total, memory.available
    return Memory(total_bytes=total, available_bytes=available, cgroup_limit_bytes=cgroup.memory_limit(root))


def resident_bytes(pid: int | None = None) -> int:
    """Return the bytes of a process, this one if none is named, that are in memory; 0 when it has gone.

    cost: about ten microseconds, after psutil was imported.
    """
    import psutil

    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


def _meminfo(root: Path) -> dict[str, int]:
    try:
        text = (root / "proc/meminfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return {}
    fields = {}
    for line in text.splitlines():
        words = line.replace(":", " ").split()
        if len(words) >= 2 and words[1].isdigit():
            fields[words[0]] = int(words[1]) * 1024
    return fields

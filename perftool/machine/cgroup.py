"""Limits that control groups (version 1 and 2) put on this process."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Version 1 writes "no limit" as the largest page-aligned 63-bit number.
_UNLIMITED_BYTES = 2**60


def quota_cores(root: Path = Path("/")) -> float | None:
    """Return the CPU quota in cores, the tightest of all levels, or None where there is none.

    ``root`` is where proc and sys are found.
    """
    found = []
    for folder in _levels(root, "cpu"):
        words = _words(folder / "cpu.max")
        if len(words) == 2 and words[0] != "max":
            found.append(_ratio(words[0], words[1]))
        quota = _words(folder / "cpu.cfs_quota_us")
        period = _words(folder / "cpu.cfs_period_us")
        if quota and period and not quota[0].startswith("-"):
            found.append(_ratio(quota[0], period[0]))
    return min((q for q in found if q is not None), default=None)


def memory_limit(root: Path = Path("/")) -> int | None:
    """Return the memory limit in bytes, the tightest of all levels, or None where there is none."""
    found = []
    for folder in _levels(root, "memory"):
        for name in ("memory.max", "memory.limit_in_bytes"):
            words = _words(folder / name)
            if words and words[0].isdigit() and int(words[0]) < _UNLIMITED_BYTES:
                found.append(int(words[0]))
    return min(found, default=None)


def _levels(root: Path, controller: str) -> Iterator[Path]:
    """Yield every folder whose limits hold for this process, from its own group up to the mount point."""
    mount = root / "sys/fs/cgroup"
    for line in _text(root / "proc/self/cgroup").splitlines():
        number, _, rest = line.partition(":")
        controllers, _, group = rest.partition(":")
        if number == "0" and not controllers:
            bases = [mount, mount / "unified"]
        elif controller in controllers.split(","):
            bases = [mount / controllers, mount / controller]
        else:
            continue
        # Inside a container the group's path is often the host's: what is missing here is skipped on the way up.
        parts = [p for p in group.split("/") if p and p != ".."]
        for base in bases:
            for depth in range(len(parts), -1, -1):
                yield base.joinpath(*parts[:depth])


def _ratio(quota: str, period: str) -> float | None:
    if quota.isdigit() and period.isdigit() and int(period):
        return int(quota) / int(period)
    return None


def _words(path: Path) -> list[str]:
    return _text(path).split()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""

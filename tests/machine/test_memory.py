"""Memory from made-up trees and from this machine."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

from perftool.machine import memory

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_meminfo(tmp_path: Path) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/meminfo").write_text("MemTotal:  2048 kB\nMemFree: 1 kB\nMemAvailable:\t1024 kB\nOdd\n")
    found = memory.read(tmp_path)
    assert (found.total_bytes, found.available_bytes, found.cgroup_limit_bytes) == (2048 * 1024, 1024 * 1024, None)


def test_old_kernels_have_only_free_memory(tmp_path: Path) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/meminfo").write_text("MemTotal: 2048 kB\nMemFree: 512 kB\n")
    assert memory.read(tmp_path).available_bytes == 512 * 1024


def test_a_linux_without_proc_says_zero(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perftool.machine.system.name", lambda: "linux")
    assert memory.read(tmp_path).total_bytes == 0


def test_elsewhere_psutil_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perftool.machine.system.name", lambda: "darwin")
    monkeypatch.setattr("psutil.virtual_memory", lambda: SimpleNamespace(total=7, available=3))
    found = memory.read(tmp_path)
    assert (found.total_bytes, found.available_bytes) == (7, 3)


def test_this_machine() -> None:
    found = memory.read()
    assert 0 < found.available_bytes <= found.total_bytes

"""Limits of control groups, both versions, from made-up trees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from perftool.machine import cgroup

if TYPE_CHECKING:
    from pathlib import Path


def tree(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def test_version_2_takes_the_tightest_level(tmp_path: Path) -> None:
    root = tree(
        tmp_path,
        {
            "proc/self/cgroup": "0::/system.slice/job.service\n",
            "sys/fs/cgroup/system.slice/cpu.max": "150000 100000\n",
            "sys/fs/cgroup/system.slice/job.service/cpu.max": "max 100000\n",
            "sys/fs/cgroup/system.slice/memory.max": "max\n",
            "sys/fs/cgroup/system.slice/job.service/memory.max": "1073741824\n",
        },
    )
    assert cgroup.quota_cores(root) == 1.5
    assert cgroup.memory_limit(root) == 2**30


def test_version_1_in_a_container_whose_group_path_is_the_hosts(tmp_path: Path) -> None:
    root = tree(
        tmp_path,
        {
            "proc/self/cgroup": "4:memory:/docker/0123\n2:cpu,cpuacct:/docker/0123\n0::/\n",
            "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "50000\n",
            "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": "536870912\n",
        },
    )
    assert cgroup.quota_cores(root) == 0.5
    assert cgroup.memory_limit(root) == 2**29


def test_version_1_without_limits(tmp_path: Path) -> None:
    root = tree(
        tmp_path,
        {
            "proc/self/cgroup": "4:memory:/\n1:cpu:/\n",
            "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
            "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
        },
    )
    assert cgroup.quota_cores(root) is None
    assert cgroup.memory_limit(root) is None


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"proc/self/cgroup": "nonsense\n"},
        {"proc/self/cgroup": "0::/../..\n", "sys/fs/cgroup/cpu.max": "a b\n", "sys/fs/cgroup/memory.max": "\n"},
        {"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "100 0\n", "sys/fs/cgroup/memory.max": "many\n"},
    ],
)
def test_what_is_missing_or_odd_is_no_limit(tmp_path: Path, files: dict[str, str]) -> None:
    root = tree(tmp_path, files)
    assert cgroup.quota_cores(root) is None
    assert cgroup.memory_limit(root) is None

"""Watching the machine: made-up counters, real children, and what becomes a doubt."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from perftool.machine import activity
from perftool.model.environment import Activity

if TYPE_CHECKING:
    from pathlib import Path


class Machine:
    """A made-up /proc and clock: two cores, ticks of 10 ms."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.own_s = 0.0
        self.at = 100.0
        (root / "proc").mkdir()
        monkeypatch.setattr(activity.time, "monotonic", lambda: self.at)
        monkeypatch.setattr(os, "times", lambda: os.times_result((self.own_s, 0, 0, 0, 0)))
        monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
        monkeypatch.setattr(os, "getpid", lambda: 10)

    def state(self, *, busy: tuple[int, int], steal: int = 0, load: str = "0.50") -> None:
        (self.root / "proc/loadavg").write_text(f"{load} 0.1 0.1 1/93 123\n")
        lines = [f"cpu{n} {b} 0 0 1000 0 0 0 {steal} 0 0" for n, b in enumerate((*busy, 100_000))]
        (self.root / "proc/stat").write_text("\n".join(["cpu 1 2 3 4", *lines, "intr 5", ""]))

    def process(self, pid: int, parent: int, ticks: int, name: str = "x") -> None:
        (self.root / f"proc/{pid}").mkdir(exist_ok=True)
        text = f"{pid} ({name}) S {parent} 1 1 0 -1 4 0 0 0 0 {ticks} 0 0 0 20 0 1 0"
        (self.root / f"proc/{pid}/stat").write_text(text)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, monkeypatch)


def test_own_processes_do_not_count_as_others(machine: Machine) -> None:
    machine.state(busy=(0, 0))
    machine.process(11, 10, 0)
    machine.process(12, 11, 0, name="odd) name (x")
    machine.process(99, 1, 0)
    watch = activity.Watch(machine.root)
    watch.start()
    machine.at += 10.0
    machine.own_s = 4.0
    machine.process(11, 10, 200)
    machine.process(12, 11, 300)
    machine.process(99, 1, 500)
    machine.state(busy=(900, 500), steal=25, load="1.70")
    found = watch.stop()
    assert found.other_cores == pytest.approx(0.5)  # 14 s busy, 9 s of them ours, in 10 s
    assert (found.load_before, found.load_after) == (0.5, 1.7)
    assert found.steal_share == pytest.approx(50 / 1450, abs=1e-4)
    assert found.steal_after_s == 0.5


def test_a_short_watch_says_nothing_of_others(machine: Machine) -> None:
    machine.state(busy=(0, 0))
    watch = activity.Watch(machine.root)
    watch.start()
    machine.at += 0.1
    machine.state(busy=(10, 10))
    assert watch.stop().other_cores is None


def test_stop_without_start_and_without_proc(tmp_path: Path) -> None:
    found = activity.Watch(tmp_path).stop()
    assert found.other_cores is None
    assert found.steal_share is None


def test_counters_of_nothing_but_zero_are_no_counters(machine: Machine) -> None:
    (machine.root / "proc/stat").write_text("cpu 0 0 0 0 0 0 0 0\n")
    watch = activity.Watch(machine.root)
    watch.start()
    machine.at += 5
    assert watch.stop() == Activity()


def test_a_real_child_is_ours_alive_and_finished() -> None:
    work = "import time\nend = time.process_time() + 0.05\nwhile time.process_time() < end: pass\n"
    before = activity._tree_cpu_s(activity.Path("/"))
    child = subprocess.Popen(
        [sys.executable, "-c", work + "print(flush=True)\ninput()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    child.stdout.readline()
    alive = activity._tree_cpu_s(activity.Path("/"))
    child.communicate(b"\n")
    finished = activity._tree_cpu_s(activity.Path("/"))
    if sys.platform == "linux":
        assert alive - before >= 0.03
    assert finished - before >= 0.03


def test_elsewhere_psutil_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Times(tuple[float, ...]):
        idle = 6.0

    monkeypatch.setattr("perftool.machine.system.name", lambda: "darwin")
    monkeypatch.setattr("psutil.cpu_times", lambda: Times((1.0, 2.0, 6.0)))
    monkeypatch.setattr(os, "getloadavg", lambda: (1.234, 0, 0))
    assert activity._cpu_times(tmp_path) == (3.0, 9.0, None)
    assert activity._load(tmp_path) == 1.23


@pytest.mark.parametrize(
    ("seen", "codes"),
    [
        (Activity(), []),
        (Activity(other_cores=0.1, load_before=9.0, steal_share=0.001), []),
        (Activity(other_cores=0.7), ["load-high"]),
        (Activity(other_cores=1.9, steal_share=0.05), ["load-high", "steal"]),
        (Activity(load_before=1.7), ["load-high"]),
        (Activity(load_before=0.7), []),
    ],
)
def test_doubts(seen: Activity, codes: list[str]) -> None:
    assert [d.code for d in activity.doubts(seen, 2)] == codes


@pytest.mark.parametrize(
    ("others", "text"),
    [
        (0.7, "other processes used 0.7 of 2 cores: a core was left, but caches and clock rates are shared"),
        (
            1.5,
            "other processes used 1.5 of 2 cores: one thread's wall times may be 100% too long, CPU times hold better",
        ),
        (1.9, "several times too long"),
        (2.3, "several times too long"),
    ],
)
def test_a_doubt_says_how_much_of_what(others: float, text: str) -> None:
    assert text in activity.doubts(Activity(other_cores=others), 2)[0].message

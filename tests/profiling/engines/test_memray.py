"""Real programs recorded to the byte, through the same variables as ``perftool profile`` sets."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from perftool.errors import InputError, UnavailableError
from perftool.profiling import launching
from perftool.profiling.api import Collected, Options
from perftool.profiling.engines.memray import ENGINE

if TYPE_CHECKING:
    from perftool.profiling.capture import Capture

memray = pytest.importorskip("memray", reason="memray is not installed")

COUNTED = """
def make(number, size):
    return [bytearray(size) for _ in range(number)]

class Keeper:
    kept = []

    def leak(self):
        self.kept.append(bytearray(123_456))

def peak():
    held = make(10, 1_000_000)
    return len(held)

def cycles():
    for _ in range(50):
        ring = [bytearray(7_777)]
        ring.append(ring)

make(100, 5_000)
Keeper().leak()
peak()
cycles()
"""


def profiled(folder: Path, *command: str, options: Options | None = None, status: int = 0) -> Collected:
    chosen = options or Options()
    spool = folder / "spool"
    spool.mkdir()
    assert ENGINE.settings is not None
    assert ENGINE.collect is not None
    plan = launching.plan([ENGINE], chosen, spool)
    done = subprocess.run(
        [sys.executable, *command],
        env=launching.environment(os.environ, plan),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (status, "")
    return ENGINE.collect(spool, chosen)


def script(folder: Path, text: str) -> str:
    (folder / "program.py").write_text(text)
    return "program.py"


def own(capture: Capture, kind: str, function: str, *, caller: str = "") -> int:
    """Return what a function weighs by itself, below ``caller`` where one is named."""
    at = capture.index(kind)
    assert at is not None
    found = 0
    for sample in capture.samples:
        names = [capture.function_of(frame).name for frame in capture.stacks[sample.stack]]
        if names[-1] == function and (not caller or caller in names):
            found += sample.values[at]
    return found


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Collected:
    folder = tmp_path_factory.mktemp("counted")
    return profiled(folder, script(folder, COUNTED))


# Comprehensions are functions of their own until Python 3.11.
LISTED = "__main__.make.<locals>.<listcomp>" if sys.version_info < (3, 12) else "__main__.make"


def sized(number: int, size: int) -> int:
    """Return the bytes of so many bytearrays without the list that holds them."""
    return number * (size + 1 + sys.getsizeof(bytearray()))


def test_allocations_of_a_counted_workload_are_exact(counted: Collected) -> None:
    capture = counted.capture
    big = own(capture, "alloc_space", LISTED, caller="__main__.peak")
    lists = big - sized(10, 1_000_000)
    assert 0 <= lists < 1_000
    # An object and its bytes for each, and a list that grows a few times.
    assert 20 <= own(capture, "alloc_objects", LISTED, caller="__main__.peak") <= 30


def test_a_leak_is_found_to_the_byte(counted: Collected) -> None:
    leaked = own(counted.capture, "inuse_space", "__main__.Keeper.leak")
    # The list that keeps it is allocated where it grows: 4 places of 8 bytes.
    assert leaked == sized(1, 123_456) + 4 * 8
    assert own(counted.capture, "inuse_objects", "__main__.Keeper.leak") == 3


def test_the_peak_is_that_of_the_moment_of_most_memory(counted: Collected) -> None:
    capture = counted.capture
    at = own(capture, "peak_space", LISTED, caller="__main__.peak")
    assert sized(10, 1_000_000) <= at < sized(10, 1_000_000) + 1_000
    assert own(capture, "peak_space", "__main__.cycles") == 0
    assert capture.total() < 11_500_000


def test_cyclic_garbage_is_no_leak(counted: Collected) -> None:
    assert own(counted.capture, "inuse_space", "__main__.cycles") == 0
    assert own(counted.capture, "alloc_space", "__main__.cycles") >= sized(50, 7_777)


def test_nothing_of_the_profiler_is_in_it(counted: Collected) -> None:
    assert not [one for one in counted.capture.functions if "perftool" in one.file or "memray" in one.file]


def test_functions_have_their_module_line_and_digest(counted: Collected) -> None:
    leak = next(one for one in counted.capture.functions if one.name == "__main__.Keeper.leak")
    assert (Path(leak.file).name, leak.start_line) == ("program.py", 8)
    assert leak.code


def test_memory_over_time_and_the_file_of_memray_come_along(counted: Collected) -> None:
    assert counted.heap
    assert [path.suffix for path in counted.originals] == [".bin"]
    (process,) = counted.processes
    assert process.parent == 0
    assert process.command.endswith("program.py")


FORKS = """
import multiprocessing, os, subprocess, sys

def work():
    return [bytearray(70_000) for _ in range(10)]

if __name__ == "__main__":
    child = os.fork()
    if not child:
        work()
        os._exit(0)
    os.waitpid(child, 0)
    spawned = multiprocessing.get_context("spawn").Process(target=work)
    spawned.start()
    spawned.join()
    subprocess.run([sys.executable, "-c", "kept = bytearray(99_999)"])
"""


def test_children_are_followed_however_they_are_started(tmp_path: Path) -> None:
    found = profiled(tmp_path, script(tmp_path, FORKS))
    capture = found.capture
    pids = {dict(labels).get("pid") for labels in capture.labels}
    assert len(found.processes) >= 4
    works = [one for one in capture.functions if one.name.endswith(("work", "work.<locals>.<listcomp>"))]
    assert works
    workers = {
        dict(capture.labels[sample.labels])["pid"]
        for sample in capture.samples
        if any(capture.function_of(frame) in works for frame in capture.stacks[sample.stack])
    }
    assert len(workers) >= 2
    assert str(found.processes[0].pid) in pids
    assert {one.parent for one in found.processes[1:]} & {found.processes[0].pid}
    assert "peaks-added" in dict(capture.doubts)
    assert sum(one.name == "__main__.<module>" for one in capture.functions) >= 1


def test_without_children_only_the_first_process_is_recorded(tmp_path: Path) -> None:
    found = profiled(tmp_path, script(tmp_path, FORKS), options=Options(children=False))
    assert len(found.processes) == 1


def test_a_killed_process_keeps_what_it_had(tmp_path: Path) -> None:
    text = "import os\nkept = bytearray(4_000_000)\nos.kill(os.getpid(), 9)\n"
    capture = profiled(tmp_path, script(tmp_path, text), status=-9).capture
    assert own(capture, "inuse_space", "__main__.<module>") >= 4_000_000
    assert "not-closed" in dict(capture.doubts)


def test_a_process_that_becomes_another_is_recorded_before_and_after(tmp_path: Path) -> None:
    text = """
import os, sys
kept = bytearray(1_000_000)
os.execv(sys.executable, [sys.executable, "-c", "kept = bytearray(2_000_000)"])
"""
    capture = profiled(tmp_path, script(tmp_path, text)).capture
    assert own(capture, "alloc_space", "__main__.<module>") >= 3_000_000
    assert "not-closed" not in dict(capture.doubts)


def test_the_duration_ends_the_recording_and_not_the_target(tmp_path: Path) -> None:
    text = """
import glob, sys, threading, time
def late():
    return bytearray(1_000_000)
def closed():
    return any('"closed": true' in open(one).read() for one in glob.glob("spool/*.about.json"))
until = time.monotonic() + 30
while not closed() and time.monotonic() < until:
    pass
late()
assert closed() and threading.active_count() == 1
"""
    capture = profiled(tmp_path, script(tmp_path, text), options=Options(duration_s=0.2)).capture
    assert own(capture, "alloc_space", "__main__.late") == 0


def test_c_frames_are_there_when_asked_for(tmp_path: Path) -> None:
    capture = profiled(tmp_path, script(tmp_path, COUNTED), options=Options(native=True)).capture
    kinds = {one.kind for one in capture.functions}
    assert {"python", "native"} <= kinds
    leaks = [
        names
        for sample in capture.samples
        if "__main__.Keeper.leak"
        in (names := [capture.function_of(frame).name for frame in capture.stacks[sample.stack]])
    ]
    assert any(names[-1] != "__main__.Keeper.leak" for names in leaks)


def test_without_pools_only_the_systems_allocator_is_seen(tmp_path: Path) -> None:
    capture = profiled(tmp_path, script(tmp_path, COUNTED), options=Options(python_allocators=False)).capture
    assert own(capture, "inuse_objects", "__main__.Keeper.leak") == 1
    assert "system-allocator-only" in dict(capture.doubts)


def test_a_recording_that_could_not_be_finished_is_told(tmp_path: Path) -> None:
    found = profiled(tmp_path, script(tmp_path, "kept = bytearray(100_000)\n"))
    assert "not-closed" not in dict(found.capture.doubts)
    (path,) = found.originals
    with memray.Tracker(destination=memray.FileDestination(path, overwrite=True, compress_on_exit=False)):
        kept = bytearray(50_000)
    assert ENGINE.collect is not None
    doubts = dict(ENGINE.collect(path.parent, Options()).capture.doubts)
    assert "no space was left" in doubts["not-closed"]
    assert kept


def test_an_empty_folder_is_no_profile(tmp_path: Path) -> None:
    assert ENGINE.collect is not None
    with pytest.raises(InputError, match="left no file"):
        ENGINE.collect(tmp_path, Options())


def test_damaged_files_are_told_in_a_line(tmp_path: Path) -> None:
    assert ENGINE.collect is not None
    (tmp_path / "memray-1-ab.bin").write_bytes(b"nonsense")
    with pytest.raises(InputError, match=r"memray-1-ab.bin: not a file of memray"):
        ENGINE.collect(tmp_path, Options())


def test_an_interpreter_without_memray_is_refused_with_the_line_that_helps(tmp_path: Path) -> None:
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S -I "$@"\n')
    bare.chmod(0o755)
    assert ENGINE.check is not None
    ENGINE.check(sys.executable)
    with pytest.raises(UnavailableError) as caught:
        ENGINE.check(str(bare))
    assert caught.value.hint == f"{bare} -m pip install memray"


def test_an_interpreter_that_cannot_be_started_is_refused(tmp_path: Path) -> None:
    assert ENGINE.check is not None
    with pytest.raises(UnavailableError, match="cannot be asked"):
        ENGINE.check(str(tmp_path / "nowhere"))

"""Files as memray itself writes them, read to the byte."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from perftool.errors import InputError
from perftool.profiling import heap

if TYPE_CHECKING:
    from perftool.profiling.capture import Capture

ROOT = Path(__file__).parents[2]
memray = pytest.importorskip("memray", reason="memray is not installed")


def hold(kept: list[bytearray]) -> None:
    kept.append(bytearray(50_000))


def drop() -> int:
    return len(bytearray(80_000))


def recorded(path: Path, *, aggregated: bool = False, pools: bool = True, threads: bool = False) -> list[bytearray]:
    kept: list[bytearray] = []
    kind = memray.FileFormat.AGGREGATED_ALLOCATIONS if aggregated else memray.FileFormat.ALL_ALLOCATIONS
    with memray.Tracker(path, trace_python_allocators=pools, file_format=kind):
        hold(kept)
        drop()
        drop()
        if threads:
            worker = threading.Thread(target=hold, args=(kept,), name="worker")
            worker.start()
            worker.join()
    return kept


def named(capture: Capture, kind: str, ending: str) -> int:
    at = capture.index(kind)
    assert at is not None
    return sum(
        sample.values[at]
        for sample in capture.samples
        if capture.function_of(capture.stacks[sample.stack][-1]).name.endswith(ending)
    )


def test_held_and_dropped_are_told_apart(tmp_path: Path) -> None:
    kept = recorded(tmp_path / "a.bin")
    capture = heap.read(tmp_path / "a.bin").capture
    assert named(capture, "inuse_space", ".hold") >= sys.getsizeof(bytearray(50_000))
    assert named(capture, "inuse_space", ".drop") == 0
    # An object, its bytes, and the number that is their length.
    assert named(capture, "alloc_space", ".drop") == 2 * (sys.getsizeof(bytearray(80_000)) + sys.getsizeof(80_000))
    assert named(capture, "alloc_objects", ".drop") == 2 * 3
    assert kept


def test_totals_are_those_that_memray_counts(tmp_path: Path) -> None:
    recorded(tmp_path / "a.bin")
    capture = heap.read(tmp_path / "a.bin", whole=True).capture
    stats = memray._memray.compute_statistics(str(tmp_path / "a.bin").encode())
    assert capture.total(capture.index("alloc_objects")) == stats.total_num_allocations
    assert capture.total(capture.index("alloc_space")) == stats.total_memory_allocated
    assert capture.total(capture.index("peak_space")) == stats.peak_memory_allocated


def test_stacks_keep_all_callers(tmp_path: Path) -> None:
    recorded(tmp_path / "a.bin")
    capture = heap.read(tmp_path / "a.bin").capture
    names = {capture.function_of(f).name.rpartition(".")[2] for one in capture.stacks for f in one}
    assert {"test_stacks_keep_all_callers", "recorded", "hold", "drop"} <= names


def test_threads_are_labels_where_there_are_several(tmp_path: Path) -> None:
    # In a process of its own: what other tests loaded (a driver's runtime) has threads that allocate too.
    code = (
        "import sys; from pathlib import Path; from tests.profiling.test_heap import recorded;"
        "recorded(Path(sys.argv[1])); recorded(Path(sys.argv[2]), threads=True)"
    )
    files = [str(tmp_path / "one.bin"), str(tmp_path / "two.bin")]
    subprocess.run([sys.executable, "-c", code, *files], cwd=ROOT, check=True)
    assert heap.read(tmp_path / "one.bin").capture.labels == ((),)
    labels = heap.read(tmp_path / "two.bin", labels={"case": "x"}).capture.labels
    assert (("case", "x"), ("thread", "worker")) in labels


def test_an_aggregated_file_tells_peak_and_leaks_only(tmp_path: Path) -> None:
    kept = recorded(tmp_path / "a.bin", aggregated=True)
    capture = heap.read(tmp_path / "a.bin").capture
    assert [one.kind for one in capture.value_types] == ["inuse_objects", "inuse_space", "peak_objects", "peak_space"]
    assert named(capture, "inuse_space", ".hold") >= 50_001
    assert "aggregated" in dict(capture.doubts)
    assert kept


def test_without_pools_a_doubt_says_so(tmp_path: Path) -> None:
    recorded(tmp_path / "a.bin", pools=False)
    capture = heap.read(tmp_path / "a.bin").capture
    assert "system-allocator-only" in dict(capture.doubts)
    assert "frame-objects" not in dict(capture.doubts)


def test_a_cut_file_is_read_as_far_as_it_goes_or_refused_in_a_line(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    with memray.Tracker(destination=memray.FileDestination(path, compress_on_exit=False), trace_python_allocators=True):
        drop()
    data = path.read_bytes()
    for size in [*range(0, 200, 7), *range(200, len(data), max(1, len(data) // 40))]:
        path.write_bytes(data[:size])
        with contextlib.suppress(InputError):
            assert heap.read(path).capture.total(0) >= 0


def test_what_is_no_file_of_memray_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"hello" * 100)
    with pytest.raises(InputError, match=r"a.bin: not a file of memray"):
        heap.read(tmp_path / "a.bin")
    with pytest.raises(InputError, match="nowhere"):
        heap.read(tmp_path / "nowhere.bin")

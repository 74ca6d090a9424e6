"""Running processes joined for real, with py-spy, and what is said where that cannot be."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from perftool.errors import InputError, PerftoolError, UnavailableError, UsageError
from perftool.profiling import joining
from perftool.profiling.api import Options
from perftool.profiling.engines import external
from perftool.profiling.engines.external import ENGINE
from tests.profiling.living import BUSY, living

if TYPE_CHECKING:
    from perftool.profiling.api import Collected
    from perftool.profiling.capture import Capture

try:
    joining.py_spy()
except PerftoolError:
    pytest.skip("py-spy is not installed", allow_module_level=True)
if sys.platform == "darwin" and os.geteuid() != 0:
    pytest.skip("macOS lets only root look into processes", allow_module_level=True)


def joined(pid: int, folder: Path, options: Options, measured: str = "cpu") -> Collected:
    assert ENGINE.attach is not None
    try:
        return ENGINE.attach(pid, options, folder, measured)  # type: ignore[arg-type]
    except UnavailableError as error:
        pytest.skip(f"processes cannot be looked into here: {error.message}")


def weight(capture: Capture, ending: str) -> int:
    return sum(
        sample.values[1]
        for sample in capture.samples
        if any(capture.function_of(f).name.endswith(ending) for f in capture.stacks[sample.stack])
    )


def test_cpu_goes_to_the_thread_that_burns_it(tmp_path: Path) -> None:
    with living(tmp_path) as process:
        found = joined(process.pid, tmp_path, Options(duration_s=1.0, rate=100))
        assert process.poll() is None
    capture = found.capture
    assert [one.kind for one in capture.value_types] == ["samples", "cpu"]
    assert weight(capture, ".burn") > 0.9 * capture.total(1)
    assert capture.total(1) < 1.3e9
    assert {("thread", "burner")} <= {pair for labels in capture.labels for pair in labels}
    assert not any(key == "pid" for labels in capture.labels for key, _ in labels)
    assert [one.pid for one in found.processes] == [process.pid]


def test_wall_time_has_the_waiting_threads_too(tmp_path: Path) -> None:
    with living(tmp_path) as process:
        capture = joined(process.pid, tmp_path, Options(duration_s=1.0), "wall").capture
    assert capture.value_types[1].kind == "wall"
    assert weight(capture, ".sleepy") > 0


def test_children_are_told_apart(tmp_path: Path) -> None:
    text = BUSY.replace("import threading", "import subprocess, sys, threading").replace(
        "print(", "subprocess.Popen([sys.executable, '-c', 'while True: sum(range(1000))'])\nprint("
    )
    with living(tmp_path, text + "\n") as process:
        found = joined(process.pid, tmp_path, Options(duration_s=1.0, labels={"case": "x"}))
        for one in found.processes:
            if one.parent:
                os.kill(one.pid, 9)
    assert [one.parent for one in found.processes if one.pid != process.pid] == [process.pid]
    labels = {dict(one).get("pid") for one in found.capture.labels if one}
    assert str(process.pid) in labels
    assert all(dict(one)["case"] == "x" for one in found.capture.labels if one)


def states(pid: int) -> list[str]:
    """Return the beginning of what the system says of each thread of a process."""
    try:
        return [path.read_text()[:60] for path in Path(f"/proc/{pid}/task").glob("*/stat")]
    except OSError as error:
        return [str(error)]


def test_the_end_of_the_process_ends_the_capture(tmp_path: Path) -> None:
    seen: list[str] = []
    with living(tmp_path) as process:
        threading.Timer(1.0, process.kill).start()
        look = threading.Timer(8.0, lambda: seen.extend(states(process.pid)))
        look.start()
        capture = joined(process.pid, tmp_path, Options(duration_s=20.0)).capture
        look.cancel()
    assert capture.total(0) > 0
    if seen:
        # Seen in whole runs of all tests only, twice in three: neither py-spy nor /proc knew of the end.
        pytest.xfail(f"the end was not noticed; 7 s after it: {seen}")
    assert "process-ended" in dict(capture.doubts)


def test_an_idle_process_is_said_to_be_idle(tmp_path: Path) -> None:
    with (
        living(tmp_path, "print('ready', flush=True)\ninput()\n") as process,
        pytest.raises(InputError, match=f"process {process.pid} used no CPU"),
    ):
        joined(process.pid, tmp_path, Options(duration_s=1.0))


def test_wrong_processes_are_refused_before_anything_starts(tmp_path: Path) -> None:
    assert ENGINE.attach is not None
    for measured in ("cpu", "memory"):
        with pytest.raises(UsageError, match="no process 999999999"):
            ENGINE.attach(999_999_999, Options(), tmp_path, measured)  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


def test_without_py_spy_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnavailableError, match="py-spy is not installed") as caught:
        external.attach(os.getppid(), Options(), tmp_path, "cpu")
    assert caught.value.hint == "pip install 'perftool[attach]'"


@pytest.mark.parametrize(
    ("said", "error", "match"),
    [
        ("Permission Denied: Try running again with elevated permissions", UnavailableError, "process"),
        ("Error: Failed to find python version from target process", UnavailableError, "does not find the Python"),
        ("Error: something new", UnavailableError, "something new"),
    ],
)
def test_what_py_spy_says_becomes_a_line(said: str, error: type[PerftoolError], match: str) -> None:
    found = external._failed(os.getpid(), joining.Done(1, said))
    assert isinstance(found, error)
    assert match in str(found)
    assert "\n" not in str(found)


def test_failed_and_late_samples_are_doubts() -> None:
    said = "1.20s behind in sampling, results may be inaccurate\nSamples: 90 Errors: 10"
    doubts = dict(external._doubts(joining.Done(0, said), "cpu", weighted=True))
    assert set(doubts) == {"samples-failed", "samples-late"}
    assert doubts["samples-failed"].startswith("10 of 100")
    assert "counted-samples" in dict(external._doubts(joining.Done(0, ""), "cpu", weighted=False))

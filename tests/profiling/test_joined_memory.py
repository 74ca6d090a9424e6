"""Memory of running processes: recorded where a debugger gets in, else as a curve, and the process goes on."""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from pathlib import Path

import pytest

from perftool.errors import InputError
from perftool.profiling import joined_memory, joining
from perftool.profiling.api import Options
from tests.profiling.living import living


def test_where_no_debugger_is_it_is_the_resident_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with living(tmp_path) as process:
        found = joined_memory.recorded(process.pid, Options(duration_s=0.3), tmp_path)
        assert process.poll() is None
    assert len(found.heap) >= 2
    assert found.capture.total() > 1_000_000
    (doubt,) = found.capture.doubts
    assert doubt[0] == "memory-curve-only"
    assert "gdb is not installed; lldb is not installed" in doubt[1]


def test_a_process_that_has_gone_was_never_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match="ended before its memory was seen"):
        joined_memory.recorded(999_999_999, Options(duration_s=0.1), tmp_path)


@pytest.mark.parametrize("debugger", joined_memory.DEBUGGERS)
def test_allocations_are_recorded_with_a_debugger(
    debugger: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which(debugger) is None:
        pytest.skip(f"{debugger} is not installed")
    pytest.importorskip("memray", reason="memray is not installed")
    monkeypatch.setattr(joined_memory, "DEBUGGERS", (debugger,))
    with living(tmp_path) as process:
        found = joined_memory.recorded(process.pid, Options(duration_s=1.0), tmp_path)
        assert process.poll() is None
        status = Path(f"/proc/{process.pid}/status")
        assert not status.exists() or "TracerPid:\t0" in status.read_text()
    capture = found.capture
    if capture.engine != "memray":
        pytest.skip(f"it does not get into processes here: {capture.doubts[0][1]}")
    names = {one.name for one in capture.functions}
    assert any(name.startswith("__main__.burn") for name in names)
    assert not any("memray" in one.file for one in capture.functions)
    assert "since-joined" in dict(capture.doubts)
    assert found.originals
    assert found.originals[0].exists()


def test_ctrl_c_ends_the_recording_in_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[int] = []
    monkeypatch.setattr(joining, "detached", lambda pid, _: left.append(pid) or joining.Done(0, ""))
    monkeypatch.setattr(joined_memory, "_CLOSING_S", 0.0)
    before = signal.getsignal(signal.SIGTERM)

    def send(number: int) -> None:
        while signal.getsignal(signal.SIGTERM) is before:  # nobody hears it yet
            time.sleep(0.005)
        time.sleep(0.05)
        os.kill(os.getpid(), number)

    for number in (signal.SIGINT, signal.SIGTERM):
        threading.Thread(target=send, args=(number,)).start()
        joined_memory._wait(os.getpid(), tmp_path / "none.bin", None, "gdb")
    assert left == [os.getpid()] * 2


@pytest.mark.parametrize(
    ("done", "said"),
    [
        (joining.Done(1, "", interrupted=True), "did not get in"),
        (
            joining.Done(1, "Failed: ModuleNotFoundError(\"No module named 'memray'\")"),
            "has no memray",
        ),
        (joining.Done(1, "You most likely do not have permission to trace the process."), "is not permitted"),
        (joining.Done(1, "couldn't open the memray shared library"), "cannot reach the files"),
        (joining.Done(1, "Traceback\n  File x\nAn unexpected error occurred."), "An unexpected error occurred."),
        (joining.Done(1, ""), "without a word"),
    ],
)
def test_reasons_are_a_few_words(done: joining.Done, said: str) -> None:
    assert said in joined_memory.reason(done)
    assert "\n" not in joined_memory.reason(done)

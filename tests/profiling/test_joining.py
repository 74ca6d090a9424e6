from __future__ import annotations

import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING

from perftool.profiling import joining

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

# A shell is there at once, however busy the machine is.
PATIENT = """
trap 'echo flushed; kill $!; exit 3' INT
echo begun
touch begun
sleep 60 > /dev/null 2>&1 &
wait
"""


def test_a_tool_says_what_it_printed_and_how_it_ended() -> None:
    done = joining.run([sys.executable, "-c", "import sys; print('out'); print('err', file=sys.stderr); sys.exit(4)"])
    assert done.code == 4
    assert sorted(done.said.split()) == ["err", "out"]
    assert not done.interrupted


def test_when_its_time_is_over_it_ends_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = joining.run(["sh", "-c", PATIENT], seconds=1)
    assert done == (3, "begun\nflushed\n", True)


def test_ctrl_c_and_sigterm_reach_it_as_ctrl_c(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    begun = tmp_path / "begun"

    def send(number: int) -> None:
        while not begun.exists():
            time.sleep(0.005)
        time.sleep(0.05)
        os.kill(os.getpid(), number)

    for number in (signal.SIGINT, signal.SIGTERM):
        before = signal.getsignal(number)
        begun.unlink(missing_ok=True)
        threading.Thread(target=send, args=(number,)).start()
        done = joining.run(["sh", "-c", PATIENT])
        assert (done.code, done.interrupted) == (3, True)
        assert signal.getsignal(number) is before


def test_in_other_threads_it_works_without_signals() -> None:
    found: list[joining.Done] = []
    worker = threading.Thread(target=lambda: found.append(joining.run([sys.executable, "-c", "print(1)"])))
    worker.start()
    worker.join()
    assert found == [(0, "1\n", False)]

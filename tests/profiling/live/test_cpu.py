"""CPU captures of programs that run: begun by any thread, and gone without a trace."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from perftool.errors import UnavailableError
from perftool.profiling import fetching
from perftool.profiling.live import cpu
from tests.profiling.go_pprof import pprof, with_go
from tests.profiling.live.programs import BUSY, running

if TYPE_CHECKING:
    from pathlib import Path


def own_share(capture, name: str) -> float:
    weight = sum(
        sample.values[capture.default]
        for sample in capture.samples
        if any(capture.function_of(at).name.endswith(name) for at in capture.stacks[sample.stack])
    )
    return weight / capture.total()


def test_threads_behind_a_waiting_main_thread() -> None:
    with running(BUSY) as address:
        capture = fetching.fetch(address, "profile", seconds=1.5)
        again = fetching.fetch(address, "profile", seconds=0.2)
    assert own_share(capture, "__main__.hot") == pytest.approx(0.8, abs=0.1)
    assert own_share(capture, "__main__.cold") == pytest.approx(0.2, abs=0.1)
    assert again.total() > 0
    assert not {code for code, _ in capture.doubts} & {"sampled-by-thread", "short-work-in-threads", "worker-waited"}


@with_go
def test_go_tool_pprof_reads_it_from_the_address(tmp_path: Path) -> None:
    with running(BUSY) as address:
        url = f"http://{address}/debug/pprof"
        names = ("profile?seconds=1", "heap?seconds=0.2", "goroutine")
        shown = [pprof("-top", f"{url}/{name}", folder=tmp_path) for name in names]
    assert "__main__.hot" in shown[0]
    assert "Type: inuse_space" in shown[1]
    assert "Type: goroutine" in shown[2]


def test_without_signals_a_thread_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cpu, "_prepared", False)
    found: list = []

    def outside() -> None:
        found.append(cpu.capture(0.3, threading.Event()))

    end = threading.Event()

    def busy() -> None:
        while not end.is_set():
            sum(range(1000))

    threads = [threading.Thread(target=outside), threading.Thread(target=busy)]
    for thread in threads:
        thread.start()
    threads[0].join()
    end.set()
    threads[1].join()
    assert own_share(found[0], "busy") > 0.5
    assert "sampled-by-thread" in [code for code, _ in found[0].doubts]


def test_a_program_keeps_its_own_use_of_the_signal() -> None:
    source = (
        "import signal\n"
        "signal.signal(signal.SIGPROF, mine := lambda *_: None)\n"
        "from perftool.profiling.live import cpu\n"
        "print(cpu.install(), signal.getsignal(signal.SIGPROF) is mine)\n"
    )
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True)
    assert done.stdout.split() == ["False", "True"], done.stderr


def test_not_in_another_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cpu, "_prepared", False)
    found: list[bool] = []
    thread = threading.Thread(target=lambda: found.append(cpu.install()))
    before = signal.getsignal(signal.SIGPROF)
    thread.start()
    thread.join()
    assert found == [False]
    assert signal.getsignal(signal.SIGPROF) == before


def test_a_client_that_goes_away_frees_the_turn() -> None:
    import socket

    with running(BUSY) as address:
        host, _, port = address.partition(":")
        with socket.create_connection((host, int(port)), timeout=10) as gone:
            gone.sendall(b"GET /debug/pprof/profile?seconds=60 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        capture = None
        for _ in range(200):
            # Until it is noticed, the first capture still has the turn; on a busy machine the next may see nothing.
            with contextlib.suppress(UnavailableError):
                capture = fetching.fetch(address, "profile", seconds=0.2)
                if capture.total():
                    break
    assert capture is not None
    assert capture.total() > 0


def test_a_server_with_one_thread_is_told_that_its_work_is_missing() -> None:
    in_main = cpu.capture(0.01, threading.Event())
    found = []
    thread = threading.Thread(target=lambda: found.append(cpu.capture(0.01, threading.Event())))
    thread.start()
    thread.join()
    assert "worker-waited" in [code for code, _ in in_main.doubts]
    assert "worker-waited" not in [code for code, _ in found[0].doubts]

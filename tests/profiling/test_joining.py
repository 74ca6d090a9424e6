from __future__ import annotations

import os
import signal
import sys
import threading

from perftool.profiling import joining

PATIENT = """
import signal, sys, time
try:
    print("begun", flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    print("flushed")
    sys.exit(3)
"""


def test_a_tool_says_what_it_printed_and_how_it_ended() -> None:
    done = joining.run([sys.executable, "-c", "import sys; print('out'); print('err', file=sys.stderr); sys.exit(4)"])
    assert done.code == 4
    assert sorted(done.said.split()) == ["err", "out"]
    assert not done.interrupted


def test_when_its_time_is_over_it_ends_in_order() -> None:
    done = joining.run([sys.executable, "-c", PATIENT], seconds=2)
    assert done == (3, "begun\nflushed\n", True)


def test_ctrl_c_and_sigterm_reach_it_as_ctrl_c() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        before = signal.getsignal(number)
        threading.Timer(1.0, os.kill, (os.getpid(), number)).start()
        done = joining.run([sys.executable, "-c", PATIENT])
        assert (done.code, done.interrupted) == (3, True)
        assert signal.getsignal(number) is before


def test_in_other_threads_it_works_without_signals() -> None:
    found: list[joining.Done] = []
    worker = threading.Thread(target=lambda: found.append(joining.run([sys.executable, "-c", "print(1)"])))
    worker.start()
    worker.join()
    assert found == [(0, "1\n", False)]

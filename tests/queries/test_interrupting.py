"""Ctrl-C stops work that a library does, and what the work raises comes through."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from perftool.queries.interrupting import interruptible


def test_what_the_work_makes_or_raises_comes_through() -> None:
    assert interruptible(lambda: 7, lambda: None) == 7
    with pytest.raises(ZeroDivisionError):
        interruptible(lambda: 1 // 0, lambda: None)


@pytest.mark.skipif(os.name != "posix", reason="signals are sent on POSIX only")
def test_ctrl_c_cancels_and_waits_for_the_end() -> None:
    cancelled, ended = threading.Event(), threading.Event()

    def work() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        assert cancelled.wait(20)
        ended.set()

    with pytest.raises(KeyboardInterrupt):
        interruptible(work, cancelled.set)
    assert ended.is_set()

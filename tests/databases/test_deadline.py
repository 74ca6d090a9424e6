"""A deadline stops what takes too long, and nothing that came after it."""

from __future__ import annotations

import threading

from perftool.databases.deadline import Deadline


def test_what_takes_too_long_is_stopped_once() -> None:
    stopped = threading.Event()
    with Deadline(0.001, stopped.set) as deadline:
        assert stopped.wait(10)
    assert deadline.expired


def test_what_ended_in_time_is_left_alone() -> None:
    calls: list[str] = []
    with Deadline(1000, lambda: calls.append("stopped")) as deadline:
        pass
    # The timer may have been about to fire.
    deadline._fire()
    assert calls == []
    assert not deadline.expired

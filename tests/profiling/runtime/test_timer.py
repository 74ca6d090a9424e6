"""The timer of the sampler: one at a time, and none left behind."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, ClassVar

import pytest

from perftool.profiling.runtime import timer as module

if TYPE_CHECKING:
    from collections.abc import Callable


class Made:
    """A POSIX timer that says what is done to it; ``meanwhile`` happens while it is being made."""

    alive: ClassVar[list[object]] = []
    meanwhile: ClassVar[list[Callable[[], None]]] = []

    def __init__(self) -> None:
        while Made.meanwhile:
            Made.meanwhile.pop()()
        Made.alive.append(self)

    def arm(self, _interval: float) -> None:
        assert self in Made.alive

    def delete(self) -> None:
        Made.alive.remove(self)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timers")
@pytest.mark.parametrize("what", ["aim", "close"])
def test_no_timer_is_left_where_two_threads_meet(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    monkeypatch.setattr(module, "_PosixTimer", Made)
    monkeypatch.setattr(module, "_setitimer", lambda *_: None)
    timer = module.CpuTimer(0.01)
    timer.start()
    Made.meanwhile = [getattr(timer, what)]
    timer.aim()
    assert len(Made.alive) == (1 if what == "aim" else 0)
    assert timer.aimed == (what == "aim")
    timer.close()
    assert Made.alive == []

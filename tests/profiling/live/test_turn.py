"""One capture at a time."""

from __future__ import annotations

import pytest

from perftool.profiling.live.turn import BusyError, Turn


def test_the_second_is_told_what_the_first_does() -> None:
    turn = Turn()
    with turn.taken("CPU time"), pytest.raises(BusyError, match="CPU time"), turn.taken("allocations"):
        raise AssertionError("two at once")
    with turn.taken("allocations"):
        pass


def test_a_fork_is_free() -> None:
    turn = Turn()
    with turn.taken("CPU time"):
        turn.forked()
        with turn.taken("allocations"):
            pass

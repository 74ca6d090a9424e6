"""One computes, others wait: what they get, and when the one fails or is interrupted."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from perftool.caching.single_flight import SingleFlight

if TYPE_CHECKING:
    from collections.abc import Callable


class Race:
    """A leader that computes until it is let go, and a waiter that came meanwhile."""

    def __init__(self) -> None:
        self.flight: SingleFlight[str] = SingleFlight()
        self.under_way = threading.Event()
        self.go_on = threading.Event()
        self.came_of: dict[str, object] = {}

    def run(self, end: Callable[[], str]) -> dict[str, object]:
        def compute() -> str:
            self.under_way.set()
            self.go_on.wait(10)
            return end()

        leader = threading.Thread(target=self._ask, args=("leader", compute))
        leader.start()
        self.under_way.wait(10)
        waiter = threading.Thread(target=self._ask, args=("waiter", lambda: "its own"))
        waiter.start()
        while not self.flight.shared:
            threading.Event().wait(0.001)
        self.go_on.set()
        leader.join()
        waiter.join()
        return self.came_of

    def _ask(self, who: str, compute: Callable[[], str]) -> None:
        try:
            self.came_of[who] = self.flight.do("key", compute)
        except (ValueError, KeyboardInterrupt) as error:
            self.came_of[who] = type(error)


def fail() -> str:
    raise ValueError("no value")


def interrupt() -> str:
    raise KeyboardInterrupt


def test_the_waiter_gets_what_the_leader_computed() -> None:
    assert Race().run(lambda: "value") == {"leader": "value", "waiter": "value"}


def test_the_waiter_gets_the_error_too() -> None:
    assert Race().run(fail) == {"leader": ValueError, "waiter": ValueError}


def test_an_interrupted_leader_leaves_the_work_to_the_waiter() -> None:
    assert Race().run(interrupt) == {"leader": KeyboardInterrupt, "waiter": "its own"}


def test_asking_for_oneself_does_not_hang() -> None:
    flight: SingleFlight[str] = SingleFlight()
    assert flight.do("a", lambda: flight.do("a", lambda: "inner")) == "inner"


def test_nothing_is_left_after_a_failure() -> None:
    flight: SingleFlight[str] = SingleFlight()
    with pytest.raises(ValueError, match="no value"):
        flight.do("a", fail)
    assert flight.do("a", lambda: "value") == "value"

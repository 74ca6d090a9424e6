"""A thread that looks after the idle connections of a pool. Pools that ask for nothing at an interval have none."""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from perftool.model.database import PoolSettings

#: Idle connections are looked for this often within the time that they may be idle.
_PARTS: Final = 4
_SHORTEST_S: Final = 0.01


def interval(settings: PoolSettings) -> float:
    """Return the seconds between two looks at the idle connections, 0 where nothing is asked for."""
    asked = [seconds for seconds in (settings.health_s, settings.idle_s / _PARTS) if seconds]
    return max(_SHORTEST_S, min(asked)) if asked else 0.0


class Caretaker:
    """A daemon thread that calls ``tend``, a method of the pool, until that says False or the pool is collected."""

    def __init__(self, tend: Callable[[], bool], interval_s: float, name: str) -> None:
        self._stopped = threading.Event()
        self._interval = interval_s
        self._tend = weakref.WeakMethod(tend, lambda _: self._stopped.set())
        self._thread = threading.Thread(target=self._run, name=f"pool {name}", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stopped.wait(self._interval):
            tend = self._tend()
            if tend is None or not tend():
                return
            del tend

    def stop(self) -> None:
        """End the thread, waiting for what it does."""
        self._stopped.set()
        if threading.current_thread() is not self._thread:
            self._thread.join()

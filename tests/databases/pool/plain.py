"""Connections that do nothing, counted: what a pool is to be seen with."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import Any

from perftool.errors import UnavailableError


class Tool:
    """A connection that may be used by one thread at a time."""

    def __init__(self, shop: Workshop) -> None:
        self.shop = shop
        self.alive = True
        self.resets = self.closes = 0
        self._busy = threading.Lock()

    def use(self) -> None:
        """Fail where somebody else uses it now."""
        assert self._busy.acquire(blocking=False)
        assert not self.closes
        self._busy.release()

    def ping(self) -> bool:
        return self.alive

    def reset(self) -> None:
        self.resets += 1

    def close(self) -> None:
        self.closes += 1
        self.shop.closed()


class Workshop:
    """Opens tools, and fails to as often as it is told."""

    def __init__(self) -> None:
        self.tools: list[Tool] = []
        self.failures = self.open_now = self.most = 0
        self.all_closed = threading.Event()
        self._lock = threading.Lock()

    def open(self) -> Any:
        with self._lock:
            if self.failures:
                self.failures -= 1
                raise UnavailableError("closed for today")
            self.open_now += 1
            self.most = max(self.most, self.open_now)
            self.tools.append(Tool(self))
            return self.tools[-1]

    def closed(self) -> None:
        with self._lock:
            self.open_now -= 1
            if not self.open_now:
                self.all_closed.set()


class Ticking:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.time = 1000.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.time, UTC)

    def monotonic(self) -> float:
        return self.time


def waiting(pool: Any, number: int) -> None:
    """Return when so many threads wait for a connection."""
    until = time.monotonic() + 10
    while pool.waiting < number:
        assert time.monotonic() < until, "nobody waits"
        time.sleep(0.001)

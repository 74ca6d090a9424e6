"""One capture at a time: two profilers would measure each other."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class BusyError(Exception):
    """Another capture is under way; the text says which."""


class Turn:
    """Lets one capture after the other run in this process; it belongs to the process, and not to one service."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._what = ""

    @contextmanager
    def taken(self, what: str) -> Iterator[None]:
        """Hold the turn for ``what``.

        raises: BusyError when someone else has it.
        """
        lock = self._lock
        if not lock.acquire(blocking=False):
            raise BusyError(f"a capture of {self._what} is under way; only one at a time")
        self._what = what
        try:
            yield
        finally:
            self._what = ""
            lock.release()

    def forked(self) -> None:
        """Forget, in a process that was just forked, who had the turn: that one is not here."""
        self._lock = threading.Lock()


TURN = Turn()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=TURN.forked)

"""A thread that looks on while the main thread cannot: it sits in C code, or signals must not be sent to it."""

from __future__ import annotations

import _thread

TYPE_CHECKING = False  # typing would cost the target 10 ms
if TYPE_CHECKING:
    from collections.abc import Callable

_STOP_S = 0.1


class Watch:
    """Calls ``look()`` again and again in a thread of its own; it returns how many seconds to wait, None to end."""

    def __init__(self, look: Callable[[], float | None]) -> None:
        self.ident: int | None = None
        self._look = look
        self._stop = _thread.allocate_lock()
        self._gone = _thread.allocate_lock()

    def start(self, wait: float) -> None:
        """Begin, with a first look after ``wait`` seconds; does nothing when it is going, or no thread can start."""
        if self.ident is not None:
            return
        self._stop = _thread.allocate_lock()
        self._gone = _thread.allocate_lock()
        self._stop.acquire()
        self._gone.acquire()
        try:
            self.ident = _start(self._run, (wait, self._stop, self._gone))
        except RuntimeError:  # the interpreter ends, or there are too many threads
            self.ident = None

    def stop(self) -> None:
        """End the thread and wait until it has gone."""
        if self.ident is None or self.ident == _thread.get_ident():
            return
        if self._stop.locked():
            self._stop.release()
        self._gone.acquire(timeout=_STOP_S)
        self.ident = None

    def forked(self) -> None:
        """Take note that this is a fork, which has no other thread."""
        self.ident = None

    def _run(self, wait: float, stop: _thread.LockType, gone: _thread.LockType) -> None:
        try:
            while not stop.acquire(timeout=wait):
                following = self._look()
                if following is None:
                    break
                wait = following
        finally:
            self.ident = None
            gone.release()


# Taken before anybody is told of threads that start: this one is not the program's.
_start = _thread.start_new_thread

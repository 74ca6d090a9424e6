"""CPU time of a running process for some seconds, from whatever thread it is asked for."""

from __future__ import annotations

import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, Final

from perftool.profiling.raw import capture_of
from perftool.profiling.runtime.sampler import Sampler
from perftool.profiling.runtime.timer import SIGNAL

if TYPE_CHECKING:
    from perftool.profiling.capture import Capture

#: How long the main thread may take to begin or end a capture before threads are sampled without its help.
_PATIENCE_S: Final = 1.0
_FALLBACK: Final = (
    "sampled-by-thread",
    "signals could not be used here: threads were sampled by another thread, which sees fewer samples and, "
    "of C code that holds the interpreter, only its end",
)


def install() -> bool:
    """Let captures begin from any thread later: the main thread is reached by a signal, so it must say how now.

    Costs nothing while no capture runs. Call it in the main thread; elsewhere, or where the program has a use of its
    own for the signal, nothing happens and False is returned: captures then sample by a thread.
    """
    if SIGNAL is None or threading.current_thread() is not threading.main_thread():
        return False
    if signal.getsignal(SIGNAL) not in (signal.SIG_DFL, signal.SIG_IGN, _asked):
        return False
    signal.signal(SIGNAL, _asked)
    return True


class _Order:
    """What the main thread is asked to do: begin and end one capture."""

    current: _Order | None = None

    def __init__(self, rate: float) -> None:
        self.sampler = Sampler(rate, self.ticked)
        self.begun = threading.Event()
        self.ended = threading.Event()
        self.wanted = True
        self.over = False

    def begin(self) -> None:
        """Begin, in the main thread."""
        if not self.wanted or self.sampler.running:
            return
        self.sampler.start()
        _from_now_on(self.sampler)
        self.begun.set()

    def ticked(self, sampler: Any) -> None:
        """End, in the main thread, at a sample after ``over`` was said."""
        if self.over:
            sampler.pause()
            self.ended.set()


def _asked(_number: int, _frame: object) -> None:
    order = _Order.current
    if order is not None:
        order.begin()


def _from_now_on(sampler: Any) -> None:
    """Leave out what other threads used before: their first reading is not a weight."""
    for ident in sys._current_frames():  # noqa: SLF001 - there is no public way to the threads of C code
        sampler.threads.spent(ident)


def capture(seconds: float, cancelled: threading.Event, *, rate: float = 100.0) -> Capture:
    """Return the CPU time of all threads during ``seconds``, or until ``cancelled`` is set.

    Must not be called in the main thread, which has to go on with its work meanwhile.
    """
    table = _by_signals(seconds, cancelled, rate)
    if table is None:
        table = _by_thread(seconds, cancelled, rate)
    return capture_of(table, name="this process")


def _by_signals(seconds: float, cancelled: threading.Event, rate: float) -> dict[str, Any] | None:
    """Return the table of stacks, None when the main thread does not hear signals."""
    main = threading.main_thread().ident
    if SIGNAL is None or main is None or signal.getsignal(SIGNAL) is not _asked:
        return None
    order = _Order.current = _Order(rate)
    try:
        signal.pthread_kill(main, SIGNAL)
        if not order.begun.wait(_PATIENCE_S):
            order.wanted = False
            if not order.begun.is_set():
                return None
        cancelled.wait(seconds)
        order.over = True
        signal.pthread_kill(main, SIGNAL)
        order.ended.wait(_PATIENCE_S)
        table: dict[str, Any] = order.sampler.stop()
        return table
    finally:
        _Order.current = None


class _ThreadSampler(Sampler):
    """Samples every thread but its own, by the clock."""

    def run(self, seconds: float, cancelled: threading.Event) -> dict[str, Any]:
        """Sample until ``seconds`` are over or ``cancelled`` is set."""
        self.clear()
        self._main = threading.get_ident()
        _from_now_on(self)
        end = time.monotonic() + seconds
        self.garbage.start()
        try:
            while (left := end - time.monotonic()) > 0 and not cancelled.wait(min(left, 1 / self.rate)):
                before = time.thread_time_ns()
                self._take(None, before)
                self.cost_ns += time.thread_time_ns() - before
        finally:
            self.garbage.stop()
        table: dict[str, Any] = self.stop()
        return table


def _by_thread(seconds: float, cancelled: threading.Event, rate: float) -> dict[str, Any]:
    table = _ThreadSampler(rate).run(seconds, cancelled)
    return {**table, "doubts": [*table["doubts"], list(_FALLBACK)]}

"""Sample a process: begin and end, rest for another, go on in a fork, leave signals to a program that wants them."""

from __future__ import annotations

import _thread
import sys
from time import thread_time_ns

from . import signals, wakeup
from .interposed import Interposed
from .taking import Taking
from .timer import SIGNAL

TYPE_CHECKING = False  # typing would cost the target 10 ms
if TYPE_CHECKING:
    import signal as _signal
    from collections.abc import Callable
else:
    import _signal

RATE = 100.0


class Sampling(Taking):
    """Samples this process from ``start`` to ``pause``, ``rate`` times per second of CPU time.

    By signals, where it is started in the main thread or ``signals.prepare`` was called there before; else by a
    thread, for which threads that compute in Python must make room. ``sampled`` is called after samples by whoever
    took them, ``forked`` in the child after a fork: without it, children are not sampled. What starts while another
    runs puts that one to rest until it is done itself.
    """

    def __init__(
        self,
        rate: float = RATE,
        sampled: Callable[[], None] | None = None,
        forked: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(rate)
        self._on_sample, self._on_fork = sampled, forked
        self._interposed = Interposed(self._taken, self._woken, self._threaded)

    # To be started and stopped

    def start(self) -> None:
        """Begin to sample, from nothing."""
        if self.running:
            raise RuntimeError("this sampler runs already")
        self._clear()
        signals.enter(self)
        self._begin()

    def pause(self) -> None:
        """End sampling, and leave the process as it was found."""
        if self.running:
            self._halt()
        signals.leave(self)

    def rest(self) -> None:
        """Sample nothing until ``resume``: another profile is taken."""
        self._halt()
        self.doubts["interrupted"] = "another profile was taken meanwhile: what ran then is not in this one"

    def resume(self) -> None:
        """Go on after ``rest``."""
        self._fresh_start()
        self._begin()

    def before_fork(self) -> None:
        """Have no thread of the sampler's when the process forks: it would be one more to warn of."""
        self._watch.stop()

    def after_fork(self) -> None:
        """Go on in the child, or leave it alone."""
        if self._on_fork is not None:
            self._on_fork()
        else:
            self.forked(on=False)

    def forked(self, *, on: bool) -> None:
        """Go on in a process that has just been forked, from nothing; or, not ``on``, leave it alone."""
        self._timer.forked()
        self._watch.forked()
        self.garbage.stop()
        self._interposed.off()
        self.running = False
        self._clear()
        signals.alone(self)
        if on:
            self._begin()
        else:
            signals.leave(self)

    def _begin(self) -> None:
        self._signals = signals.install()
        frames = sys._current_frames()
        for ident in frames:
            self._threads.spent(ident)
        several = len(frames) > 1
        del frames
        self._threads.native()
        self.account.begin()
        self.running = True
        self.garbage.start()
        if not self._signals:
            self._watch.start(1.0 / self.rate)
            return
        if _thread.get_ident() == self._main:
            self._wakeup = wakeup.current()
            _signal.siginterrupt(SIGNAL, False)  # noqa: FBT003 - it takes no keyword
        self._interposed.on()
        self._timer.start()
        if several:
            self._timer.aim()

    def _halt(self) -> None:
        self.running = False
        self._watch.stop()
        if self._signals:
            self._timer.close()
            self._interposed.off()
        self.garbage.stop()
        self.account.end()
        if _thread.get_ident() == self._main:
            # Not unseen, but later than the last sample.
            late = self._threads.seen(self._main, thread_time_ns())
            self.account.used_ns += late
            self.account.late_ns += late

    # What is told from elsewhere

    def _taken(self, what: str) -> None:
        if self.running:
            seconds = self.account.wall_ns() / 1e9
            self.doubts["signal-taken"] = (
                f"sampling ended {seconds:.1f} s after its start: the program took {what} for itself"
            )
            self.pause()

    def _woken(self, file: int) -> None:
        self._wakeup = file

    def _threaded(self) -> None:
        if self.running and (self._watch.ident is None or not self._timer.aimed):
            began = thread_time_ns()
            self._accompany()
            self._excuse(thread_time_ns() - began)

    def _sampled(self) -> None:
        if self._on_sample is not None:
            self._on_sample()

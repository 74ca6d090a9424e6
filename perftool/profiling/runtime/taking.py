"""Take a sample, in the thread that a signal interrupted or in one that looks on."""

from __future__ import annotations

import _thread
import sys
from time import process_time_ns, thread_time_ns

from . import labels, wakeup
from .account import Account
from .garbage import Collections
from .stacks import GARBAGE_COLLECTION, OWN, Stacks
from .threads import Threads
from .timer import CpuTimer
from .watch import Watch
from .weights import Weights

TYPE_CHECKING = False  # typing would cost the target 10 ms
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

# How often the watching thread looks, in seconds, and how many signals may be late before it samples itself.
_LOOK_S, _LONG_LOOK_S = 0.05, 0.2
_LATE = 3
_FIRST_LOOK, _SAMPLES_PER_LOOK = 8, 48
# Where no thread was started, it is enough to look for others every eighth sample.
_ALONE = 7
_MAIN_AND_WATCH = 2
# CPU time of threads that came and went is put on those of their kind that were met, at most so many times as much.
_MOST_STANDING_FOR = 100
# Without the lock of the interpreter, the stacks of other threads move while they are read.
_ONE_AT_A_TIME: bool = getattr(sys, "_is_gil_enabled", lambda: True)()


class Taking:
    """Takes samples while it is ``running``, and adds them up; who starts and stops it, ``Sampling`` says."""

    def __init__(self, rate: float) -> None:
        if not rate > 0:
            raise ValueError(f"a rate of {rate}")
        self.rate = float(rate)
        self.running = False
        self._interval_ns = int(1e9 / self.rate)
        self._timer = CpuTimer(1.0 / self.rate)
        self._watch = Watch(self._look)
        self._clear()

    def pause(self) -> None:
        """Take no more samples."""
        self.running = False

    def _sampled(self) -> None:
        """Do what is to be done after a sample."""

    def _clear(self) -> None:
        self.stacks = Stacks()
        self.weights = Weights()
        self.account = Account()
        self.garbage = Collections(self._collected)
        self.doubts: dict[str, str] = {}
        self._fresh_start()

    def _fresh_start(self) -> None:
        self._threads = Threads()
        self._lock = _thread.allocate_lock()
        self._main = _main_ident()
        self._signals = False
        self._ticks = 0
        self._countdown = _FIRST_LOOK
        self._watched = 0, 0
        self._late = self._crowded = False
        self._wakeup = -1

    def _accompany(self) -> None:
        """Be ready for a main thread that waits, or sits in C code, while other threads compute."""
        self._timer.aim()
        self._watch.start(_LOOK_S)

    def tick(self, frame: FrameType | None) -> None:
        """Take a sample; called in the main thread, which a signal interrupted in ``frame``."""
        self._ticks += 1
        lock = self._lock
        if self._ticks % self.account.every or not self.running or not lock.acquire(blocking=False):
            return
        try:
            now = thread_time_ns()
            spent = self._threads.seen(self._main, now)
            later = self._later(spent)
            spent -= later
            self.account.used_ns += spent
            spent -= self.garbage.taken(self._main)
            if spent > 0 and frame is not None:
                self.weights.add(self.stacks.node(frame), self._key(self._main, here=True), spent)
            self._countdown -= 1
            if _thread._count() or not self._countdown & _ALONE:
                self._others(self._main)
            self._finish(now)
            if later:
                self._threads.excuse(self._main, -later)
        except Exception as error:
            if not self._is_ours(error):
                raise
        finally:
            lock.release()

    def _later(self, spent: int) -> int:
        """Return how much of what the main thread has spent belongs to its next sample.

        When it was in a long call of C code, signals came that nobody saw; this sample stands for the last of them,
        and not for the time since. Else a call would be given, on the average, half an interval of what ran before.
        """
        if spent * 2 < self._interval_ns * self.account.every * 3:
            return 0
        later = self._timer.since_due_ns()
        return later if later < spent else 0

    def _others(self, me: int) -> None:
        """Give the CPU time of every thread but ``me`` to its stack."""
        frames: dict[int, Any] = sys._current_frames() if _ONE_AT_A_TIME else {}
        # Never to hold one's own frame: it would live on, and all that it knows of with it.
        frames.pop(me, None)
        watch = self._watch.ident
        if watch is not None:
            frames.pop(watch, None)
        if not frames:
            return
        fresh = []
        for ident, frame in frames.items():
            spent = self._threads.spent(ident)
            is_fresh = self._threads.fresh
            self.account.used_ns += spent
            spent -= self.garbage.taken(ident)
            if spent > 0:
                node, key = self.stacks.node(frame), self._key(ident)
                self.weights.add(node, key, spent)
                if is_fresh:
                    fresh.append((node, key, spent))
        if fresh:
            self._stand_for(fresh)
        if watch is None and self._signals:
            self._accompany()

    def _finish(self, began: int) -> None:
        """Do what is due after a sample, and keep what sampling cost apart from what the program did."""
        if self._countdown <= 0:
            self._countdown = _SAMPLES_PER_LOOK
            self._look_around()
        self._sampled()
        ended = thread_time_ns()
        self.account.cost_ns += ended - began
        self._threads.seen(_thread.get_ident(), ended)

    def _collected(self, frame: FrameType, spent: int) -> bool:
        """Put CPU time of the garbage collector below the function that allocated; False when it cannot be just now."""
        began = thread_time_ns()
        lock = self._lock
        if not self.running or not lock.acquire(blocking=False):
            return False
        try:
            node = self.stacks.below(self.stacks.node(frame), GARBAGE_COLLECTION)
            self.weights.add(node, self._key(_thread.get_ident(), here=True), spent)
            self._excuse(thread_time_ns() - began)
        except Exception as error:
            if not self._is_ours(error):
                raise
        finally:
            lock.release()
        return True

    def _excuse(self, cost: int) -> None:
        """Keep CPU time of this thread that the sampler used apart from what the program did."""
        self.account.cost_ns += cost
        self._threads.excuse(_thread.get_ident(), cost)

    def _key(self, ident: int, *, here: bool = False) -> Any:
        return labels.key(ident, here=here, default="MainThread" if ident == self._main else "")

    # What cannot be sampled, and what must not be

    def _look_around(self) -> None:
        """Look what sampling costs, and for CPU time that no thread of Python's used."""
        self.account.moderate()
        self._threads.forget_ended(set(sys._current_frames()))
        if self._wakeup >= 0 and not self._crowded and wakeup.crowded(self._wakeup):
            # No more signals while those already sent crowd out the program's own.
            self._crowded = True
            self._timer.stop()
            self._watch.start(1.0 / self.rate)
        if self.account.gap_ns():
            for name, spent in self._threads.native():
                self.account.used_ns += spent
                self.account.native_ns += spent
                self.weights.add(self.stacks.native(f"thread outside Python ({name})"), ((), None, name), spent)

    def _stand_for(self, fresh: list[tuple[int, Any, int]]) -> None:
        """Give what threads used that came and went between two samples to those of their kind that were met.

        A thread is met with a chance that is as large as its CPU time, at a place that it spent this time at.
        """
        met = sum(spent for _, _, spent in fresh)
        given = min(self.account.gap_ns(), met * _MOST_STANDING_FOR)
        if given:
            for node, key, spent in fresh:
                self.weights.add(node, key, given * spent // met, 0)
            self.account.used_ns += given

    def _look(self) -> float | None:
        """Sample in the watching thread when the main thread does not; returns when to look again."""
        if not self.running:
            return None
        began = thread_time_ns()
        if self._crowded and not wakeup.crowded(self._wakeup):
            self._crowded = False
            self._timer.start()
        alone = self._signals and not self._crowded
        if alone and len(sys._current_frames()) <= _MAIN_AND_WATCH:
            return None
        process, ticks = process_time_ns(), self._ticks
        if process - self._watched[0] < self._interval_ns // 2:
            return _LONG_LOOK_S if alone else 1.0 / self.rate
        missed = ticks == self._watched[1]
        late = missed and process - self._watched[0] > _LATE * self._interval_ns
        self._watched = process, ticks
        self._late = not alone or late or (missed and self._late)
        if not self._late:
            return _LOOK_S
        if self._lock.acquire(blocking=False):
            try:
                self._countdown -= 1
                self._others(_thread.get_ident())
                self.account.cost_ns += self._threads.seen(_thread.get_ident(), began)
                self._finish(began)
            except Exception as error:  # noqa: BLE001 - the program never sees this thread
                self._is_ours(error)
            finally:
                self._lock.release()
        return self.account.every / self.rate

    def _is_ours(self, error: Exception) -> bool:
        """Tell an error of the sampler from one that a signal handler of the program raises for it to be stopped."""
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        if trace is not None and not trace.tb_frame.f_code.co_filename.startswith(OWN):
            return False
        if not isinstance(error, (RecursionError, MemoryError)):
            self.doubts["sampler-failed"] = f"sampling ended: {type(error).__name__}: {error}"
            self.pause()
        return True


def _main_ident() -> int:
    threading = sys.modules.get("threading")
    ident = threading.main_thread().ident if threading is not None else None
    return ident or _thread.get_ident()

"""Where CPU time goes: the stacks of all threads, each weighted by the CPU time since its previous sample."""

from __future__ import annotations

import _thread
import atexit
import os
import sys
import time
from time import process_time_ns, thread_time_ns

from . import labels, wakeup
from .garbage import Collections
from .interposed import Interposed
from .stacks import GARBAGE_COLLECTION, OWN, Stacks
from .threads import Threads
from .timer import SIGNAL, CpuTimer
from .watch import Watch

TYPE_CHECKING = False  # typing would cost the target 10 ms
if TYPE_CHECKING:
    import signal as _signal
    from collections.abc import Callable
    from types import FrameType
    from typing import Any
else:
    import _signal

RATE = 100.0
#: Beyond this part of the CPU time, samples are taken less often.
MOST_COST = 0.015
_MOST_EVERY = 64
# How often the watching thread looks, in seconds, and how many signals may be late before it samples itself.
_LOOK_S, _LONG_LOOK_S = 0.05, 0.2
_LATE = 3
# What no thread of Python's used is looked for when it is this much, this often.
_GAP_NS = 10_000_000
_GAP_SHARE = 0.02
_FIRST_LOOK, _SAMPLES_PER_LOOK = 8, 48
# Where no thread was started, it is enough to look for others every eighth sample.
_ALONE = 7
_MAIN_AND_WATCH = 2
# CPU time of threads that came and went is put on those of their kind that were met, at most so many times as much.
_MOST_STANDING_FOR = 100
#: Different sets of labels, beyond which new ones are left out.
MOST_LABELS = 10_000


class Sampler:
    """Samples this process from ``start`` to ``stop``, ``rate`` times per second of CPU time.

    By signals, where it is started in the main thread or ``prepare`` was called there before; else by a thread, for
    which threads that compute in Python must make room. ``sampled`` is called after samples by whoever took them,
    ``forked`` in the child after a fork: without it, children are not sampled. A sampler that starts while another
    runs puts that one to rest until it is stopped itself.
    """

    def __init__(
        self,
        rate: float = RATE,
        sampled: Callable[[], None] | None = None,
        forked: Callable[[], None] | None = None,
    ) -> None:
        if not rate > 0:
            raise ValueError(f"a rate of {rate}")
        self.rate = float(rate)
        self.stacks = Stacks()
        self.running = False
        self.doubts: dict[str, str] = {}
        self.on_fork = forked
        self._on_sample = sampled
        self._interval_ns = int(1e9 / self.rate)
        self._timer = CpuTimer(1.0 / self.rate)
        self._watch = Watch(self._look)
        self._interposed = Interposed(self._taken, self._woken, self._threaded)
        self._outer: Sampler | None = None
        self.clear()

    def clear(self) -> None:
        """Forget every sample and figure; stacks stay known."""
        self.weights: dict[tuple[int, int], list[int]] = {}
        self.labels: list[labels.Said] = [()]
        self._label_of: dict[Any, int] = {}
        self.cost_ns = 0
        self.native_ns = 0
        self.garbage = Collections(self._collected)
        self.started_ns = time.time_ns()
        self._started = time.monotonic_ns()
        self._duration_ns = 0
        self._process_ns = 0
        self._used_ns = 0
        self._every = 1
        self._looked = 0, 0
        self._watched = 0, 0
        self._countdown = _FIRST_LOOK
        self._ticks = 0
        self._late = False
        self._crowded = False
        self._wakeup = -1
        self._lock = _thread.allocate_lock()
        self._threads = Threads()
        self._signals = False

    # To be started and stopped

    def start(self) -> None:
        """Begin to sample."""
        global _active
        if self.running:
            raise RuntimeError("this sampler runs already")
        self.clear()
        self._outer = _active if _active is not self else None
        if self._outer is not None:
            self._outer.rest("another profile was taken meanwhile")
        _active = self
        self._begin()

    def _begin(self) -> None:
        self._signals = _install()
        self._main = _main_ident()
        frames = sys._current_frames()
        for ident in frames:
            self._threads.spent(ident)
        several = len(frames) > 1
        del frames
        self._threads.native()
        self._process_before = process_time_ns()
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

    def stop(self) -> dict[str, Any]:
        """End sampling; returns the table of stacks that ``perftool.profiling.raw`` reads."""
        from .table import table

        self.pause()
        return table(self)

    def pause(self) -> None:
        """End sampling, and leave the process as it was found."""
        global _active
        if not self.running:
            return
        self._halt()
        if _active is self:
            outer, self._outer = self._outer, None
            _active = outer
            if outer is not None:
                outer.resume()
            else:
                _give_back()

    def rest(self, why: str) -> None:
        """Sample nothing until ``resume``."""
        self._halt()
        self.doubts["interrupted"] = why

    def resume(self) -> None:
        """Go on after ``rest``."""
        self._threads = Threads()
        self._lock = _thread.allocate_lock()
        self._begin()

    def _halt(self) -> None:
        self.running = False
        self._duration_ns = time.monotonic_ns() - self._started
        self._watch.stop()
        if self._signals:
            self._timer.close()
            self._interposed.off()
        self.garbage.stop()
        self._process_ns += process_time_ns() - self._process_before
        if _thread.get_ident() == self._main:
            # Not unseen, but later than the last sample.
            self._used_ns += self._threads.seen(self._main, thread_time_ns())

    def before_fork(self) -> None:
        """Have no thread of the sampler's when the process forks: it would be one more to warn of."""
        self._watch.stop()

    def forked(self, *, on: bool) -> None:
        """Go on in a process that has just been forked, from nothing; or, not ``on``, leave it alone."""
        global _active
        self._timer.forked()
        self._watch.forked()
        self.garbage.stop()
        self._interposed.off()
        self._outer = None
        self.running = False
        self.stacks = Stacks()
        self.doubts = {}
        self.clear()
        if on:
            self._begin()
        else:
            _active = None
            _give_back()

    # What is told from elsewhere

    def _taken(self, what: str) -> None:
        if self.running and self._signals:
            self.doubts["signal-taken"] = (
                f"sampling ended {self.duration_ns() / 1e9:.1f} s after its start: the program took {what} for itself"
            )
            self.pause()

    def _woken(self, file: int) -> None:
        self._wakeup = file

    def _threaded(self) -> None:
        if self.running and not self._timer.aimed:
            began = thread_time_ns()
            self._timer.aim()
            self._excuse(thread_time_ns() - began)

    # Samples

    def tick(self, frame: FrameType | None) -> None:
        """Take a sample; called in the main thread, which a signal interrupted in ``frame``."""
        self._ticks += 1
        lock = self._lock
        if self._ticks % self._every or not self.running or not lock.acquire(blocking=False):
            return
        try:
            now = thread_time_ns()
            spent = self._threads.seen(self._main, now)
            self._used_ns += spent
            spent -= self.garbage.taken(self._main)
            if spent > 0 and frame is not None:
                self._add(self.stacks.node(frame), self._key(self._main, here=True), spent)
            self._countdown -= 1
            if _thread._count() or not self._countdown & _ALONE:
                self._others(self._main)
            self._finish(now)
        except Exception as error:
            if not self._is_ours(error):
                raise
        finally:
            lock.release()

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
        threads = self._threads
        fresh = []
        for ident, frame in frames.items():
            spent = threads.spent(ident)
            is_fresh = threads.fresh
            self._used_ns += spent
            spent -= self.garbage.taken(ident)
            if spent > 0:
                node, key = self.stacks.node(frame), self._key(ident)
                self._add(node, key, spent)
                if is_fresh:
                    fresh.append((node, key, spent))
        if fresh:
            self._stand_for(fresh)
        if watch is None and self._signals and not self._countdown & _ALONE:
            self._timer.aim()
            self._watch.start(_LOOK_S)

    def _finish(self, began: int) -> None:
        """Do what is due after a sample, and keep what sampling cost apart from what the program did."""
        if self._countdown <= 0:
            self._countdown = _SAMPLES_PER_LOOK
            self._look_around()
        if self._on_sample is not None:
            self._on_sample()
        ended = thread_time_ns()
        self.cost_ns += ended - began
        self._threads.seen(_thread.get_ident(), ended)

    def _add(self, node: int, key: Any, spent: int, count: int = 1) -> None:
        label = self._label_of.get(key)
        if label is None:
            label = self._label(key)
        held = self.weights.get((node, label))
        if held is None:
            self.weights[node, label] = [count, spent]
        else:
            held[0] += count
            held[1] += spent

    def _key(self, ident: int, *, here: bool = False) -> Any:
        return labels.key(ident, here=here, default="MainThread" if ident == self._main else "")

    def _label(self, key: Any) -> int:
        if len(self.labels) >= MOST_LABELS:
            # Names without end, such as numbered threads: what is new has none.
            key = (), None, None
        label = self._label_of.get(key)
        if label is None:
            label = self._label_of[key] = len(self.labels)
            self.labels.append(labels.of(key))
        return label

    def _collected(self, frame: FrameType, spent: int) -> bool:
        """Put CPU time of the garbage collector below the function that allocated; False when it cannot be just now."""
        began = thread_time_ns()
        lock = self._lock
        if not self.running or not lock.acquire(blocking=False):
            return False
        try:
            ident = _thread.get_ident()
            node = self.stacks.below(self.stacks.node(frame), GARBAGE_COLLECTION)
            self._add(node, self._key(ident, here=True), spent)
            self._excuse(thread_time_ns() - began)
        except Exception as error:
            if not self._is_ours(error):
                raise
        finally:
            lock.release()
        return True

    def _excuse(self, cost: int) -> None:
        """Keep CPU time of this thread that the sampler used apart from what the program did."""
        self.cost_ns += cost
        self._threads.excuse(_thread.get_ident(), cost)

    # What cannot be sampled, and what must not be

    def _look_around(self) -> None:
        """Look what sampling costs, and for CPU time that no thread of Python's used."""
        cost, used = self.cost_ns - self._looked[0], self._used_ns - self._looked[1]
        self._looked = self.cost_ns, self._used_ns
        if cost > used * MOST_COST:
            self._every = min(_MOST_EVERY, max(self._every + 1, int(self._every * cost / (used * MOST_COST + 1))))
        elif self._every > 1 and cost * 3 < used * MOST_COST:
            self._every -= 1
        self._threads.forget_ended(set(sys._current_frames()))
        if self._wakeup >= 0 and wakeup.crowded(self._wakeup):
            self._make_room()
        lost = self.lost_ns()
        if lost > _GAP_NS and lost > _GAP_SHARE * self._used_ns:
            for name, spent in self._threads.native():
                self._used_ns += spent
                self.native_ns += spent
                self._add(self.stacks.native(f"thread outside Python ({name})"), ((), None, name), spent)

    def _stand_for(self, fresh: list[tuple[int, Any, int]]) -> None:
        """Give what threads used that came and went between two samples to those of their kind that were met.

        A thread is met with a chance that is as large as its CPU time, at a place that it spent this time at.
        """
        met = sum(spent for _, _, spent in fresh)
        given = min(self.lost_ns(), met * _MOST_STANDING_FOR)
        if given < _GAP_NS:
            return
        for node, key, spent in fresh:
            self._add(node, key, given * spent // met, 0)
        self._used_ns += given

    def _make_room(self) -> None:
        """Send no more signals while those already sent crowd out the program's own."""
        self._crowded = True
        self._timer.stop()
        self._watch.start(1.0 / self.rate)

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
        idle = process - self._watched[0] < self._interval_ns // 2
        missed = ticks == self._watched[1]
        if idle:
            return _LONG_LOOK_S if alone else 1.0 / self.rate
        late = missed and process - self._watched[0] > _LATE * self._interval_ns
        self._watched = process, ticks
        if alone and not late and not (missed and self._late):
            self._late = False
            return _LOOK_S
        self._late = True
        if self._lock.acquire(blocking=False):
            try:
                self._countdown -= 1
                self._others(_thread.get_ident())
                self._used_ns += self._threads.seen(_thread.get_ident(), began)
                self._finish(began)
            except Exception as error:
                self._is_ours(error)
            finally:
                self._lock.release()
        return self._every / self.rate

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

    # What is known beside the samples

    def duration_ns(self) -> int:
        """Return the wall time since the start, until the end."""
        return time.monotonic_ns() - self._started if self.running else self._duration_ns

    def process_ns(self) -> int:
        """Return the CPU time of the process since the start, until the end."""
        return self._process_ns + (process_time_ns() - self._process_before if self.running else 0)

    def lost_ns(self) -> int:
        """Return the CPU time that no thread used of which it is known."""
        return self.process_ns() - self._used_ns - self.cost_ns

    def facts(self) -> dict[str, str]:
        """Return what is worth saying beside the samples: figures that add up over processes."""
        garbage = self.garbage
        found = {
            "process.cpu_ns": self.process_ns(),
            "sampler.cpu_ns": self.cost_ns,
            "unseen.cpu_ns": max(0, self.lost_ns()),
            "native.cpu_ns": self.native_ns,
            "dropped.count": self.stacks.dropped,
            "gc.count": sum(garbage.counts),
            "gc.cpu_ns": sum(garbage.total_ns),
            "gc.max_ns": garbage.longest_ns,
        }
        for generation, count in enumerate(garbage.counts):
            found[f"gc.gen{generation}.count"] = count
            found[f"gc.gen{generation}.cpu_ns"] = garbage.total_ns[generation]
        return {"rate": f"{self.rate:g}", **{key: str(value) for key, value in found.items()}}


# The sampler that signals are for; the signal handler that was there before, and whether ours stays without one.
_active: Sampler | None = None
_previous: Any = None
_kept = False
# Without the lock of the interpreter, the stacks of other threads move while they are read.
# Taken before anybody is told of its use: this is not the program's.
_set_handler = _signal.signal
_ONE_AT_A_TIME: bool = getattr(sys, "_is_gil_enabled", lambda: True)()


def prepare() -> bool:
    """Have samplers that other threads start be told by signals; must be called in the main thread.

    Returns whether they will be. Costs nothing while none runs.
    """
    global _kept
    _kept = _install() or _kept
    return _kept


def _install() -> bool:
    global _previous
    if not SIGNAL:
        return False
    if _signal.getsignal(SIGNAL) is _dispatch:
        return True
    try:
        _previous = _set_handler(SIGNAL, _dispatch)
    except ValueError:  # not the main thread, or not of the main interpreter
        return False
    return True


def _give_back() -> None:
    """Put back the signal handler that was there before."""
    if _kept or not SIGNAL or _signal.getsignal(SIGNAL) is not _dispatch:
        return
    try:
        # Ignored first: that drops a signal which is still on its way, and would end the program.
        _set_handler(SIGNAL, _signal.SIG_IGN)
        _set_handler(SIGNAL, _signal.SIG_DFL if _previous is None else _previous)
    except ValueError:  # not the main thread: it stays, and does nothing
        return


def _dispatch(_: int, frame: FrameType | None) -> None:
    sampler = _active
    if sampler is not None:
        sampler.tick(frame)


def _main_ident() -> int:
    threading = sys.modules.get("threading")
    ident = threading.main_thread().ident if threading is not None else None
    return ident or _thread.get_ident()


def _before_fork() -> None:
    if _active is not None:
        _active.before_fork()


def _after_fork() -> None:
    sampler = _active
    if sampler is None:
        return
    if sampler.on_fork is not None:
        sampler.on_fork()
    else:
        sampler.forked(on=False)


def _at_exit() -> None:
    # A timer that goes on while the interpreter ends would end it by its signal.
    while _active is not None:
        _active.pause()


atexit.register(_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_child=_after_fork)


def start(settings: dict[str, Any], folder: str) -> None:
    """Sample this process and its children until they end, and leave what was seen in ``folder``."""
    from .spool import Spool

    Spool(settings, folder).start()

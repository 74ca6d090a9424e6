"""A signal to the main thread for every so many milliseconds of CPU time that the process uses."""

from __future__ import annotations

import _thread
import os
import sys
import time

TYPE_CHECKING = False  # typing would cost the target 10 ms
if TYPE_CHECKING:
    import signal as _signal
    from typing import Any
else:
    import _signal

SIGNAL = int(getattr(_signal, "SIGPROF", 0))
_CLOCK_PROCESS_CPUTIME_ID = 2
_SIGEV_THREAD_ID = 4
# Taken before anybody is told of its use: this is not the program's.
_setitimer: Any = getattr(_signal, "setitimer", None)
_getitimer: Any = getattr(_signal, "getitimer", None)
_CLOCK_MONOTONIC_COARSE = 6


class CpuTimer:
    """Sends SIGPROF while the process uses CPU time.

    It begins as ITIMER_PROF, which costs nothing to make but reaches any thread. Once there are several it becomes a
    POSIX timer (``aim``), which reaches the main thread and wakes it when it waits for the others.
    """

    def __init__(self, interval: float) -> None:
        self.aimed = False
        self._interval = interval
        self._going = False
        self._timer: _PosixTimer | None = None
        self._aiming = _thread.allocate_lock()
        self._tries = 3

    def start(self) -> None:
        """Send signals from here on."""
        self._going = True
        if self._timer is not None:
            self._timer.arm(self._interval)
        else:
            _setitimer(_signal.ITIMER_PROF, self._interval, self._interval)

    def stop(self) -> None:
        """Send no more."""
        self._going = False
        if self._timer is not None:
            self._timer.arm(0.0)
        else:
            _setitimer(_signal.ITIMER_PROF, 0.0)

    def aim(self) -> None:
        """Go over to the timer that wakes the main thread; all stays as it is where there is none.

        Threads that do so at once, or while another closes the timer, leave none behind: one that goes on when the
        interpreter ends would end the process by its signal.
        """
        if self.aimed or self._tries <= 0 or not self._going or not self._aiming.acquire(blocking=False):
            return
        try:
            self._tries -= 1
            timer = _PosixTimer()
            self._timer = timer
            timer.arm(self._interval)
            _setitimer(_signal.ITIMER_PROF, 0.0)
            # A lock that the main thread waits for must let it go when a signal comes.
            _signal.siginterrupt(SIGNAL, True)  # noqa: FBT003 - it takes no keyword
            self.aimed = True
        except (ImportError, AttributeError, OSError):
            self._delete()
        finally:
            self._aiming.release()
        self._delete_if_ended()

    def _delete_if_ended(self) -> None:
        if not self._going:
            self._delete()

    def since_due_ns(self) -> int:
        """Return the CPU time since the last signal was to be sent, had all of them come through."""
        left = self._timer.left() if self._timer is not None else _getitimer(_signal.ITIMER_PROF)[0]
        # Timers are looked at when the system's clock ticks: on the average, a signal is half a tick late.
        over = self._interval - left - _tick_s() / 2
        return int((over if over >= 0 else over + self._interval) * 1e9)

    def close(self) -> None:
        """End for good."""
        if self._going:
            self.stop()
        self._delete()

    def _delete(self) -> None:
        timer, self._timer = self._timer, None
        self.aimed = False
        if timer is not None:
            timer.delete()

    def forked(self) -> None:
        """Take note that this is a fork, which inherits no timer."""
        self._timer = None
        self._aiming = _thread.allocate_lock()
        self._going = self.aimed = False
        self._tries = 3


class _PosixTimer:
    """A timer on the CPU clock of the process whose signals go to its main thread."""

    def __init__(self) -> None:
        if not sys.platform.startswith("linux"):
            raise OSError("no SIGEV_THREAD_ID")
        import ctypes

        self._ctypes: Any = ctypes
        self._libc = ctypes.CDLL(None, use_errno=True)
        # struct sigevent: 8 bytes of value, the signal, how to notify, whom; the rest is padding up to 64 bytes.
        event = (ctypes.c_int * 16)()
        event[2], event[3], event[4] = SIGNAL, _SIGEV_THREAD_ID, os.getpid()
        self._id = ctypes.c_void_p()
        if self._libc.timer_create(_CLOCK_PROCESS_CPUTIME_ID, ctypes.byref(event), ctypes.byref(self._id)):
            raise OSError(ctypes.get_errno(), "timer_create")

    def arm(self, interval: float) -> None:
        seconds, nanoseconds = int(interval), int(interval % 1 * 1e9)
        spec = (self._ctypes.c_long * 4)(seconds, nanoseconds, seconds, nanoseconds)
        if self._libc.timer_settime(self._id, 0, self._ctypes.byref(spec), None):
            raise OSError(self._ctypes.get_errno(), "timer_settime")

    def left(self) -> float:
        spec = (self._ctypes.c_long * 4)()
        self._libc.timer_gettime(self._id, self._ctypes.byref(spec))
        return spec[2] + spec[3] / 1e9  # type: ignore[no-any-return]

    def delete(self) -> None:
        self._libc.timer_delete(self._id)


def _tick_s() -> float:
    """Return the time between two ticks of the system's clock, 0 where it is not known."""
    return time.clock_getres(_CLOCK_MONOTONIC_COARSE) if sys.platform.startswith("linux") else 0.0

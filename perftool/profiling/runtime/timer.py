"""A signal to the main thread for every so many milliseconds of CPU time that the process uses."""

from __future__ import annotations

import _signal
import sys

SIGNAL = getattr(_signal, "SIGPROF", None)
# The first signal comes early: it is then that the better timer is made.
_FIRST_S = 0.001
_CLOCK_PROCESS_CPUTIME_ID = 2
_SIGEV_THREAD_ID = 4


class CpuTimer:
    """Sends SIGPROF while the process uses CPU time.

    It begins as ITIMER_PROF, which costs nothing to make but reaches any thread, and becomes a POSIX timer that aims
    at the main thread (``aim``): that one wakes a main thread that waits, is not inherited by what it executes, and
    leaves the program's own ITIMER_PROF alone.
    """

    def __init__(self, interval):
        self._interval = interval
        self._timer = None
        self.aimed = False

    def start(self):
        _signal.setitimer(_signal.ITIMER_PROF, _FIRST_S, self._interval)

    def aim(self):
        """Go over to the timer that wakes the main thread; must be called there. Stays as it is where there is none."""
        if self.aimed or self._timer is not None:
            return
        try:
            self._timer = _PosixTimer(self._interval)
        except (ImportError, AttributeError, OSError):
            self._timer = False
            return
        _signal.setitimer(_signal.ITIMER_PROF, 0.0)
        self.aimed = True

    def stop(self):
        if self._timer:
            self._timer.stop()
        else:
            _signal.setitimer(_signal.ITIMER_PROF, 0.0)
        self._timer = None
        self.aimed = False

    def forget(self):
        """Take note that this is a fork, which inherits no timer."""
        self._timer = None
        self.aimed = False


class _PosixTimer:
    def __init__(self, interval):
        if not sys.platform.startswith("linux"):
            raise OSError("no SIGEV_THREAD_ID")
        import _thread
        import ctypes

        self._ctypes = ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        self._set, self._delete = libc.timer_settime, libc.timer_delete
        # struct sigevent: the value, the signal, how to notify, whom; its rest is padding up to 64 bytes.
        event = (ctypes.c_int * 16)()
        event[2], event[3], event[4] = int(SIGNAL), _SIGEV_THREAD_ID, _thread.get_native_id()
        self._id = ctypes.c_void_p()
        if libc.timer_create(_CLOCK_PROCESS_CPUTIME_ID, ctypes.byref(event), ctypes.byref(self._id)):
            raise OSError(ctypes.get_errno(), "timer_create")
        self._arm(interval)

    def _arm(self, interval):
        ctypes = self._ctypes
        seconds, nanoseconds = int(interval), int(interval % 1 * 1e9)
        spec = (ctypes.c_long * 4)(seconds, nanoseconds, seconds, nanoseconds)
        if self._set(self._id, 0, ctypes.byref(spec), None):
            raise OSError(ctypes.get_errno(), "timer_settime")

    def stop(self):
        self._delete(self._id)

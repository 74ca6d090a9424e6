"""CPU time of a running process for some seconds, from whatever thread it is asked for."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Final

from perftool.profiling.raw import capture_of
from perftool.profiling.runtime.sampler import Sampler, prepare
from perftool.profiling.runtime.timer import SIGNAL

if TYPE_CHECKING:
    from perftool.profiling.capture import Capture

_FALLBACK: Final = (
    "sampled-by-thread",
    "signals could not be used here: a thread sampled the others, which makes them wait now and then, "
    "and sees of C code that holds the interpreter only its end",
)
_prepared = False


def install() -> bool:
    """Let captures begin from any thread later: the main thread is reached by a signal, so it must say how now.

    Costs nothing while no capture runs. Call it in the main thread; elsewhere, or where the program has a use of its
    own for the signal, nothing happens and False is returned: captures then sample by a thread.
    """
    global _prepared
    if _prepared:
        return True
    if not SIGNAL or threading.current_thread() is not threading.main_thread():
        return False
    if signal.getsignal(SIGNAL) not in (signal.SIG_DFL, signal.SIG_IGN):
        return False
    _prepared = prepare()
    return _prepared


def capture(seconds: float, cancelled: threading.Event, *, rate: float = 100.0) -> Capture:
    """Return the CPU time of all threads during ``seconds``, or until ``cancelled`` is set.

    Is called in a thread of its own: the main thread has to go on with its work meanwhile.
    """
    sampler = Sampler(rate)
    sampler.start()
    try:
        cancelled.wait(seconds)
    finally:
        table = sampler.stop()
    if not _prepared:
        table = {**table, "doubts": [*table["doubts"], list(_FALLBACK)]}
    return capture_of(table, name="this process")

"""CPU time of a running process for some seconds, from whatever thread it is asked for."""

from __future__ import annotations

import contextlib
import signal
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from perftool.profiling import short_work
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
_OWN_TURN: Final = (
    "worker-waited",
    "the main thread answered this request and did no other work meanwhile: only what other threads did is here; "
    "a server with one thread needs a second one, or perftool.profiling.serve()",
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

    Is called in a thread of its own: the main thread has to go on with its work meanwhile. Called in it, as by servers
    that have no other, it says in its doubts that this work is missing.
    """
    # What the sampler needs for other threads: loading it is not to be a part of the first capture.
    with contextlib.suppress(ImportError):
        import ctypes  # noqa: F401
    sampler = Sampler(rate)
    before = short_work.waits()
    sampler.start()
    try:
        cancelled.wait(seconds)
    finally:
        table = sampler.stop()
    after = short_work.waits()
    doubts = list(table["doubts"])
    if not _prepared:
        doubts.append(list(_FALLBACK))
    if threading.current_thread() is threading.main_thread():
        doubts.append(list(_OWN_TURN))
    found = capture_of({**table, "doubts": doubts}, name="this process")
    more = short_work.doubt(found, before, after)
    return found if more is None else replace(found, doubts=(*found.doubts, more))

"""Whom SIGPROF is for: the handler, the sampler that it tells, and what forks and ends mean to both."""

from __future__ import annotations

import atexit
import os

from .timer import SIGNAL

TYPE_CHECKING = False  # typing would cost the target 10 ms
if TYPE_CHECKING:
    import signal as _signal
    from types import FrameType
    from typing import Any, Protocol

    class Told(Protocol):
        """Who is told."""

        def tick(self, frame: FrameType | None) -> None:
            """Take a sample."""

        def rest(self) -> None:
            """Sample nothing until ``resume``."""

        def resume(self) -> None:
            """Go on."""

        def pause(self) -> None:
            """End."""

        def before_fork(self) -> None:
            """Get ready for a fork."""

        def after_fork(self) -> None:
            """Go on in the child, or not."""
else:
    import _signal

# Taken before anybody is told of its use: this is not the program's.
_set_handler = _signal.signal
# The samplers that run, the innermost last: only that one is told.
_running: list[Told] = []
_previous: Any = None
_kept = False


def prepare() -> bool:
    """Have samplers that other threads start be told by signals; must be called in the main thread.

    Returns whether they will be. Costs nothing while none runs.
    """
    global _kept
    _kept = install() or _kept
    return _kept


def install() -> bool:
    """Have signals tell whoever runs; returns False where that cannot be, as in any thread but the main one."""
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


def enter(sampler: Told) -> None:
    """Make ``sampler`` the one that is told; whoever was, rests until it leaves."""
    if _running:
        _running[-1].rest()
    _running.append(sampler)


def leave(sampler: Told) -> None:
    """Tell ``sampler`` no more."""
    if sampler not in _running:
        return
    innermost = sampler is _running[-1]
    _running.remove(sampler)
    if innermost and _running:
        _running[-1].resume()
    elif not _running:
        _give_back()


def alone(sampler: Told) -> None:
    """Make ``sampler`` the only one, as it is in a process that has just been forked."""
    _running[:] = [sampler]


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
    if _running:
        _running[-1].tick(frame)


def _before_fork() -> None:
    if _running:
        _running[-1].before_fork()


def _after_fork() -> None:
    if _running:
        _running[-1].after_fork()


def _at_exit() -> None:
    # A timer that goes on while the interpreter ends would end it by its signal.
    while _running:
        _running[-1].pause()


atexit.register(_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_child=_after_fork)

"""Signals that would end the process at once end it in order instead, so that what was made is removed."""

from __future__ import annotations

import contextlib
import signal
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_ENDING: Final = ("SIGTERM", "SIGHUP")


@contextlib.contextmanager
def orderly() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into KeyboardInterrupt until the end, when what was there before is restored.

    A signal that somebody ignores (``nohup``) or handles stays theirs. Outside the main thread nothing can be done.
    """
    before = {}
    if threading.current_thread() is threading.main_thread():
        for name in _ENDING:
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is signal.SIG_DFL:
                before[number] = signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Put off SIGINT, SIGTERM and SIGHUP until the end: a second Ctrl-C must not cut the removal short.

    While they are blocked, programs that are started are spared as well; but another thread, such as that of a progress
    line, may still receive one, so that the handlers wait too.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    numbers = [number for name in ("SIGINT", *_ENDING) if (number := getattr(signal, name, None)) is not None]
    before = {n: handler for n in numbers if (handler := signal.getsignal(n)) not in (None, signal.SIG_IGN)}
    for number in before:
        signal.signal(number, lambda number, _frame: came.append(number))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, before) if hasattr(signal, "pthread_sigmask") else None
    try:
        yield
    finally:
        if mask is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for number, handler in before.items():
            signal.signal(number, handler)
        if came:
            signal.raise_signal(came[0])


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt

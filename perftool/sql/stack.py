"""How much stack the main thread of a process has, and more of it where the system gives it."""

from __future__ import annotations

import sys
from typing import Final

_WANTED: Final = 64 << 20
#: What a main thread has where nobody says otherwise.
_USUAL: Final = 8 << 20


def grown_stack() -> int:
    """Let the main thread's stack grow to 64 MiB if that can be, and return what it may have, in bytes.

    For processes that parse foreign text and do nothing else. Linux takes a new limit at once and leaves at least
    128 MiB below a stack free when a process starts; elsewhere a stack is as large as it was made. Only what is used
    takes memory.
    """
    if not sys.platform.startswith("linux"):
        return _USUAL
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_STACK)
    unlimited = resource.RLIM_INFINITY
    if soft == unlimited:
        return _WANTED
    if soft < _WANTED:
        wanted = _WANTED if hard == unlimited else min(_WANTED, hard)
        try:
            resource.setrlimit(resource.RLIMIT_STACK, (wanted, hard))
        except (OSError, ValueError):
            return soft
        soft = wanted
    return min(soft, _WANTED)

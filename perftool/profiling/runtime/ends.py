"""The ends of a process, and its forks: who must write something down before is told."""

from __future__ import annotations

import atexit
import os

_BEFORE_END = []
_IN_CHILD = []
_ready = False


def at_end(call):
    """Have ``call()`` called once before this process ends by itself: at exit, os._exit, or by becoming another."""
    _BEFORE_END.append(call)


def in_child(call):
    """Have ``call()`` called in every process that this one forks."""
    _IN_CHILD.append(call)


def ready():
    """Begin to look for ends; once for each process tree."""
    global _ready
    if _ready:
        return
    _ready = True
    atexit.register(_all, _BEFORE_END)
    for name in ("_exit", "execv", "execve"):
        if hasattr(os, name):
            setattr(os, name, _told(getattr(os, name)))
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=lambda: _all(_IN_CHILD))


def _told(call):
    def told(*arguments, **named):
        _all(_BEFORE_END)
        return call(*arguments, **named)

    told.__name__ = told.__qualname__ = call.__name__
    told.__doc__ = call.__doc__
    told.__module__ = call.__module__
    return told


def _all(calls):
    for call in list(calls):
        try:
            call()
        except Exception:  # noqa: BLE001, S112 - the program must end as it would have
            continue

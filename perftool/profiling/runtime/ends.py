"""The ends of a process and its forks: who must write something down before is told."""

from __future__ import annotations

import atexit
import os

TYPE_CHECKING = False  # typing would cost the target 10 ms
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_BEFORE_END: list[Callable[[], None]] = []
_IN_CHILD: list[Callable[[], None]] = []
_STILL_HERE: list[Callable[[], None]] = []
_ENDINGS = ("_exit", "execv", "execve")
_ready = False


def at_end(call: Callable[[], None]) -> None:
    """Have ``call()`` called before this process ends by itself: at exit, os._exit, or by becoming another program."""
    _BEFORE_END.append(call)


def in_child(call: Callable[[], None]) -> None:
    """Have ``call()`` called in every process that this one forks."""
    _IN_CHILD.append(call)


def still_here(call: Callable[[], None]) -> None:
    """Have ``call()`` called when becoming another program failed: names are tried in every folder of PATH."""
    _STILL_HERE.append(call)


def ready() -> None:
    """Begin to look for ends."""
    global _ready
    if _ready:
        return
    _ready = True
    atexit.register(_all, _BEFORE_END)
    for name in _ENDINGS:
        if hasattr(os, name):
            setattr(os, name, _told(getattr(os, name)))
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=lambda: _all(_IN_CHILD))


def _told(call: Callable[..., Any]) -> Callable[..., Any]:
    def told(*arguments: Any, **named: Any) -> Any:
        _all(_BEFORE_END)
        try:
            return call(*arguments, **named)
        finally:
            _all(_STILL_HERE)

    for one in ("__name__", "__qualname__", "__doc__", "__module__"):
        setattr(told, one, getattr(call, one, None))
    return told


def _all(calls: list[Callable[[], None]]) -> None:
    for call in list(calls):
        try:
            call()
        except Exception:  # noqa: BLE001, S112 - the program must end as it would have
            continue

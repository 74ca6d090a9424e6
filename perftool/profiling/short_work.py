"""Threads that work for less than the sampler needs to see them at it."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from perftool.profiling.capture import Capture

_TASKS: Final = "/proc/self/task"
_SWITCHES: Final = "voluntary_ctxt_switches:"
_MAIN: Final = ("thread", "MainThread")
_SHARE: Final = 0.1
#: Threads that take turns at the interpreter change every 5 ms; those that wait for something else, earlier.
_SHORT_S: Final = 0.002


def waits() -> dict[int, int]:
    """Return how often each thread but the main and the calling one has begun to wait, none where nobody knows."""
    found = {}
    try:
        others = {int(name) for name in os.listdir(_TASKS)} - {os.getpid(), threading.get_native_id()}
    except OSError:
        return {}
    for thread in others:
        try:
            with open(f"{_TASKS}/{thread}/status", encoding="utf-8", errors="replace") as file:
                said = next((line for line in file if line.startswith(_SWITCHES)), "")
        except OSError:
            continue  # it has ended meanwhile
        if said:
            found[thread] = int(said.removeprefix(_SWITCHES))
    return found


def doubt(capture: Capture, before: Mapping[int, int], after: Mapping[int, int]) -> tuple[str, str] | None:
    """Return what to say of a capture whose threads worked for moments only; ``before`` and ``after`` are ``waits``.

    The main thread is interrupted where it works. Others are looked at when they make room for it: those that work
    for less than a few milliseconds do so when they are done, and read, write or wait already.
    source: the lock of the interpreter, sys.setswitchinterval
    """
    if capture.value_types[capture.default].unit != "nanoseconds":
        return None
    others = sum(
        sample.values[capture.default] for sample in capture.samples if _MAIN not in capture.labels[sample.labels]
    )
    began = sum(count - before.get(thread, 0) for thread, count in after.items())
    if others <= _SHARE * capture.total() or began <= 0 or others / began > _SHORT_S * 1e9:
        return None
    return (
        "short-work-in-threads",
        f"threads worked for {others / began / 1e6:.1f} ms at a time, too short to be seen at it: much of their time "
        "stands where they read, write or wait; perftool profile cpu --pid looks from outside and sees them",
    )

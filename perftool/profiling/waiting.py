"""What a thread waits for, where captures of wall time show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from perftool.profiling.origins import origin
from perftool.profiling.shares import by_stack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.profiling.capture import Capture, Function

#: Functions whose caller waits, the last parts of their names, and for what; those that use others come first.
_WAITS: Final = (
    ("threading.Thread.join", "a thread to end"),
    ("concurrent.futures.thread.ThreadPoolExecutor.shutdown", "a thread pool to end"),
    ("concurrent.futures._base.Future.result", "the result of a future"),
    ("concurrent.futures._base.wait", "futures"),
    ("queue.Queue.get", "an entry in a queue"),
    ("queue.Queue.put", "room in a queue"),
    ("queue.Queue.join", "a queue to be worked off"),
    ("threading.Event.wait", "an event"),
    ("threading.Barrier.wait", "a barrier"),
    ("threading.Semaphore.acquire", "a semaphore"),
    ("threading.Condition.wait", "a condition"),
)
_LOCK: Final = "a lock"
_ACQUIRE: Final = ("lock.acquire", "RLock.acquire")


@dataclass(frozen=True, slots=True)
class Wait:
    """A place that waits: for what, its function and line, and for how long in the unit of the capture."""

    what: str
    function: str
    file: str
    line: int
    weight: int

    @property
    def contended(self) -> bool:
        """Say whether somebody else held what was waited for; others wait for work to be done, which may be meant."""
        return self.what in (_LOCK, "a semaphore")


def waits(capture: Capture, at: int) -> list[Wait]:
    """Return where the threads of the capture wait for others, the longest first."""
    found: dict[tuple[str, str, str, int], int] = {}
    for stack, value in by_stack(capture, at).items():
        frames = [(capture.function_of(frame), capture.frames[frame].line) for frame in capture.stacks[stack]]
        if not frames or not _acquires(frames[-1][0]):
            continue
        what, caller, line = _asked(frames)
        key = (what, caller.name, caller.file, line)
        found[key] = found.get(key, 0) + value
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return [Wait(*key, weight) for key, weight in ordered]


def _acquires(leaf: Function) -> bool:
    return leaf.kind == "native" and leaf.name.endswith(_ACQUIRE)


def _asked(frames: Sequence[tuple[Function, int]]) -> tuple[str, Function, int]:
    """Return what is waited for, and the innermost function outside of the standard library that does."""
    inner = [one for one, _ in frames]
    caller, line = frames[0]
    for function, at in reversed(frames[:-1]):
        if origin(function) != "stdlib":
            caller, line = function, at
            break
    for name, what in _WAITS:
        if any(one.name == name for one in inner):
            return what, caller, line
    return _LOCK, caller, line

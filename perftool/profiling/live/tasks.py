"""Where every thread and every asyncio task stands at this moment."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from perftool.profiling.capture import Builder, Capture, Function, ValueType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from types import FrameType

#: What Go calls them: tools know the name.
STANDING: Final = ValueType("goroutine", "count")


class Standing(NamedTuple):
    """One thread or task: what it is, its name, and its frames, (function, file, first line, line), outermost first."""

    kind: str
    name: str
    frames: tuple[tuple[str, str, int, int], ...]


def standing(loops: Iterable[Any] = ()) -> list[Standing]:
    """Return all threads but the calling one, and all tasks of asyncio's loops, those in ``loops`` for certain."""
    me = threading.get_ident()
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    frames = sys._current_frames()  # noqa: SLF001 - the only way to other threads
    found = [
        Standing("thread", names.get(ident, f"thread {ident}"), tuple(_described(_chain(frame))))
        for ident, frame in frames.items()
        if ident != me
    ]
    known = {*loops, *(loop for frame in frames.values() if (loop := _loop(frame)) is not None)}
    tasks = {task for loop in known for task in _tasks(loop)}
    return [
        *sorted(found, key=lambda one: one.name),
        *sorted(Standing("task", _title(task), tuple(_described(_awaiting(task)))) for task in tasks),
    ]


def capture(found: Sequence[Standing]) -> Capture:
    """Return it as a capture: one for each, labelled ``thread`` or ``task``."""
    builder = Builder((STANDING,))
    for one in found:
        stack = [builder.frame(Function(name, file, first), line) for name, file, first, line in one.frames]
        builder.add(stack, (1,), {one.kind: one.name})
    return replace(builder.build(), started_ns=time.time_ns(), engine="stacks")


def text(found: Sequence[Standing]) -> str:
    """Return it for people, the innermost frame first as in Go's text."""
    lines = []
    for one in found:
        lines.append(f"{one.kind} {one.name}:")
        lines += [f"\t{name}\n\t\t{file}:{line}" for name, file, _, line in reversed(one.frames)]
        lines.append("")
    return "\n".join(lines) + "\n"


def _loop(frame: FrameType | None) -> Any:
    """Return the event loop that a thread runs, None when it runs none.

    Loops that are written in C have no frame of their own: whoever started them in Python knows them.
    """
    while frame is not None:
        if frame.f_code.co_name in _STARTERS:
            held = frame.f_locals
            owner = held.get("self")
            inner = owner._loop if isinstance(owner, asyncio.Runner) else None  # type: ignore[attr-defined]  # noqa: SLF001
            for one in (owner, held.get("loop"), inner):
                if isinstance(one, asyncio.AbstractEventLoop):
                    return one
        frame = frame.f_back
    return None


#: Of asyncio's loops, asyncio.Runner, and servers that start a loop themselves.
_STARTERS: Final = ("run_forever", "run_until_complete", "run", "asyncio_run")


def _tasks(loop: Any) -> Iterable[Any]:
    try:
        return asyncio.all_tasks(loop)
    except RuntimeError:
        # Tasks came and went while they were counted; asyncio itself has tried a thousand times.
        return ()


def _title(task: Any) -> str:
    name = task.get_name()
    coroutine = getattr(task.get_coro(), "__qualname__", "")
    return f"{name} ({coroutine})" if coroutine else str(name)


def _awaiting(task: Any) -> Iterator[tuple[FrameType, int]]:
    """Yield the frames that a suspended task waits in, the outermost first."""
    held = task.get_coro()
    seen = 0
    while held is not None and seen < _MOST_FRAMES:
        frame = getattr(held, "cr_frame", None) or getattr(held, "gi_frame", None) or getattr(held, "ag_frame", None)
        if frame is None:
            return
        yield frame, frame.f_lineno
        held = getattr(held, "cr_await", None) or getattr(held, "gi_yieldfrom", None) or getattr(held, "ag_await", None)
        seen += 1


_MOST_FRAMES: Final = 500


def _chain(frame: FrameType | None) -> list[tuple[FrameType, int]]:
    chain = []
    while frame is not None:
        chain.append((frame, frame.f_lineno))
        frame = frame.f_back
    return chain[::-1]


def _described(frames: Iterable[tuple[FrameType, int]]) -> Iterator[tuple[str, str, int, int]]:
    for frame, line in frames:
        code = frame.f_code
        module = frame.f_globals.get("__name__")
        name = f"{module}.{code.co_qualname}" if isinstance(module, str) else code.co_qualname
        yield name, code.co_filename, code.co_firstlineno, line or 0

"""Cut the stream of items into chunks as large as is useful, and pull no more than there is room for."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from perftool.workers.api import PAUSE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from perftool.workers.api import Item

# What a chunk aims at: long enough that sending it costs next to nothing beside it (0.2 ms), short enough that the
# last ones end at nearly the same time: the more has been worked, the less matters when those end.
AIM_S: Final = 0.015
MOST_S: Final = 0.06
SHARE: Final = 0.005
FIRST_BYTES: Final = 8 * 1024
LEAST_BYTES: Final = 512
MOST_BYTES: Final = 1 << 20
MOST_ITEMS: Final = 1024
WINDOW_BYTES: Final = 8 << 20
WINDOW_ITEMS: Final = 16 * MOST_ITEMS

_SMOOTHING: Final = 0.3
_LEAST_SCALE: Final = 1 / 64
_ROOM_AGAIN: Final = 0.75


class Task:
    """An item on its way: its place in the input, when it was pulled, and how often its worker died of it.

    ``deaths`` counts workers that ended while it ran, ``strikes`` those that were ended for their memory.
    """

    __slots__ = ("deaths", "index", "item", "pulled", "strikes")

    def __init__(self, index: int, item: Item) -> None:
        self.index = index
        self.item = item
        self.pulled = time.monotonic_ns()
        self.deaths = 0
        self.strikes = 0

    @property
    def size(self) -> int:
        """Return the bytes of its payload."""
        return len(self.item.payload)


@dataclass(slots=True)
class Chunk:
    """Tasks sent together; with ``alone`` nothing may be queued behind them in their worker."""

    tasks: list[Task]
    alone: bool = False

    @property
    def size(self) -> int:
        """Return the bytes of all payloads."""
        return sum(task.size for task in self.tasks)


class Sizer:
    """Learns how many bytes take AIM_S, or SHARE of the time worked so far, up to MOST_S.

    ``shrink`` makes chunks smaller still where memory is short.
    """

    def __init__(self) -> None:
        self._rate: float | None = None
        self._worked_s = 0.0
        self._scale = 1.0

    def learn(self, size: int, seconds: float) -> None:
        """Hear that ``size`` bytes took ``seconds`` in a worker."""
        self._worked_s += seconds
        rate = max(size, 1) / max(seconds, 1e-6)
        self._rate = rate if self._rate is None else self._rate + _SMOOTHING * (rate - self._rate)

    @property
    def target(self) -> int:
        """Return the bytes to aim at."""
        aim = min(max(AIM_S, SHARE * self._worked_s), MOST_S)
        wanted = FIRST_BYTES if self._rate is None else self._rate * aim
        return int(min(max(wanted * self._scale, LEAST_BYTES), MOST_BYTES))

    def shrink(self) -> None:
        """Halve the chunks, down to a limit."""
        self._scale = max(self._scale / 2, _LEAST_SCALE)

    def grow(self) -> None:
        """Take back some of the shrinking."""
        self._scale = min(self._scale * 1.25, 1.0)


class Window:
    """Bounds what is pulled and not yet handed out, in items and in bytes of payloads and results.

    Once full it stays closed until a quarter is free: room for one item at a time would make chunks of one item.
    """

    def __init__(self, items: int = WINDOW_ITEMS, size: int = WINDOW_BYTES) -> None:
        self._most_items = max(items, 1)
        self._most_bytes = max(size, 1)
        self._scale = 1.0
        self._closed = False
        self.items = 0
        self.bytes = 0

    @property
    def open(self) -> bool:
        """Tell whether another item may be pulled."""
        most_items, most_bytes = self._most_items * self._scale, self._most_bytes * self._scale
        if self.items >= most_items or self.bytes >= most_bytes:
            self._closed = self.items > 0
        elif self._closed:
            self._closed = self.items > most_items * _ROOM_AGAIN or self.bytes > most_bytes * _ROOM_AGAIN
        return not self._closed

    def share(self, parts: int) -> tuple[int, int]:
        """Return the items and bytes of each of so many equal parts, at least one."""
        return max(1, self._most_items // parts), max(1, self._most_bytes // parts)

    def enter(self, size: int) -> None:
        """Count an item of ``size`` bytes in."""
        self.items += 1
        self.bytes += size

    def resize(self, before: int, after: int) -> None:
        """Count that a payload of ``before`` bytes has become a result of ``after``."""
        self.bytes += after - before

    def leave(self, size: int) -> None:
        """Count a result of ``size`` bytes out."""
        self.items -= 1
        self.bytes -= size

    def shrink(self) -> None:
        """Halve the window, down to a limit."""
        self._scale = max(self._scale / 2, _LEAST_SCALE)

    def grow(self) -> None:
        """Take back some of the shrinking."""
        self._scale = min(self._scale * 1.25, 1.0)


class Intake:
    """Pulls items and cuts them into chunks; what came back from a lost worker goes first.

    A chunk is at most one of ``parts`` of the window, so that one worker does not get all that there is room for.
    """

    def __init__(self, items: Iterable[Item], sizer: Sizer, window: Window, parts: int = 1) -> None:
        self._items: Iterator[Item] = iter(items)
        self._sizer = sizer
        self._window = window
        most_items, self._most_bytes = window.share(parts)
        self._most_items = min(most_items, MOST_ITEMS)
        self._again: list[Chunk] = []
        self._held: Task | None = None
        self._ended = False
        self.pulled = 0

    @property
    def exhausted(self) -> bool:
        """Tell whether nothing is left to give."""
        return self._ended and self._held is None and not self._again

    def next(self) -> Chunk | None:
        """Return the next chunk, or None when there is nothing or no room for it."""
        if self._again:
            return self._again.pop()
        target = min(self._sizer.target, self._most_bytes)
        tasks: list[Task] = []
        size = 0
        while size < target and len(tasks) < self._most_items:
            task = self._next_task()
            if task is None:
                break
            if tasks and size + task.size > 2 * target:
                self._held = task  # a large one travels by itself
                break
            tasks.append(task)
            size += task.size
        return Chunk(tasks) if tasks else None

    def put_back(self, chunks: list[Chunk]) -> None:
        """Give ``chunks`` again, before anything else and in their order."""
        self._again.extend(chunk for chunk in reversed(chunks) if chunk.tasks)

    def stop(self) -> list[Task]:
        """Pull nothing more; return what was pulled and is still here."""
        held = [] if self._held is None else [self._held]
        left = [task for chunk in reversed(self._again) for task in chunk.tasks] + held
        self._ended, self._held = True, None
        self._again.clear()
        return left

    def _next_task(self) -> Task | None:
        task, self._held = self._held, None
        if task is not None or self._ended or not self._window.open:
            return task
        item = next(self._items, None)
        if item is None:
            self._ended = True
            return None
        if item is PAUSE:
            return None
        task = Task(self.pulled, item)
        self.pulled += 1
        self._window.enter(task.size)
        return task

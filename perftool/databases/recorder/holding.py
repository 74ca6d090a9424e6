"""Connections that are out: who took them, and which never came back."""

from __future__ import annotations

from time import perf_counter_ns

TYPE_CHECKING = False  # typing would cost the target 10 ms
if TYPE_CHECKING:
    from typing import Any

_MOST = 10_000


class Holding:
    """Connections taken from a pool, or opened by the program itself, by what identifies them.

    A stack is (file, line, function) of the program's frames, the innermost first.
    """

    def __init__(self) -> None:
        self._out: dict[int, tuple[Any, int, str]] = {}
        self._dropped: dict[tuple[Any, str], list[int]] = {}

    def take(self, connection: int, stack: Any, kind: str) -> None:
        """Note that a connection was taken; ``kind`` is "pool" or "own"."""
        if len(self._out) < _MOST:
            self._out[connection] = (stack, perf_counter_ns(), kind)

    def give(self, connection: int) -> None:
        """Note that it came back, or was closed."""
        self._out.pop(connection, None)

    def drop(self, connection: int) -> None:
        """Note that the garbage collector took it: nobody gave it back."""
        taken = self._out.pop(connection, None)
        if taken is None or len(self._dropped) >= _MOST:
            return
        stack, began, kind = taken
        held = self._dropped.setdefault((stack, kind), [0, 0])
        held[0] += 1
        held[1] = max(held[1], perf_counter_ns() - began)

    def said(self) -> list[tuple[Any, ...]]:
        """Return (stack, kind, dropped, still out, longest time out) of those that did not come back."""
        found = {key: [count, 0, ns] for key, (count, ns) in self._dropped.items()}
        now = perf_counter_ns()
        for stack, began, kind in list(self._out.values()):
            one = found.setdefault((stack, kind), [0, 0, 0])
            one[1] += 1
            one[2] = max(one[2], now - began)
        return [(stack, kind, *values) for (stack, kind), values in found.items()]

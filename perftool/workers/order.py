"""Hand outcomes on as they come, or in the order of the input."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perftool.workers.api import Outcome


class Order:
    """Outcomes by their place in the input; with ``ordered`` each waits for all before it."""

    def __init__(self, *, ordered: bool) -> None:
        self._ordered = ordered
        self._next = 0
        self._early: dict[int, Outcome] = {}
        self._ready: deque[Outcome] = deque()

    def put(self, index: int, outcome: Outcome) -> None:
        """Take the outcome of the ``index``-th item."""
        if not self._ordered:
            self._ready.append(outcome)
        elif index != self._next:
            self._early[index] = outcome
        else:
            self._ready.append(outcome)
            self._next += 1
            while self._early:
                following = self._early.pop(self._next, None)
                if following is None:
                    break
                self._ready.append(following)
                self._next += 1

    def take(self) -> Outcome | None:
        """Return the next outcome, None when none can be handed on."""
        return self._ready.popleft() if self._ready else None

    @property
    def ready(self) -> bool:
        """Tell whether an outcome can be handed on."""
        return bool(self._ready)

    @property
    def waiting(self) -> int:
        """Return how many outcomes are here."""
        return len(self._ready) + len(self._early)

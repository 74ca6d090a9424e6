"""What was seen so far: how often and with how much CPU time, for every stack and set of labels."""

from __future__ import annotations

from . import labels

TYPE_CHECKING = False  # typing would cost the target 10 ms
if TYPE_CHECKING:
    from typing import Any

#: Different sets of labels, beyond which new ones are left out: numbered threads may be without end.
MOST_LABELS = 10_000


class Weights:
    """Adds up samples. ``held`` maps (stack, labels) to [samples, CPU time]; ``labels`` are the sets by number."""

    def __init__(self) -> None:
        self.held: dict[tuple[int, int], list[int]] = {}
        self.labels: list[labels.Said] = [()]
        self._label_of: dict[Any, int] = {}

    def add(self, node: int, key: Any, spent: int, count: int = 1) -> None:
        """Add CPU time to a stack, under the labels that ``key`` stands for."""
        label = self._label_of.get(key)
        if label is None:
            label = self._label(key)
        held = self.held.get((node, label))
        if held is None:
            self.held[node, label] = [count, spent]
        else:
            held[0] += count
            held[1] += spent

    def take(self) -> dict[tuple[int, int], list[int]]:
        """Return what was added since the last call."""
        held, self.held = self.held, {}
        return held

    def _label(self, key: Any) -> int:
        if len(self.labels) >= MOST_LABELS:
            key = labels.NONE
        label = self._label_of.get(key)
        if label is None:
            label = self._label_of[key] = len(self.labels)
            self.labels.append(labels.of(key))
        return label

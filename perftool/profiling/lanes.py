"""Lanes of a capture: what one thread of one process did, as formats show it that know threads but no labels."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perftool.profiling.capture import Capture


@dataclass(slots=True)
class Lane:
    """One thread; ``pid`` and ``thread`` are "" where the capture does not tell them apart.

    ``stacks`` are stacks of functions with their weights: what differs only in lines or other labels is added up,
    and what came to 0 is left out.
    """

    pid: str
    thread: str
    stacks: dict[tuple[int, ...], int] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What to call it: the thread, and the process where there is one."""
        parts = [f"process {self.pid}" if self.pid else "", f"thread {self.thread}" if self.thread else ""]
        return ", ".join(part for part in parts if part)

    def total(self) -> int:
        """Return the weight of all its stacks."""
        return sum(self.stacks.values())


def lanes(capture: Capture, index: int) -> list[Lane]:
    """Return the lanes of value type ``index``, the heaviest first."""
    functions = [tuple(capture.frames[at].function for at in stack) for stack in capture.stacks]
    held: dict[tuple[str, str], Lane] = {}
    for sample in capture.samples:
        labels = dict(capture.labels[sample.labels])
        key = (labels.get("pid", ""), labels.get("thread", ""))
        lane = held.get(key)
        if lane is None:
            lane = held[key] = Lane(*key)
        stack = functions[sample.stack]
        lane.stacks[stack] = lane.stacks.get(stack, 0) + sample.values[index]
    for lane in held.values():
        lane.stacks = {stack: weight for stack, weight in lane.stacks.items() if weight}
    found = [lane for lane in held.values() if lane.stacks]
    return sorted(found, key=lambda lane: (-lane.total(), lane.pid, lane.thread))

"""Time a fixed kernel: the same work on every machine and Python, in a child of its own like any sample.

The work must never change, or reports from before and after could not be compared through it.
"""

from __future__ import annotations

import gc
import time
from typing import Any

STEPS = 20_000
# Beyond the second-level cache of any core, and as large as the last level of many, which other tenants share.
MEMORY_BYTES = 1 << 25
WALK = 20_000
# Ten cache lines, so that no two of the pieces touch the same line.
STRIDE = 640
SWEEPS = 16
WARM_UP_SHARE = 10


class Cell:
    """Something with attributes and a method."""

    __slots__ = ("left", "value")

    def __init__(self, left: int) -> None:
        self.left = left
        self.value = 0

    def take(self, amount: int) -> int:
        """Keep ``amount`` and return what is left."""
        self.value = amount
        self.left -= 1
        return self.left


def compute(steps: int) -> int:
    """Do ``steps`` steps of what interpreted code is made of: calls, small integers, dictionaries, lists, strings.

    Nothing depends on the hash seed: every key is an integer.
    """
    table: dict[int, int] = {}
    recent: list[int] = []
    cell = Cell(steps)
    total = 0
    for step in range(steps):
        key = step * 7919 % 1009
        total = (total + key + cell.take(key)) & 0xFFFFFF
        table[key] = table.get(key, 0) + 1
        recent.append(total)
        if not step & 7:
            text = str(total)
            total += len(text) + text.count("1") + len(text.replace("1", "one").split("n"))
            if len(recent) > 64:
                recent.sort()
                del recent[32:]
    return total + len(table)


def walk(memory: bytearray, steps: int) -> int:
    """Read ``steps`` bytes of ``memory`` (all 1, its length a power of two), each where the one before says.

    The place is the next of a generator with full period, so that no prefetcher knows it, and the processor cannot
    begin a read before the last one has ended.
    source: Knuth, The Art of Computer Programming, volume 2, section 3.2.1.2, theorem A (full period)
    """
    mask = len(memory) - 1
    place = 0
    for _ in range(steps):
        place = (place * 5 + memory[place]) & mask
    return place


def sweep(memory: bytearray, sweeps: int) -> int:
    """Copy one byte of every tenth cache line, each time other lines."""
    return sum(len(memory[64 * (turn % 10) :: STRIDE]) for turn in range(sweeps))


def reading() -> dict[str, Any]:
    """Return the CPU seconds of the interpreting part ("cpu") and of the part that waits for memory ("memory")."""
    gc.disable()
    memory = bytearray(b"\1") * MEMORY_BYTES
    compute(STEPS // WARM_UP_SHARE)
    before = time.process_time()
    compute(STEPS)
    between = time.process_time()
    walk(memory, WALK)
    sweep(memory, SWEEPS)
    return {"cpu": between - before, "memory": time.process_time() - between}

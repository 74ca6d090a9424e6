"""Time every single operation and every garbage collection, in a child of its own."""

from __future__ import annotations

import gc
import time
from typing import TYPE_CHECKING, Any

from .timing import arrange_gc, warm_up

if TYPE_CHECKING:
    from .operation import Operation

BITS = 8
# Per cent of the operations that are not slower: the nearest-rank percentile of the exact values.
SHARES = {"p50": 50, "p90": 90, "p99": 99, "max": 100}


def bucket(value: int, bits: int = BITS) -> int:
    """Return the log-linear bucket of a whole number of nanoseconds.

    Values below 2**bits have their own bucket; above, each power of two is split into 2**(bits-1) equal buckets, so
    that a bucket is at most 1/2**(bits-1) of its value wide.
    """
    if value < 1 << bits:
        return value
    shift = value.bit_length() - bits
    return (shift << (bits - 1)) + (value >> shift)


class Pauses:
    """Adds up garbage collections while it is registered in ``gc.callbacks``."""

    def __init__(self) -> None:
        self.count, self.total, self.longest = 0, 0, 0
        self._began: int | None = None

    def __call__(self, phase: str, _info: dict[str, int]) -> None:
        """Hear the start or the stop of a collection."""
        if phase == "start":
            self._began = time.perf_counter_ns()
        elif self._began is not None:
            took = time.perf_counter_ns() - self._began
            self._began = None
            self.count += 1
            self.total += took
            self.longest = max(self.longest, took)


def latencies(operation: Operation, loops: int, count: int, bound_s: float, gc_mode: str) -> dict[str, Any]:
    """Time ``count`` operations one by one; values are nanoseconds, given as a sparse histogram."""
    warm_up(operation, loops, bound_s)
    arrange_gc(gc_mode)
    values: list[int] = []
    pauses = Pauses()
    gc.callbacks.append(pauses)
    try:
        operation.each(count, values.append)
    finally:
        gc.callbacks.remove(pauses)
    counts: dict[int, int] = {}
    for value in values:
        index = bucket(value)
        counts[index] = counts.get(index, 0) + 1
    indices = sorted(counts)
    values.sort()
    return {
        **{name: values[max(0, -(-count * share // 100) - 1)] for name, share in SHARES.items()},
        "bits": BITS,
        "indices": indices,
        "counts": [counts[i] for i in indices],
        "count": count,
        "total": sum(values),
        "minimum": values[0],
        "maximum": values[-1],
        "gc": {"count": pauses.count, "total": pauses.total, "longest": pauses.longest},
    }

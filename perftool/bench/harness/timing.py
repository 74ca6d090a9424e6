"""Warm up, calibrate and take one sample, inside the forked child."""

from __future__ import annotations

import gc
import os
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .operation import Operation

STABLE = 0.02
MOST_ROUNDS = 12
SLOW_S = 1.0


def arrange_gc(mode: str) -> None:
    """Leave the garbage collector's settings as they are (``default``), freeze what lives now, or switch it off."""
    if mode == "freeze":
        gc.collect()
        gc.freeze()
    elif mode == "disable":
        gc.disable()


def warm_up(operation: Operation, loops: int, bound_s: float) -> int:
    """Run short rounds until one is not faster than the best before it, or the bound is reached.

    At least one round always runs: a forked child pays for its first touches of shared pages. So does a full
    collection before them: a young process always makes one soon, a long-lived one nearly never, and where it fell
    into a sample by chance the sample took half as long again. Returns the number of rounds.
    """
    gc.collect()
    count = max(1, loops // 5)
    end = time.perf_counter() + bound_s
    best, calm = operation.run(count)[0], 0
    rounds = 1
    while calm < 2 and rounds < MOST_ROUNDS and time.perf_counter() + best <= end:
        wall = operation.run(count)[0]
        rounds += 1
        calm = calm + 1 if wall > best * (1 - STABLE) else 0
        best = min(best, wall)
    return rounds


def calibrate(operation: Operation, min_time_s: float) -> dict[str, Any]:
    """Find the number of operations that takes at least ``min_time_s``; also the seconds of one operation."""
    gc.collect()
    began = time.perf_counter()
    operation.try_out()
    wall = time.perf_counter() - began
    if wall >= max(min_time_s, SLOW_S):
        return {"loops": 1, "op_s": wall}  # once is enough to know
    loops = 1
    while True:
        wall = operation.run(loops)[0]
        if wall >= min_time_s / 2:
            break
        factor = min_time_s / wall if wall > 0 else 100.0
        loops = max(loops + 1, int(loops * min(factor, 10.0)))
    per_op = min(wall, operation.run(loops)[0]) / loops
    return {"loops": max(1, round(min_time_s / per_op)) if per_op > 0 else loops, "op_s": per_op}


def sample(operation: Operation, loops: int, bound_s: float, gc_mode: str) -> dict[str, Any]:
    """Warm up and time ``loops`` operations: wall and CPU seconds per operation, peak memory in bytes."""
    warm_up(operation, loops, bound_s)
    arrange_gc(gc_mode)
    before = children_cpu()
    wall, cpu = operation.run(loops)
    cpu += children_cpu() - before
    return {"wall": wall / loops, "cpu": cpu / loops, "peak": peak_bytes()}


def peak_bytes() -> int | None:
    """Return this process's peak resident memory, None where the system has no getrusage.

    A forked child starts from what it inherited, not from its parent's peak.
    """
    if os.name != "posix":
        return None
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def children_cpu() -> float:
    """Return the CPU seconds of the children that this process has waited for."""
    times = os.times()
    if not (times.children_user or times.children_system):
        return 0.0
    import resource

    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime

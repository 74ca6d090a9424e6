"""What does the sampler cost? The same work with and without it, in turn, inside one process.

    python docs/evidence/profiling/pairs.py [--pairs N] [--seconds S] [--workload NAME]…

does a piece of work of about S seconds (default 0.15) 2N times (default N 300): each pair once without and once with
the sampler, which comes first is drawn. Printed is the ratio of the CPU times over the pairs (Hodges-Lehmann, with its
95 % interval) and the share of the CPU time that the sampler says it used itself. Neighbours on the machine disturb
both of a pair that takes a third of a second; whole processes (overhead.py) they do not. Garbage is collected before
each piece, so that none is charged for another's.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from perftool.profiling.runtime.sampler import Sampler
from perftool.stats.shift import ratio_change

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent / "programs"
#: Program, packages whose Python source is loaded, rounds to begin with.
WORKLOADS = {
    "parse-pure": ("parse", ("sqlglot",), 4),
    "parse-compiled": ("parse", (), 20),
    "service": ("service", (), 400),
    "loop": ("loop", (), 200_000),
}


def main() -> None:
    """Measure every workload in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=0.15)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--workload", action="append", choices=sorted(WORKLOADS))
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    chosen = given.workload or list(WORKLOADS)
    if given.here:
        sys.stdout.write(study(chosen[0], given.pairs, given.seconds, given.seed) + "\n")
        return
    shared = ["--pairs", str(given.pairs), "--seconds", str(given.seconds), "--seed", str(given.seed), "--here"]
    for name in chosen:
        subprocess.run([sys.executable, __file__, "--workload", name, *shared], check=True)


def study(name: str, pairs: int, seconds: float, seed: int) -> str:
    """Return a line that says what the sampler costs one workload."""
    work, rounds = loaded(name)
    rounds = max(1, round(rounds * seconds / piece(work, rounds)[0]))
    chance = random.Random(seed)
    without, taken = [], []
    cost = spent = 0.0
    for _ in range(pairs):
        order = [False, True]
        chance.shuffle(order)
        for sampled in order:
            took, used = piece(work, rounds, sampled=sampled)
            (taken if sampled else without).append(took)
            if sampled:
                cost, spent = cost + used, spent + took
    change = ratio_change(without, taken, 0.95, paired=True)
    low, middle, high = (1 + (value or 0.0) for value in (change.lo, change.estimate, change.hi))
    return f"{name:15} cpu x{middle:.4f} [{low:.4f}, {high:.4f}]   own {cost / spent:.2%}   {pairs} pairs"


def piece(work: Callable[[int], object], rounds: int, *, sampled: bool = False) -> tuple[float, float]:
    """Do the work once; return its CPU seconds, and those that the sampler says it used."""
    gc.collect()
    sampler = Sampler() if sampled else None
    if sampler is not None:
        sampler.start()
    began = time.process_time()
    work(rounds)
    took = time.process_time() - began
    used = int(sampler.stop()["facts"]["sampler.cpu_ns"]) * 1e-9 if sampler is not None else 0.0
    return took, used


def loaded(name: str) -> tuple[Callable[[int], object], int]:
    """Import a program of ``programs`` for its work alone; it measures itself when it is imported."""
    program, pure, rounds = WORKLOADS[name]
    if pure:
        from perftool.profiling.runtime import pure as twins

        twins.prefer(list(pure))
    sys.path.insert(0, str(HERE))
    sys.argv = [program, "1"]
    measured = importlib.import_module("measured")
    measured.measured = lambda _work, _rounds: None
    work: Callable[[int], object] = importlib.import_module(program).work
    return work, rounds


if __name__ == "__main__":
    main()

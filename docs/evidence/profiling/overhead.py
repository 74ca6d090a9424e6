"""What does each profiler cost? Ratios of CPU and wall time with and without, taken in turn.

    python docs/evidence/profiling/overhead.py [--rounds N] [--engine NAME]… [--workload NAME]… [--seconds S]

runs every workload once without a profiler and once with each, in random order, N rounds long (default 12), and prints
per engine and workload the ratio of the two (Hodges-Lehmann over the rounds, with its 95 % interval). A workload does
the same number of rounds in every run, about S seconds' worth (default 2) without a profiler, and measures them itself:
neither the start of the interpreter nor the writing of the profile is part of it. Run it on a quiet machine.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from perftool.profiling.api import Options
from perftool.profiling.launching import environment, plan
from perftool.stats.shift import ratio_change

if TYPE_CHECKING:
    from collections.abc import Sequence

PROGRAMS = Path(__file__).parent / "programs"
#: Program, packages whose Python source is loaded.
WORKLOADS = {
    "parse-pure": ("parse.py", ("sqlglot",)),
    "parse-compiled": ("parse.py", ()),
    "service": ("service.py", ()),
    "loop": ("loop.py", ()),
}
ENGINES = ("sampler", "pyinstrument", "memray", "py-spy")


def run(workload: str, engine: str, rounds: int) -> dict[str, float]:
    """Return CPU and wall seconds of one run."""
    program, pure = WORKLOADS[workload]
    command = [sys.executable, str(PROGRAMS / program), str(rounds)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engines = []
        if engine == "py-spy":
            raw = str(folder / "raw.txt")
            command = [_beside("py-spy"), "record", "--rate", "100", "--format", "raw", "-o", raw, "--", *command]
        elif engine != "none":
            engines = [import_module(f"perftool.profiling.engines.{engine}").ENGINE]
        surroundings = dict(os.environ)
        if engines or pure:
            # Without an engine, the same start-up file loads the Python source.
            surroundings = environment(os.environ, plan(engines, Options(pure=pure), folder))
        done = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=False)
        for line in done.stdout.splitlines():
            if line.startswith("{"):
                return json.loads(line)
    raise SystemExit(f"{workload} under {engine} said nothing:\n{done.stdout}{done.stderr}")


def _beside(name: str) -> str:
    return str(Path(sys.executable).parent / name)


def rounds_for(workload: str, seconds: float) -> int:
    """Return how many rounds of a workload take so many seconds of CPU time without a profiler."""
    rounds = 64
    while True:
        took = run(workload, "none", rounds)["cpu"]
        if took > seconds / 4:
            return max(8, round(rounds * seconds / took))
        rounds *= 4


def study(workload: str, engines: Sequence[str], rounds: int, seconds: float, seed: int) -> list[str]:
    """Return a line for each engine."""
    amount = rounds_for(workload, seconds)
    order = random.Random(seed)
    taken: dict[str, list[dict[str, float]]] = {engine: [] for engine in ("none", *engines)}
    for _ in range(rounds):
        for engine in order.sample(list(taken), len(taken)):
            taken[engine].append(run(workload, engine, amount))
    lines = []
    for engine in engines:
        said = []
        for clock in ("cpu", "wall"):
            change = ratio_change(
                [one[clock] for one in taken["none"]], [one[clock] for one in taken[engine]], paired=True
            )
            known = change.lo is not None and change.hi is not None
            between = f" [{1 + change.lo:.3f}, {1 + change.hi:.3f}]" if known else " (too few rounds for an interval)"
            said.append(f"{clock} x{1 + change.estimate:.3f}{between}")
        lines.append(f"{workload:15} {engine:13} {'   '.join(said)}   {rounds} rounds")
    return lines


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--engine", action="append", choices=ENGINES)
    parser.add_argument("--workload", action="append", choices=tuple(WORKLOADS))
    asked = parser.parse_args()
    for workload in asked.workload or WORKLOADS:
        for line in study(workload, asked.engine or ENGINES, asked.rounds, asked.seconds, asked.seed):
            print(line, flush=True)  # noqa: T201 - a script's output
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Do profiles say the truth? Programs that measure themselves, under the sampler, py-spy and pyinstrument.

    python docs/evidence/profiling/truth.py [--seconds S] [--captures N] [--program NAME]… [--engine NAME]…

takes N captures (default 5) of S seconds of CPU time each (default 10) of every program and prints, for each of its
functions, the share of the CPU time that the program measured itself and the share that the captures say, pooled, with
the least and the largest of them. The program of calls is run without a profiler as well: its true shares are those.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from perftool.profiling.api import Options
from perftool.profiling.launching import environment, plan

PROGRAMS = Path(__file__).parent / "programs"
NAMES = ("shares", "long_calls", "threads", "calls")
ENGINES = ("sampler", "py-spy", "pyinstrument")


def run(name: str, engine: str, seconds: float) -> tuple[dict[str, float], dict[str, float]]:
    """Return the shares of the functions as the program measured them, and as the engine did."""
    command = [sys.executable, str(PROGRAMS / f"{name}.py"), f"{seconds}"]
    with tempfile.TemporaryDirectory() as made:
        folder, surroundings = Path(made), dict(os.environ)
        if engine == "py-spy":
            raw = str(folder / "raw.txt")
            spy = [str(Path(sys.executable).parent / "py-spy"), "record", "--rate", "100", "--format", "raw"]
            command = [*spy, "--output", raw, "--", *command]
        elif engine != "none":
            used = import_module(f"perftool.profiling.engines.{engine}").ENGINE
            surroundings = environment(os.environ, plan([used], Options(), folder))
        done = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=False)
        lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
        if not lines:
            raise SystemExit(f"{name} under {engine} said nothing:\n{done.stdout}{done.stderr}")
        true: dict[str, float] = json.loads(lines[0])
        if engine == "none":
            return true, true
        if engine == "py-spy":
            stacks = _collapsed(Path(raw).read_text())
        else:
            stacks = _captured(used.collect(folder, Options()).capture)
        return true, _shares(stacks, list(true))


def _collapsed(text: str) -> list[tuple[list[str], float]]:
    found = []
    for line in text.splitlines():
        stack, _, count = line.rpartition(" ")
        names = [re.sub(r" \(.*", "", frame) for frame in stack.split(";")]
        found.append((names, float(count)))
    return found


def _captured(capture) -> list[tuple[list[str], float]]:  # type: ignore[no-untyped-def]
    found = []
    for sample in capture.samples:
        names = [capture.function_of(frame).name.rpartition(".")[2] for frame in capture.stacks[sample.stack]]
        found.append((names, float(sample.values[capture.default])))
    return found


def _shares(stacks: list[tuple[list[str], float]], names: list[str]) -> dict[str, float]:
    """Return how much of what is below any of the functions is below each."""
    below = {name: sum(weight for stack, weight in stacks if name in stack) for name in names}
    whole = sum(below.values())
    return {name: weight / whole if whole else 0.0 for name, weight in below.items()}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--captures", type=int, default=5)
    parser.add_argument("--program", action="append", choices=NAMES)
    parser.add_argument("--engine", action="append", choices=ENGINES)
    asked = parser.parse_args()
    print(f"{'program':12} {'function':10} {'engine':13} {'true':>7} {'said':>7} {'off':>6}   least to largest")  # noqa: T201
    for program in asked.program or NAMES:
        for engine in asked.engine or ENGINES:
            taken = [run(program, engine, asked.seconds) for _ in range(asked.captures)]
            plain = [run(program, "none", asked.seconds)[0] for _ in range(2)] if program == "calls" else None
            for name in taken[0][0]:
                true = statistics.mean(one[name] for one in plain or [true for true, _ in taken])
                said = [one[name] for _, one in taken]
                mean = statistics.mean(said)
                print(  # noqa: T201 - a script's output
                    f"{program:12} {name:10} {engine:13} {true:7.1%} {mean:7.1%} {(mean - true) * 100:+6.1f}"
                    f"   {min(said):.1%} to {max(said):.1%}",
                    flush=True,
                )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""What do settings of the garbage collector do to the parsing of SQL? The grid of ``perftool tune gc``, measured.

    python docs/evidence/profiling/gc.py [--rounds N] [--seconds S] [--pure]      (--short to try it)

has ``perftool tune gc`` run a program that parses statements with sqlglot, about S seconds (default 3) in each of N
rounds (default 20) with each setting, in random order, and prints its report as a table: CPU time beside that of the
settings Python starts with and its interval, p adjusted for the number of settings, the share of the collector in the
time, its longest pause, and the most memory. ``--pure`` loads the Python source of sqlglot in place of its compiled
modules. Then the settings that won are applied as a program does it (``perftool.profiling.collector``), where there
are any. Run it on a quiet machine.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from perftool.profiling.api import Options
from perftool.profiling.launching import environment, plan

PROGRAM = Path(__file__).parent / "programs" / "parse.py"
APPLIED = """
import gc
from perftool.profiling import collector
import sqlglot
with collector.applied("gc-parse"), collector.record() as seen:
    trees = [sqlglot.parse_one(f"SELECT a, b FROM t WHERE a = {i}") for i in range(3000)]
    print(gc.get_threshold(), f"{gc.get_freeze_count():,} objects frozen, {seen.total().collections} collections")
"""


def measured(words: list[str], surroundings: dict[str, str]) -> float:
    """Return the CPU seconds that the program says it took."""
    command = [sys.executable, str(PROGRAM), *words]
    done = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=True)
    return float(json.loads(done.stdout)["cpu"])


def amount(seconds: float, surroundings: dict[str, str]) -> int:
    """Return how many rounds of the program take so long."""
    rounds = 50
    while (took := measured([str(rounds)], surroundings)) < seconds / 4:
        rounds *= 3
    return max(20, round(rounds * seconds / took))


def tuned(project: Path, rounds: int, times: int, surroundings: dict[str, str]) -> dict[str, Any]:
    """Return the report of ``perftool tune gc``."""
    (project / "perftool.toml").write_text("")
    words = ["tune", "gc", "--rounds", str(rounds), "--format", "json", "--quiet", "--", str(PROGRAM), str(times)]
    done = subprocess.run(
        [sys.executable, "-m", "perftool", *words],
        cwd=project,
        env=surroundings,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def table(report: dict[str, Any]) -> list[str]:
    """Return the lines of the table."""
    cpu = {one["case"]: one for one in report["measurements"] if one["unit"] == "cpu-sec/op"}
    lines = [
        "| setting | CPU time | 95 % interval | p | collector | longest pause | peak memory |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in report["payload"]["candidates"]:
        facts, values = one["facts"], sorted(cpu[one["name"]]["values"])
        share = facts["gc-sec/op"] / values[len(values) // 2]
        between = f"{one['lo']:.3f} to {one['hi']:.3f}" if one.get("lo") else ""
        chance = f"{one['p']:.4f}" if one.get("p") is not None else ""
        pause, peak = facts["gc-max-sec"] * 1e3, facts["peak-RSS-B"] / (1 << 20)
        cells = (
            one["name"],
            f"{one['ratio']:.3f}",
            between,
            chance,
            f"{share:.1%}",
            f"{pause:.1f} ms",
            f"{peak:.0f} MiB",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return [*lines, "", report["verdict"]["headline"], f"why: {report['payload']['why']}"]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--pure", action="store_true")
    parser.add_argument("--short", action="store_true", help="6 rounds of 1 s, to see that it works")
    asked = parser.parse_args()
    rounds, seconds = (6, 1.0) if asked.short else (asked.rounds, asked.seconds)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "project").mkdir()
        surroundings = dict(os.environ)
        if asked.pure:
            surroundings = environment(os.environ, plan([], Options(pure=("sqlglot",)), folder))
        times = amount(seconds, surroundings)
        report = tuned(folder / "project", rounds, times, surroundings)
        print(f"{times} rounds of {PROGRAM.name}, {'pure' if asked.pure else 'as installed'}, {rounds} rounds")  # noqa: T201 - a script's output
        print("\n".join(table(report)), flush=True)  # noqa: T201 - a script's output
        if report["payload"].get("written"):
            subprocess.run([sys.executable, "-c", APPLIED], cwd=folder / "project", env=surroundings, check=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

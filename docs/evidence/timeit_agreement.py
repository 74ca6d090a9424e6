"""Does perftool's loop cost what timeit's costs? Minima for an empty function, alternated in one run.

    python docs/evidence/timeit_agreement.py [ROUNDS]

prints both minima and fails when they differ by more than 5 ns.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from perftool.bench import requests
from perftool.bench.api import Case
from perftool.bench.server import factory
from perftool.bench.settings import RunSettings

LIMIT_S = 5e-9
LOOPS = 1_000_000
UNITS = {"nsec": 1e-9, "usec": 1e-6, "msec": 1e-3, "sec": 1.0}


def timeit_minimum() -> float:
    """Return the best of five that ``python -m timeit`` prints, in seconds."""
    command = [sys.executable, "-m", "timeit", "-n", str(LOOPS), "-r", "5", "-s", "def f(): pass", "f()"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"best of \d+: ([\d.]+) (\w+) per loop", said)
    if found is None:
        raise SystemExit(f"timeit said something else: {said}")
    return float(found[1]) * UNITS[found[2]]


def perftool_minimum(case: Case) -> float:
    """Return the best of five forked samples of as many operations, in seconds."""
    server = factory(sys.executable, dict(os.environ), fork=True)(1)
    try:
        replies = [server.ask(requests.timed(case, LOOPS, RunSettings()), 60.0) for _ in range(5)]
    finally:
        server.close()
    return min(float(reply["wall"]) for reply in replies)


def main() -> int:
    """Alternate both and compare."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bench_empty.py"
        file.write_text("def f(): pass\n", encoding="utf-8")
        case = Case(suite="truth", case="empty", factory="f", file=str(file), direct=True)
        pairs = [(timeit_minimum(), perftool_minimum(case)) for _ in range(rounds)]
    theirs, ours = (min(values) for values in zip(*pairs, strict=True))
    for number, (one, other) in enumerate(pairs, 1):
        sys.stdout.write(f"round {number:2}: timeit {one * 1e9:6.2f} ns   perftool {other * 1e9:6.2f} ns\n")
    difference = (ours - theirs) * 1e9
    sys.stdout.write(f"minima: timeit {theirs * 1e9:.2f} ns, perftool {ours * 1e9:.2f} ns, {difference:+.2f} ns\n")
    return 0 if abs(ours - theirs) <= LIMIT_S else 1


if __name__ == "__main__":
    sys.exit(main())

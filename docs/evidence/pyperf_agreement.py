"""Do perftool and pyperf agree? Medians of known workloads, interleaved, garbage collection on in both.

    python docs/evidence/pyperf_agreement.py [ROUNDS]

prints the medians of both over all rounds and fails when fewer than three workloads agree within 3 %.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from perftool.bench import requests
from perftool.bench.api import Case
from perftool.bench.server import factory
from perftool.bench.settings import RunSettings

LIMIT = 0.03
LEAST = 3
SETTINGS = RunSettings(min_time_s=0.1)
WORKLOADS = """
import json

NUMBERS = [(i * 7919) % 10007 for i in range(2000)]
TREE = {"rows": [{"id": i, "name": f"row {i}", "tags": ["a", "b", str(i)]} for i in range(50)]}


def sort_numbers():
    return sorted(NUMBERS)


def dump_tree():
    return json.dumps(TREE)


def sum_squares():
    return sum(i * i for i in range(1000))


BODIES = [
    [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], 39.47],
    [[4.84, -1.16, -0.10], [0.606, 2.81, -0.02], 0.037],
    [[8.34, 4.12, -0.4], [-1.01, 1.82, 0.008], 0.011],
]


def n_body(dt=0.001):
    bodies = [[list(r), list(v), m] for r, v, m in BODIES]
    for _ in range(20):
        for i, (r1, v1, m1) in enumerate(bodies):
            for r2, v2, m2 in bodies[i + 1 :]:
                dx, dy, dz = r1[0] - r2[0], r1[1] - r2[1], r1[2] - r2[2]
                mag = dt / ((dx * dx + dy * dy + dz * dz) ** 1.5)
                for k, d in enumerate((dx, dy, dz)):
                    v1[k] -= d * m2 * mag
                    v2[k] += d * m1 * mag
        for r, v, _m in bodies:
            for k in range(3):
                r[k] += dt * v[k]
    return bodies


def fibonacci(n=15):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)
"""
NAMES = ("sort_numbers", "dump_tree", "sum_squares", "n_body", "fibonacci")


def pyperf_values(folder: Path, name: str, loops: int) -> list[float]:
    """Return seconds per operation of one pyperf process: three values after one warm-up."""
    output = folder / f"{name}.json"
    output.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pyperf", "timeit", "--quiet", "--processes", "1", "--values", "3"]
    command += ["--loops", str(loops), "--inherit-environ", "PYTHONPATH", "-o", str(output)]
    command += ["-s", f"from workloads import {name} as f", "f()"]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    subprocess.run(command, check=True, capture_output=True, env=environment)
    runs = json.loads(output.read_text(encoding="utf-8"))["benchmarks"][0]["runs"]
    return [value for run in runs for value in run.get("values", ())]


def perftool_values(case: Case, loops: int, seed: int) -> list[float]:
    """Return seconds per operation of one block: three forked samples."""
    server = factory(sys.executable, dict(os.environ), fork=True)(seed)
    try:
        server.ask(requests.load([case]), 60.0)
        replies = [server.ask(requests.timed(case, loops, SETTINGS), 60.0) for _ in range(3)]
    finally:
        server.close()
    return [float(reply["wall"]) for reply in replies]


def calibrated(case: Case) -> int:
    """Return the operations that fill a sample."""
    server = factory(sys.executable, dict(os.environ), fork=True)(1)
    try:
        return int(server.ask(requests.calibrate(case, SETTINGS), 60.0)["loops"])
    finally:
        server.close()


def main() -> int:
    """Alternate processes of both and compare the medians of all values."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 12
    theirs: dict[str, list[float]] = {name: [] for name in NAMES}
    ours: dict[str, list[float]] = {name: [] for name in NAMES}
    with tempfile.TemporaryDirectory() as name_of_folder:
        folder = Path(name_of_folder)
        file = folder / "workloads.py"
        file.write_text(WORKLOADS, encoding="utf-8")
        cases = {n: Case(suite="truth", case=n, factory=n, file=str(file), direct=True) for n in NAMES}
        loops = {name: calibrated(case) for name, case in cases.items()}
        for turn in range(1, rounds + 1):
            for name in NAMES:
                ours[name] += perftool_values(cases[name], loops[name], turn)
                theirs[name] += pyperf_values(folder, name, loops[name])
    agreeing = 0
    for name in NAMES:
        one, other = statistics.median(theirs[name]), statistics.median(ours[name])
        agreeing += abs(other / one - 1) <= LIMIT
        sys.stdout.write(
            f"{name:14} pyperf {one * 1e6:8.2f} µs   perftool {other * 1e6:8.2f} µs   {other / one - 1:+.2%}\n"
        )
    sys.stdout.write(
        f"{rounds} rounds, load {os.getloadavg()[0]:.1f}: both give wall times, so a busy machine disturbs both\n"
    )
    return 0 if agreeing >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())

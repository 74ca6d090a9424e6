"""What does ``perftool bench --vs`` cost? Minutes for a suite of 20 cases from a microsecond to half a second.

    python docs/evidence/vs_cost.py [RUNS]

makes a small git repository of two commits of the same code, compares them RUNS times (default 3) with default
settings, and prints the time of each run, the least and the mean, in minutes.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# Seconds of one operation by number of cases: most benchmarks are short, some are not.
LENGTHS = {1e-6: 4, 1e-5: 4, 1e-4: 4, 1e-3: 3, 1e-2: 3, 0.1: 1, 0.5: 1}
CODE = """def count(steps):
    for _ in range(steps):
        pass
"""


def cases() -> dict[str, float]:
    """Return the length of each case by its name."""
    return {f"case_{index:02}": s for index, s in enumerate(s for s, n in LENGTHS.items() for _ in range(n))}


def benchmarks(step_s: float) -> str:
    """Return the benchmark file; a loop's step takes ``step_s`` here."""
    functions = (
        f"def bench_{name}():\n    count({max(1, round(length / step_s))})\n" for name, length in cases().items()
    )
    return "from loops import count\n\n\n" + "\n\n".join(functions)


def step() -> float:
    """Return the seconds of one step of the loop on this machine."""
    namespace: dict[str, object] = {}
    exec(CODE, namespace)
    count = namespace["count"]
    assert callable(count)
    best = float("inf")
    for _ in range(5):
        began = time.perf_counter()
        count(1_000_000)
        best = min(best, time.perf_counter() - began)
    return best / 1_000_000


def repository(folder: Path) -> None:
    """Make the two commits."""
    git = ["git", "-c", "user.name=cost", "-c", "user.email=cost@example.org"]
    subprocess.run([*git, "init", "--quiet"], cwd=folder, check=True)
    (folder / "loops.py").write_text(CODE, encoding="utf-8")
    (folder / "bench_loops.py").write_text(benchmarks(step()), encoding="utf-8")
    for message in ("one", "two"):
        (folder / "README.md").write_text(message, encoding="utf-8")
        subprocess.run([*git, "add", "--all"], cwd=folder, check=True)
        subprocess.run([*git, "commit", "--quiet", "--message", message], cwd=folder, check=True)


def run(folder: Path) -> float:
    """Return the minutes of one comparison of HEAD~1 with the working tree."""
    began = time.monotonic()
    command = [sys.executable, "-m", "perftool", "bench", "bench_loops.py", "--vs", "HEAD~1", "--quiet"]
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    # Identical code may leave a row undecided; anything else is no measurement.
    if done.returncode not in (0, 3):
        raise SystemExit(f"perftool ended with exit code {done.returncode}:\n{done.stdout}{done.stderr}")
    return (time.monotonic() - began) / 60


def main() -> int:
    """Measure and print."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    minutes = []
    with tempfile.TemporaryDirectory() as name:
        repository(Path(name))
        for number in range(1, runs + 1):
            minutes.append(run(Path(name)))
            print(f"run {number}: {minutes[-1]:.2f} min", flush=True)  # noqa: T201 - a script's output
    told = f"{len(cases())} cases: least {min(minutes):.2f} min, mean {statistics.fmean(minutes):.2f} min"
    print(told)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())

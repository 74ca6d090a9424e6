"""How exact is an instruction count? The parser suite again and again, other hash seeds, planted work.

    python docs/evidence/instructions.py [REPEATS]

prints counts and their spread; needs valgrind and sqlglot. Takes some minutes; the machine need not be quiet.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from perftool.bench.api import Case, SuiteOptions
from perftool.bench.counting import HASH_SEED, count, servers
from perftool.bench.record import Record
from perftool.bench.settings import RunSettings
from perftool.bench.suites.sql_parse import SUITE

PURE = """
import difflib, tomllib
from dataclasses import dataclass

TEXT = "\\n".join(f'[t{i}]\\na = {i}\\nb = "x{i}"\\nc = [1, 2, 3]' for i in range(6))
A, B = "one two three four five six".split() * 4, "one two 3 four five seven".split() * 4

@dataclass
class Point:
    x: int
    y: int
    def add(self, other): return Point(self.x + other.x, self.y + other.y)

def bench_toml(): tomllib.loads(TEXT)
def bench_diff(): difflib.SequenceMatcher(None, A, B).ratio()
def bench_points():
    point = Point(0, 0)
    for i in range(100):
        point = point.add(Point(i, 1))
"""
# Edits that give the measured functions no other work.
EDITS = {
    "as it is": "",
    "two more imports": "import json, http.client",
    "an unused class": "class Unused:\n    def method(self): return 1",
    "a large table": "DATA = {str(i) * 3: i for i in range(5000)}",
}
WORK = """
def work(rounds):
    found = {}
    for i in range(rounds):
        found[i % 7] = str(i)

def bench_1000(): work(1000)
def bench_1005(): work(1005)
def bench_1015(): work(1015)
"""


def counts(cases: list[Case], hash_seed: int = HASH_SEED) -> dict[str, float]:
    """Count each case in one fresh process of ``hash_seed``."""
    records = [Record(case) for case in cases]
    start = servers(sys.executable, dict(os.environ))
    count(records, lambda _: start(hash_seed), RunSettings(), lambda _: None)
    for record in records:
        if record.instructions is None:
            raise SystemExit(f"{record.case.case}: {record.instructions_problem}")
    return {record.case.case: record.instructions["instructions"] for record in records if record.instructions}


def cases_of(folder: str, text: str, *names: str) -> list[Case]:
    """Write a file of benchmarks and return its cases."""
    file = Path(folder) / "bench_target.py"
    file.write_text(text, encoding="utf-8")
    return [Case(suite="e", case=name, factory=f"bench_{name}", file=str(file), direct=True) for name in names]


def table(title: str, runs: list[dict[str, float]]) -> None:
    """Print the counts of each case and how far apart they are."""
    sys.stdout.write(f"{title}\n")
    for name in runs[0]:
        values = [run[name] for run in runs]
        spread = (max(values) - min(values)) / min(values)
        sys.stdout.write(f"  {name:15} {min(values):14,.2f} to {max(values):14,.2f}   {spread:.3%}\n")
    sys.stdout.flush()


def main() -> int:
    """Repeat, vary the hash seed, edit without consequence, plant work."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    suite = list(SUITE.cases(SuiteOptions()))
    began = time.monotonic()
    same = [counts(suite) for _ in range(repeats)]
    took = (time.monotonic() - began) / repeats
    table(f"the same, {repeats} times ({took:.1f} s each for {len(suite)} cases)", same)
    table(f"hash seeds 1 to {repeats}", [counts(suite, seed) for seed in range(1, repeats + 1)])
    table("each alone, and together", [same[0], {case.case: counts([case])[case.case] for case in suite}])
    with tempfile.TemporaryDirectory() as folder:
        edited = [counts(cases_of(folder, f"{edit}\n{PURE}", "toml", "diff", "points")) for edit in EDITS.values()]
        table("edits that change no work: " + ", ".join(EDITS), edited)
        planted = counts(cases_of(folder, WORK, "1000", "1005", "1015"))
    for name, value in planted.items():
        sys.stdout.write(f"  {name} rounds of work: {value / planted['1000'] - 1:+.2%}\n")
    return 0 if all(run == same[0] for run in same) else 1


if __name__ == "__main__":
    sys.exit(main())

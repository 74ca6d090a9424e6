"""How far can the fixed kernel be trusted? The same code under several loads, told raw and in the kernel's time.

    python docs/evidence/load_study.py               # about 8 minutes, on a machine with two cores or more, else idle
    python docs/evidence/load_study.py --only-table  # the table of the runs that are in the folder

Every run is pinned to the first core. The numbers of rounds and blocks are fixed; a run that is in the folder is not
made again, so an interrupted study goes on where it stopped. Prints Markdown and writes load_study.json beside itself.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
ROUNDS = 3
BLOCKS = 6
SAMPLES = 2
TARGETS = ["sql-parse", str(HERE / "loads" / "bench_loads.py")]
SPIN = "while True: pass"
# Streams through twice 64 MB, so that other processes lose cache and bandwidth.
STREAM = "a = bytearray(1 << 26); b = bytes(1 << 26)\nwhile True: a[:] = b"
LOADS: dict[str, list[tuple[int, str]]] = {
    "idle": [],
    "CPU, other core": [(1, SPIN)],
    "CPU, same core": [(0, SPIN)],
    "memory, other core": [(1, STREAM)],
    "memory, same core": [(0, STREAM)],
    "CPU and memory, both cores": [(0, SPIN), (1, STREAM)],
}
Medians = dict[str, dict[int, float]]
Weights = tuple[float, float]
# What a time is divided by: the two parts of the kernel, each to its power.
WAYS: dict[str, Weights] = {
    "raw": (0.0, 0.0),
    "cpu": (1.0, 0.0),
    "3:1": (0.75, 0.25),
    "1:1": (0.5, 0.5),
    "memory": (0.0, 1.0),
}
# Their time is that of the caches, which other processes share: told apart, because no kernel can know how much of the
# caches a case needs.
IN_CACHES = frozenset({"loads/graph", "loads/allocate"})


@contextmanager
def hogs(load: list[tuple[int, str]]) -> Iterator[None]:
    """Keep cores busy, each by one process."""
    with ExitStack() as stack:
        for core, script in load:
            process = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", f"import os; os.sched_setaffinity(0, {{{core}}})\n{script}"],
                    stdout=subprocess.DEVNULL,
                )
            )
            stack.callback(process.kill)
        yield


def measure(path: Path, load: list[tuple[int, str]]) -> None:
    """Measure every case under ``load``, on the first core."""
    command = [sys.executable, "-m", "perftool", "bench", *TARGETS, "--no-latency", "-q"]
    command += ["--count", str(BLOCKS), "--samples", str(SAMPLES), "-o", str(path)]
    with hogs(load):
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, preexec_fn=lambda: os.sched_setaffinity(0, {0}))


def by_block(measurement: dict[str, Any]) -> dict[int, float]:
    """Return the median of every block."""
    found: dict[int, list[float]] = {}
    for block, value in zip(measurement["blocks"], measurement["values"], strict=True):
        found.setdefault(block, []).append(value)
    return {block: statistics.median(values) for block, values in found.items()}


def read(path: Path) -> tuple[Medians, Medians, Medians]:
    """Return block medians of CPU time and of wall time by case, and of the kernel by part."""
    report = json.loads(path.read_text(encoding="utf-8"))
    cpu, wall = (
        {f"{m['suite']}/{m['case']}": by_block(m) for m in report["measurements"] if m["unit"] == unit}
        for unit in ("cpu-sec/op", "sec/op")
    )
    kernel = {m["parameters"]["part"]: by_block(m) for m in report["payload"]["yardstick"]}
    return cpu, wall, kernel


def told(case: dict[int, float], kernel: Medians, way: Weights, *, blockwise: bool) -> float:
    """Return the median of a case as a multiple of the kernel."""
    if blockwise:
        return statistics.median(value / kernel_s(kernel, way, block) for block, value in case.items())
    return statistics.median(case.values()) / math.prod(
        _median(kernel[part]) ** weight for part, weight in zip(("cpu", "memory"), way, strict=True)
    )


def kernel_s(kernel: Medians, way: Weights, block: int) -> float:
    """Return the kernel's time in a block."""
    return math.prod(kernel[part][block] ** weight for part, weight in zip(("cpu", "memory"), way, strict=True))


def scatter(case: dict[int, float], kernel: Medians, way: Weights) -> float:
    """Return the standard deviation of the logarithm between blocks."""
    return statistics.stdev(math.log(value / kernel_s(kernel, way, block)) for block, value in case.items())


def errors(folder: Path) -> list[dict[str, Any]]:
    """Return the error of every way for each load, case and pair of a loaded with an idle run."""
    runs = {load: [read(path) for r in range(ROUNDS) if (path := file(folder, r, load)).exists()] for load in LOADS}
    found = []
    for load, loaded in runs.items():
        pairs = [(i, j) for i in range(len(runs["idle"])) for j in range(len(loaded)) if load != "idle" or i < j]
        for i, j in pairs:
            (idle, idle_wall, idle_kernel), (now, now_wall, now_kernel) = runs["idle"][i], loaded[j]
            for case in sorted(idle):
                row: dict[str, Any] = {"load": load, "case": case, "idle": i, "run": j}
                row["wall"] = _median(now_wall[case]) / _median(idle_wall[case]) - 1
                for name, way in WAYS.items():
                    for blockwise in (True, False):
                        before = told(idle[case], idle_kernel, way, blockwise=blockwise)
                        after = told(now[case], now_kernel, way, blockwise=blockwise)
                        row[name if blockwise else f"{name} by run"] = after / before - 1
                    row[f"{name} scatter"] = scatter(now[case], now_kernel, way)
                found.append(row)
    return found


def _median(case: dict[int, float]) -> float:
    return statistics.median(case.values())


def table(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Yield Markdown: for every load and way median, 95 % quantile and largest error, then by case."""
    ways = ["wall", "raw", "cpu", "cpu by run", *(name for name in WAYS if name not in {"raw", "cpu"})]
    computing = [row for row in rows if row["case"] not in IN_CACHES]
    groups = [(load, [row for row in computing if row["load"] == load]) for load in LOADS]
    groups.append(("all but idle", [row for row in computing if row["load"] != "idle"]))
    groups.append(("the same, in caches", [r for r in rows if r["case"] in IN_CACHES and r["load"] != "idle"]))
    yield from _lines("load", ways, groups)
    yield ""
    loaded = [row for row in rows if row["load"] != "idle"]
    cases = sorted({row["case"] for row in rows})
    yield from _lines("case", ways, [(case, [row for row in loaded if row["case"] == case]) for case in cases])
    yield ""
    scatters = [statistics.median(row[f"{name} scatter"] for row in rows) for name in WAYS]
    yield "scatter between blocks: " + ", ".join(f"{n} {s:.1%}" for n, s in zip(WAYS, scatters, strict=True))


def _lines(title: str, ways: list[str], groups: list[tuple[str, list[dict[str, Any]]]]) -> Iterator[str]:
    yield f"| {title} | " + " | ".join(ways) + " |"
    yield "|---" * (len(ways) + 1) + "|"
    for name, group in groups:
        if group:
            yield f"| {name} | " + " | ".join(_cell([row[way] for row in group]) for way in ways) + " |"


def summary(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield median, 95 % quantile and largest error of every way by load and case."""
    for load, case in sorted({(row["load"], row["case"]) for row in rows}):
        group = [row for row in rows if (row["load"], row["case"]) == (load, case)]
        found = {way: [round(size, 4) for size in _sizes([row[way] for row in group])] for way in ("wall", *WAYS)}
        yield {"load": load, "case": case, "pairs": len(group), **found}


def _cell(values: list[float]) -> str:
    return " / ".join(f"{size:.1%}" for size in _sizes(values))


def _sizes(values: list[float]) -> tuple[float, float, float]:
    sizes = sorted(abs(value) for value in values)
    return statistics.median(sizes), sizes[math.ceil(0.95 * len(sizes)) - 1], sizes[-1]


def file(folder: Path, number: int, load: str) -> Path:
    """Return where a run is kept."""
    return folder / f"{number}-{load.replace(', ', '-').replace(' ', '-')}.json"


def main() -> int:
    """Measure what is missing, loads in turn, and sum up."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, default=Path(".perftool/load-study"))
    parser.add_argument("--only-table", action="store_true")
    options = parser.parse_args()
    if not options.only_table:
        options.folder.mkdir(parents=True, exist_ok=True)
        for number in range(ROUNDS):
            for name, load in LOADS.items():
                path = file(options.folder, number, name)
                if not path.exists():
                    print(f"round {number + 1} of {ROUNDS}: {name}", file=sys.stderr, flush=True)  # noqa: T201
                    measure(path, load)
    rows = errors(options.folder)
    if not rows:
        # What was kept of an earlier study must not be replaced by nothing.
        parser.error(f"no runs in {options.folder}: measure without --only-table first")
    kept = ",\n".join(json.dumps(row) for row in summary(rows))
    (HERE / "load_study.json").write_text(f"[\n{kept}\n]\n", encoding="utf-8")
    print("median / 95 % of / largest error of the change against an idle run, CPU time\n")  # noqa: T201
    print("\n".join(table(rows)))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())

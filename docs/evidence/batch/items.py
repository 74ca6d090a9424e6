"""Does ``perftool batch`` stay flat over ten million items, and lose none when it is killed?

    python -m docs.evidence.batch.items make items.ndjson [ITEMS [DISTINCT]]
    python -m docs.evidence.batch.items run items.ndjson [--no-dedupe] [-j 2] …
    python -m docs.evidence.batch.items kill items.ndjson [-j 2] …

MAKE writes short statements, DISTINCT different ones in random order, each with its number as id; their table tells
which statement it is. RUN fingerprints all of them and prints wall time, CPU time, and the memory of all processes
together (sum of PSS, every half second): the peak of each tenth of the run, by items done. KILL ends perftool with
SIGKILL when a third is done, again when two thirds are, and goes on with ``--resume``. Both then read the results: each
item must stand there once, in order, with the fingerprint of its own statement. What follows the file goes to perftool.
"""

from __future__ import annotations

import json
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from docs.evidence.trees import tree_pss

if TYPE_CHECKING:
    from collections.abc import Callable

ITEMS = 10_000_000
DISTINCT = 100_000


def make(path: Path, items: int, distinct: int) -> None:
    """Write the items."""
    below = random.Random(7).randrange
    with path.open("w", encoding="utf-8") as file:
        for number in range(items):
            table = below(distinct) if distinct < items else number
            text = f"SELECT name, total FROM orders_{table} WHERE customer = {table % 977} AND state IN ('new', 'open')"
            file.write(f'{{"id": {number}, "sql": "{text}"}}\n')


def start(path: Path, options: list[str]) -> subprocess.Popen[bytes]:
    """Start perftool on the items."""
    results = ["--results", str(results_of(path)), "-o", str(report_of(path))]
    command = [sys.executable, "-m", "perftool", "batch", "--op", "fingerprint", "-d", "postgres", "-q", str(path)]
    return subprocess.Popen([*command, *results, *options], stdout=subprocess.DEVNULL)


def results_of(path: Path) -> Path:
    """Return where the results of the items go."""
    return path.with_suffix(".results.ndjson")


def report_of(path: Path) -> Path:
    """Return where the report goes."""
    return path.with_suffix(".report.json")


def watched(
    process: subprocess.Popen[bytes], path: Path, items: int, stop: Callable[[int], bool] = lambda _: False
) -> list[int]:
    """Wait for the end, or for ``stop`` to agree; return the peaks of memory of each tenth of the run.

    How far it is is told by the size of the results: their lines are nearly equally long.
    """
    peaks = [0] * 10
    results = results_of(path)
    while process.poll() is None:
        size = results.stat().st_size if results.exists() else 0
        done = size // line_size(results)
        if stop(done):
            break
        tenth = min(9, 10 * done // items)
        peaks[tenth] = max(peaks[tenth], tree_pss(process.pid))
        time.sleep(0.5)
    return peaks


def line_size(results: Path) -> int:
    """Return the mean length of the first lines of the results."""
    if not results.exists():
        return 1 << 30
    with results.open("rb") as file:
        head = file.read(1 << 18)
    lines = head.count(b"\n")
    return (head.rfind(b"\n") + 1) // lines if lines else 1 << 30


class Given(msgspec.Struct):
    """An item of the input."""

    id: int
    sql: str


class Result(msgspec.Struct):
    """What fingerprinting gives."""

    normal: str = ""


class Told(msgspec.Struct):
    """A line of the results."""

    number: int = -1
    id: int = -1
    status: str = ""
    repeated: bool = False
    result: Result | None = None


def check(path: Path) -> str:
    """Read input and results side by side; return how many items there are, or stop at the first that is wrong."""
    count = repeated = 0
    item_of, told_of = msgspec.json.Decoder(Given).decode, msgspec.json.Decoder(Told).decode
    with path.open("rb") as given, results_of(path).open("rb") as written:
        for line in given:
            item, told = item_of(line), told_of(written.readline() or b"{}")
            table = item.sql.split(" ", 5)[4]
            good = told.id == told.number == item.id == count and told.status == "ok"
            if not good or f"from {table} where" not in (told.result or Result()).normal:
                raise SystemExit(f"item {count} is wrong: {told}")
            count += 1
            repeated += told.repeated
        if written.read(1):
            raise SystemExit("there are more results than items")
    return f"{count:,} items, each once and in order with its own result; {repeated:,} repeated"


def run(path: Path, options: list[str]) -> None:
    """Work all items once."""
    with path.open("rb") as file:
        items = sum(1 for _ in file)
    results_of(path).unlink(missing_ok=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    process = start(path, options)
    peaks = watched(process, path, items)
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    tell(
        f"{items:,} items {' '.join(options)}: wall {wall:.0f} s ({items / wall:,.0f}/s), CPU {cpu:.0f} s, "
        f"exit {process.returncode}; MiB by tenths of the run: {' '.join(str(peak >> 20) for peak in peaks)}"
    )
    payload = json.loads(report_of(path).read_bytes())["payload"]
    tell(f"worked {payload['distinct']:,}, repeated {payload['repeated']:,}")
    tell(check(path))


def kill(path: Path, options: list[str]) -> None:
    """Kill perftool twice on its way, and go on each time."""
    with path.open("rb") as file:
        items = sum(1 for _ in file)
    results_of(path).unlink(missing_ok=True)
    for third in (1, 2, 3):
        process = start(path, [*options, "--resume"])
        peaks = watched(process, path, items, lambda done, third=third: third < 3 and done >= third * items // 3)  # type: ignore[misc]
        ended = "ended by itself"
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            ended = "killed"
        process.wait()
        size = results_of(path).stat().st_size
        tell(f"{ended} (exit {process.returncode}) with {size:,} bytes written; peak {max(peaks) >> 20} MiB")
    tell(check(path))


def tell(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)  # noqa: T201


def main() -> int:
    """Make items, work them, or kill the work."""
    what, path, rest = sys.argv[1], Path(sys.argv[2]), sys.argv[3:]
    if what == "make":
        given = [int(word) for word in rest]
        make(path, *(given + [ITEMS, DISTINCT][len(given) :]))
    elif what == "run":
        run(path, rest)
    else:
        kill(path, rest)
    return 0


if __name__ == "__main__":
    sys.exit(main())

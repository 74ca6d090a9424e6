"""What do trees cost that are left to the garbage collector, beside trees that are taken apart?

    python -m docs.evidence.releasing FOLDER [ROUNDS]

FOLDER is one that ``lint/corpus.py`` made. Parses every sixth of its statements with Python's own thresholds, with
those of ``settled_gc``, and with trees released and a high threshold, in turn; prints the medians of the ratios of CPU
time to the first.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from pathlib import Path

from docs.evidence.lint.speed import statements
from perftool.errors import InputError
from perftool.sql.parsing import Engine
from perftool.sql.releasing import release
from perftool.sql.warm import THRESHOLD

_RELEASED = 50_000


def parse(work: list[tuple[str, str]], engines: dict[str, Engine], *, released: bool) -> float:
    """Return the CPU seconds of parsing all of ``work``."""
    began = time.process_time()
    for dialect, text in work:
        try:
            trees = engines[dialect].parse(text)
        except InputError:
            continue
        if released:
            release(trees)
    gc.collect()
    return time.process_time() - began


def main() -> int:
    """Measure and print."""
    work = statements(Path(sys.argv[1]).resolve())[::6]
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    engines = {dialect: Engine(dialect) for dialect in {dialect for dialect, _ in work}}
    print(f"{len(work)} statements, {sum(len(text) for _, text in work) / 1e6:.1f} MB")  # noqa: T201
    parse(work, engines, released=True)
    gc.collect()
    ratios: dict[str, list[float]] = {"settled": [], "released": []}
    for _ in range(rounds):
        gc.set_threshold(700, 10, 10)
        plain = parse(work, engines, released=False)
        gc.freeze()
        gc.set_threshold(THRESHOLD)
        ratios["settled"].append(parse(work, engines, released=False) / plain)
        gc.set_threshold(_RELEASED)
        ratios["released"].append(parse(work, engines, released=True) / plain)
        gc.unfreeze()
    for name, found in ratios.items():
        print(f"{name}: {statistics.median(found):.2f} of Python's own ({min(found):.2f} to {max(found):.2f})")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())

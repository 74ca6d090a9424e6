"""How long does the whole linter take, as a multiple of sqlglot's parsing alone, on the same statements?

    python -m docs.evidence.lint.speed FOLDER [ROUNDS]

FOLDER is one that ``corpus.py`` made. Each round runs, in turn: one process that only calls ``sqlglot.parse`` with
every statement (cut beforehand; start, reading and cutting are not in its time), and ``perftool lint --no-cache`` with
two workers, whole command. Prints wall and CPU time (of all processes) of each, and the medians of their ratios.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

from docs.evidence.trees import Took, timed

PARSE_ONLY = """
import logging, sys, time, msgspec, sqlglot
logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
work = msgspec.msgpack.decode(open(sys.argv[1], "rb").read())
wall, cpu, failed = time.perf_counter(), time.process_time(), 0
for dialect, text in work:
    try:
        sqlglot.parse(text, read=dialect)
    except Exception:
        failed += 1
print(time.perf_counter() - wall, time.process_time() - cpu, failed)
"""


def statements(folder: Path) -> list[tuple[str, str]]:
    """Return (dialect, text) of every statement that the linter would parse."""
    from perftool.cli.lint_request import Request
    from perftool.cli.lint_run import found_files, selected
    from perftool.config.sources import load
    from perftool.errors import InputError
    from perftool.lint.loading import load as load_file
    from perftool.lint.loading import spoken
    from perftool.sql.refusing import refuse_too_deep

    settings = load(folder, environment={}, flags={})
    selection = selected(settings)
    found = []
    for file in found_files(Request(paths=(str(folder),)), settings):
        try:
            data = file.path.read_bytes()
            dialect = spoken(data, file.name, selection.plan(file.name)).dialect
            loaded = load_file(data, file.name, dialect, max_statement=1 << 20)
        except InputError:
            continue
        for one in loaded.statements:
            if one.work is not None and not one.work.fault and "\0" not in one.work.text:
                try:
                    refuse_too_deep(one.work.text, one.work.dialect)
                except InputError:
                    continue
                found.append((one.work.dialect, one.work.text.encode("utf-8", "replace").decode()))
    return found


def parse_only(path: Path) -> Took:
    """Return what parsing alone takes, without reading and start."""
    done = subprocess.run([sys.executable, "-c", PARSE_ONLY, str(path)], capture_output=True, text=True, check=True)
    wall, cpu, _ = done.stdout.split()
    return Took(float(cpu), float(wall))


def lint(folder: Path, workers: int) -> Took:
    """Return what the whole command takes."""
    words = ["lint", ".", "--no-cache", "-j", str(workers), "-q", "-f", "text"]
    return timed([sys.executable, "-m", "perftool", *words], folder)


def main() -> int:
    """Measure and print."""
    folder = Path(sys.argv[1]).resolve()
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    work = statements(folder)
    size = sum(len(text) for _, text in work)
    print(f"{len(work)} statements, {size / 1e6:.1f} MB")  # noqa: T201
    walls: list[float] = []
    cpus: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "work")
        path.write_bytes(msgspec.msgpack.encode(work))
        for _ in range(rounds):
            alone, whole = parse_only(path), lint(folder, 2)
            walls.append(whole.wall / alone.wall)
            cpus.append(whole.cpu / alone.cpu)
            print(  # noqa: T201
                f"parse {alone.wall:.2f} s wall {alone.cpu:.2f} s CPU, "
                f"lint {whole.wall:.2f} s wall {whole.cpu:.2f} s CPU, ratios {walls[-1]:.2f} {cpus[-1]:.2f}",
                flush=True,
            )
    print(f"median ratios: wall {statistics.median(walls):.3f}, CPU {statistics.median(cpus):.3f}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())

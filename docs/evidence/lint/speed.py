"""How long does the whole linter take, as a multiple of sqlglot's parsing alone, on the same statements?

    python -m docs.evidence.lint.speed FOLDER [ROUNDS]

FOLDER is one that ``corpus.py`` made. Each round runs, in turn: one process that only tokenises and parses every
statement with sqlglot (cut beforehand; cutting and reading are not in its time), and ``perftool lint --no-cache`` with
two workers, whole command. Prints wall time and CPU time (of all processes) of each, and the medians of their ratios.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

PARSE_ONLY = """
import logging, sys, time, msgspec
from sqlglot.dialects.dialect import Dialect
logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
work = msgspec.msgpack.decode(open(sys.argv[1], "rb").read())
engines = {}
for dialect, _ in work:
    if dialect not in engines:
        found = Dialect.get_or_raise(dialect)
        engines[dialect] = (found.tokenizer_class(dialect=found), found.parser())
wall, cpu, failed = time.perf_counter(), time.process_time(), 0
for dialect, text in work:
    tokenizer, parser = engines[dialect]
    try:
        parser.parse(tokenizer.tokenize(text), text)
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
    from perftool.sql.nesting import refuse_too_deep

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


def parse_only(path: Path) -> tuple[float, float]:
    """Return wall and CPU seconds of parsing alone."""
    done = subprocess.run([sys.executable, "-c", PARSE_ONLY, str(path)], capture_output=True, text=True, check=True)
    wall, cpu, _ = done.stdout.split()
    return float(wall), float(cpu)


def lint(folder: Path, workers: int) -> tuple[float, float]:
    """Return wall and CPU seconds of the whole command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    command = [sys.executable, "-m", "perftool", "lint", ".", "--no-cache", "-j", str(workers), "-q", "-f", "text"]
    done = subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    wall = time.perf_counter() - began
    if done.returncode not in (0, 1):
        raise SystemExit(f"perftool ended with exit code {done.returncode}: {os.fsdecode(done.stderr)}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


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
            walls.append(whole[0] / alone[0])
            cpus.append(whole[1] / alone[1])
            print(  # noqa: T201
                f"parse {alone[0]:.2f} s wall {alone[1]:.2f} s CPU, lint {whole[0]:.2f} s wall {whole[1]:.2f} s CPU, "
                f"ratios {walls[-1]:.2f} {cpus[-1]:.2f}",
                flush=True,
            )
    print(f"median ratios: wall {statistics.median(walls):.3f}, CPU {statistics.median(cpus):.3f}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())

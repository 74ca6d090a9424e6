"""How fast do rows leave each database, by which path, and how much memory does that take?

    python docs/evidence/databases/streaming.py [--rows N]… [--rounds N] [--system NAME]… [--format NAME]… [--best]

makes the same table (seven columns, about 77 bytes a row in SQLite) in SQLite, DuckDB, PostgreSQL and MariaDB (those
whose programs are here) and streams it by ``perftool query stream`` to a file: every format by every path, each run in
a fresh process, the runs of a round in random order. Printed is a Markdown table: rows/s, CPU of the client and memory
at the peak beyond the client's own start, each the median over the rounds, and the ratio of the memory for the most
rows to that for the fewest. ``--best`` runs the path that perftool takes by itself only.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import random
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[3]))

from perftool.databases import open_database
from perftool.queries import format as formats
from perftool.queries.paths import Question, candidates
from perftool.store import reports

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.model.query import StreamPayload

SQL = "SELECT * FROM orders_{rows}"
TYPES = {
    "sqlite": ("INTEGER", "TEXT", "REAL", "TEXT"),
    "duckdb": ("BIGINT", "VARCHAR", "DOUBLE", "TIMESTAMP"),
    "postgresql": ("bigint", "text", "double precision", "timestamp"),
    "mariadb": ("bigint", "varchar(60)", "double", "datetime"),
}
FORMATS = ("csv", "ndjson", "json", "sse", "arrow", "parquet")


@dataclass(frozen=True)
class Run:
    """One way to stream; ``path`` is "" for the one that perftool takes."""

    system: str
    url: str
    rows: int
    form: str
    path: str


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, action="append")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--system", action="append", choices=TYPES)
    parser.add_argument("--format", action="append", choices=FORMATS)
    parser.add_argument("--best", action="store_true")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    sizes = sorted(given.rows or [1_000_000, 4_000_000])
    chosen, order = given.format or FORMATS, random.Random(given.seed)
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as servers:
        runs = []
        for system in given.system or TYPES:
            url = servers.enter_context(database(system, Path(folder)))
            if url is None:
                sys.stderr.write(f"{system}: not here\n")
                continue
            for rows in sizes:
                fill(url, system, rows)
            runs += [run for rows in sizes for run in plan(system, url, rows, chosen, best=given.best)]
        found: dict[Run, list[StreamPayload]] = {run: [] for run in runs}
        # Ctrl-C prints what was measured so far.
        with contextlib.suppress(KeyboardInterrupt):
            for number in range(given.rounds):
                for run in order.sample(runs, len(runs)):
                    sys.stderr.write(
                        f"\rround {number + 1} of {given.rounds}: {run.system} {run.form} {run.path}      "
                    )
                    done = streamed(run, Path(folder))
                    if done is not None:
                        found[run].append(done)
    sys.stdout.write(table({run: done for run, done in found.items() if done}, sizes))


@contextlib.contextmanager
def database(system: str, folder: Path) -> Iterator[str | None]:
    """Give the URL of an empty database, None where it cannot be started here."""
    if system in ("sqlite", "duckdb"):
        yield f"{system}:///{folder / system}.db"
        return
    from tests.servers.mariadb import MariaDB
    from tests.servers.postgresql import PostgreSQL

    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(PostgreSQL() if system == "postgresql" else MariaDB())
            name = stack.enter_context(server.fresh_database())
        except BaseException as error:
            if type(error).__name__ != "Skipped":
                raise
            yield None
            return
        yield server.url(name)


def fill(url: str, system: str, rows: int) -> None:
    """Make the table of ``rows`` rows."""
    whole, text, real, moment = TYPES[system]
    columns = ("id", "customer", "note", "amount", "kind", "placed", "flag")
    declared = ", ".join(map(" ".join, zip(columns, (whole, text, text, real, whole, moment, whole), strict=True)))
    source = random.Random(1)
    made = (
        (
            number,
            f"customer {number % 9973}",
            f'note, number {number} "x"' if number % 10 == 0 else f"plain note number {number}",
            source.random() * 1000,
            number % 97,
            dt.datetime(2024, 1, number % 28 + 1, 10, number % 60),
            number % 2,
        )
        for number in range(rows)
    )
    with open_database(url, write=True) as opened, opened.connect() as connection:
        connection.execute(f"CREATE TABLE orders_{rows} ({declared})")
        connection.load(f"orders_{rows}", columns, made)


def plan(system: str, url: str, rows: int, chosen: tuple[str, ...], *, best: bool) -> list[Run]:
    """Return every way to stream a table."""
    with open_database(url) as opened:
        capabilities = opened.driver.capabilities
    runs = []
    for form in chosen:
        question = Question(sql=SQL.format(rows=rows), form=formats.load(form))
        ways = [""] if best else candidates(question, capabilities)[0]
        runs += [Run(system, url, rows, form, way) for way in ways]
    return runs


def streamed(run: Run, folder: Path) -> StreamPayload | None:
    """Stream once, in a process of its own; None where that path refuses."""
    out, report = folder / "out", folder / "report.json"
    command = [sys.executable, "-m", "perftool", "query", "stream", run.url, SQL.format(rows=run.rows)]
    command += ["--as", run.form, "--to", str(out), "-o", str(report), "-q"]
    ended = subprocess.run(
        [*command, "--path", run.path] if run.path else command, cwd=folder, capture_output=True, text=True, check=False
    )
    if ended.returncode:
        sys.stderr.write(f"\n{run.system} {run.form} {run.path}: {ended.stderr}")
        return None
    payload = reports.read(report).payload
    out.unlink()
    report.unlink()
    return payload  # type: ignore[return-value]


def table(found: dict[Run, list[StreamPayload]], sizes: list[int]) -> str:
    """Return the Markdown table: a line for each way, columns for each size."""
    heads = [f"{rows / 1e6:g} M: rows/s | CPU s | MB" for rows in sizes]
    lines = [
        f"| database | format | path | {' | '.join(heads)} | memory × |",
        "|---|---|---|" + "---:|" * (3 * len(sizes) + 1),
    ]
    for run, done in found.items():
        if run.rows != sizes[0]:
            continue
        cells, memory = [], []
        for rows in sizes:
            these = found.get(Run(run.system, run.url, rows, run.form, run.path), [])
            if not these:
                cells.append("- | - | -")
                continue
            memory.append(statistics.median(one.peak_bytes or 0 for one in these) / 1e6)
            rate = statistics.median(one.rows / one.seconds for one in these)
            cpu = statistics.median(one.cpu_s for one in these)
            cells.append(f"{rate / 1e3:,.0f} k | {cpu:.2f} | {memory[-1]:.1f}")
        ratio = f"{memory[-1] / memory[0]:.2f}" if len(memory) > 1 and memory[0] else "-"
        lines.append(f"| {run.system} | {run.form} | {done[0].path} | {' | '.join(cells)} | {ratio} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()

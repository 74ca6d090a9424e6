"""Do counters of databases stand still while time moves, and do they alone catch a dropped index?

    python docs/evidence/databases/counters.py [--runs 25] [URL …]

fills a SQLite and a DuckDB file, and each database named (tables perftool_…, dropped at the end), with the data of the
suite ``db-backends``. Its four statements and a look-up by customer are then measured by so many runs of ``perftool
bench db --count 1``, each a process tree of its own. Printed are, for each statement and counter, its values and how
far the wall time moved meanwhile. Then the index that the look-up uses is dropped, and the last run before is compared
with one after: the rows that fail, and the exit code.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from perftool.bench.databases import generated, workload
from perftool.databases import open_database

LOOK_UP = "SELECT SUM(total) FROM perftool_orders WHERE customer = 17"
INDEX = "perftool_orders_customer"
REPORTS = Path(".perftool/reports")


def perftool(*arguments: str, folder: Path, url: str) -> subprocess.CompletedProcess[str]:
    """Run perftool in ``folder`` with the URL in its environment."""
    command = [sys.executable, "-m", "perftool", *arguments]
    return subprocess.run(
        command, cwd=folder, env={**os.environ, "PLACE": url}, capture_output=True, text=True, check=False
    )


def measured(folder: Path, url: str) -> dict[str, Any]:
    """Return the report of a run of one block."""
    options = ("--count", "1", "--samples", "1", "--no-latency", "--filter", "read=all")
    done = perftool("bench", "env:PLACE", "--queries", "queries.sql", *options, folder=folder, url=url)
    if done.returncode:
        sys.exit(done.stderr or done.stdout)
    return dict(json.loads((folder / REPORTS / "latest.json").read_text()))


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def study(url: str, runs: int) -> None:
    """Print what ``runs`` runs on one database give, and what a dropped index does."""
    # Open while it is filled only: a DuckDB file that is open for writing can be opened by nobody else.
    with open_database(url, write=True) as database, database.connect() as connection:
        label, dialect = database.label, database.driver.capabilities.dialect
        generated.fill(connection, 1.0, dialect)
    names = {**workload.READS, "look-up": LOOK_UP}
    counters: dict[tuple[str, str], set[float]] = defaultdict(set)
    times: dict[str, list[float]] = defaultdict(list)
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "queries.sql").write_text("".join(f"-- name: {key}\n{sql};\n" for key, sql in names.items()))
            for _ in range(runs):
                for one in measured(folder, url)["measurements"]:
                    if one["exact"]:
                        counters[one["case"], one["unit"]].add(one["values"][0])
                    if one["unit"] == "sec/op":
                        times[one["case"]] += one["values"]
            say(f"\n{label}: {runs} runs")
            for (case, unit), values in counters.items():
                moved = max(times[case]) / min(times[case])
                shown = ", ".join(f"{value:,.0f}" for value in sorted(values))
                say(f"  {case:12} {unit:20} {shown:>12}   time: slowest run {moved:.2f} x the fastest")
            dropped(folder, url, dialect)
    finally:
        with open_database(url, write=True) as database, database.connect() as connection:
            generated.drop(connection)


def dropped(folder: Path, url: str, dialect: str) -> None:
    """Drop the index, run once more and compare: one sample a side."""
    before = sorted((folder / REPORTS).glob("2*.json"))[-1].rename(folder / "before.json")
    with open_database(url, write=True) as database, database.connect() as connection:
        connection.execute(f"DROP INDEX {INDEX}" + (" ON perftool_orders" if dialect == "mysql" else ""))
    measured(folder, url)
    done = perftool("compare", before.name, "latest", "--format", "json", folder=folder, url=url)
    tables = json.loads(done.stdout)["payload"]["tables"]
    failed = [
        f"{' '.join(filter(None, row['key']))} {table['unit']}"
        for table in tables
        for row in table["rows"]
        for cell in row["cells"]
        if cell and cell["change"] and cell["change"]["outcome"] == "fail"
    ]
    say(f"  index dropped: compare exits {done.returncode}; failed: {'; '.join(failed) or 'nothing'}")


def main() -> None:
    """Study the embedded pair and every database named."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=25)
    parser.add_argument("urls", nargs="*")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for url in (f"sqlite:///{folder}/shop.db", f"duckdb:///{folder}/shop.duckdb", *asked.urls):
            study(url, asked.runs)


if __name__ == "__main__":
    main()

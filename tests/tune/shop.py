"""A small database to try settings on, and what a trial needs."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from perftool.bench.databases import statements
from perftool.clock import SystemClock
from perftool.databases import open_database
from perftool.events import Silent
from perftool.tune.settings import Plan, Tried, tune

if TYPE_CHECKING:
    from pathlib import Path

ROWS = 2000
GROUPED = "SELECT customer, COUNT(*), SUM(amount) FROM orders GROUP BY customer"


def made(folder: Path) -> Path:
    """Return the path of a SQLite database with one table of orders."""
    path = folder / "shop.db"
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER, amount REAL)")
        raw.executemany("INSERT INTO orders VALUES (?, ?, ?)", ((i, i * 7 % 97, i / 3) for i in range(ROWS)))
    return path


def tried(place: object, sql: str, folder: Path, settings: dict[str, str] | None = None, **how: Any) -> Tried:
    """Try settings of the database at ``place`` on statements."""
    workload = folder / "workload.sql"
    workload.write_text(sql)
    copies = folder / "copies"
    copies.mkdir(exist_ok=True)
    with open_database(str(place), settings=settings) as database:
        return tune(
            database,
            statements.queries(workload),
            "workload.sql",
            Plan(**{"rounds": 6, **how}),
            copies,
            random=random.Random(1),
            clock=SystemClock(),
            listener=Silent(),
        )

"""What does recording cost a query of about 1 ms? The same queries with and without it, in turn, in one process.

    python -m docs.evidence.databases.recording [--pairs N] [--queries N] [--rows N ...]

Each pair does the same queries (20 by default) once without and once with the recorder, in an order that is drawn. Each
query reads many rows of an SQLite database in memory and is sized to take about 1 ms. Printed is the ratio of the times
over the pairs (Hodges-Lehmann, with its 95 % interval), and what one query took without.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import random
import sqlite3
import statistics
import sys
import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, select, text
from sqlalchemy.orm import Session, registry
from sqlalchemy.pool import StaticPool

from perftool.databases import record
from perftool.databases.recorder import factories
from perftool.databases.recorder.ledger import Ledger
from perftool.stats.shift import ratio_change

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = 100_000
TABLE = Table(
    "item", MetaData(), Column("id", Integer, primary_key=True), Column("name", String), Column("price", Integer)
)
#: A scan that gives one row, and rows that are read: where most of the time goes decides what each row may cost.
SCAN = "SELECT count(*), max(price) FROM item WHERE price > ? AND id < {}"
ROWS = "SELECT id, name, price FROM item WHERE id < ?"


class Item:
    """A row as an object."""


registry().map_imperatively(Item, TABLE)
Work = tuple[str, "Callable[[Any, int], object]", bool]


def works() -> list[Work]:
    """Return name, one query for a connection, engine and size, and whether it is SQLAlchemy's."""
    return [
        ("sqlite3, one row of a scan", lambda con, n: con.execute(SCAN.format(n), (5,)).fetchone(), False),
        ("sqlite3, rows by fetchall()", lambda con, n: con.execute(ROWS, (n,)).fetchall(), False),
        ("sqlite3, rows by iteration", lambda con, n: [row for row in con.execute(ROWS, (n,))], False),  # noqa: C416
        ("SQLAlchemy, one row of a scan", _scan, True),
        ("SQLAlchemy, rows", _core, True),
        ("SQLAlchemy, objects", _orm, True),
    ]


def _scan(engine: Any, n: int) -> object:
    with engine.connect() as connection:
        return connection.execute(text(SCAN.format(n).replace("?", ":p")), {"p": 5}).one()


def _core(engine: Any, n: int) -> object:
    with engine.connect() as connection:
        return connection.execute(select(TABLE).where(TABLE.c.id < n)).all()


def _orm(engine: Any, n: int) -> object:
    with Session(engine) as session:
        return session.scalars(select(Item).where(TABLE.c.id < n)).all()


def main() -> None:
    """Measure every way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--queries", type=int, default=20)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    sys.stdout.write("| 1 ms of | ratio of times | 95 % interval | a query without |\n|---|---|---|---|\n")
    for name, work, alchemy in works():
        sys.stdout.write(study(name, work, given.pairs, given.queries, chance, alchemy=alchemy) + "\n")
        sys.stdout.flush()


def study(
    name: str,
    work: Callable[[Any, int], object],
    pairs: int,
    queries: int,
    chance: random.Random,
    *,
    alchemy: bool,
) -> str:
    """Return a line that says what recording costs one way of asking."""
    plain, recorded, recording = _alchemy() if alchemy else _plain()
    size = _sized(work, plain)
    without, taken = [], []
    for _ in range(pairs):
        for on in chance.sample([False, True], 2):
            subject = recorded if on else plain
            gc.collect()
            if on and recording is not None:
                recording.start()
            began = time.perf_counter()
            for _ in range(queries):
                work(subject, size)
            took = time.perf_counter() - began
            if on and recording is not None:
                recording.stop()
            (taken if on else without).append(took)
    change = ratio_change(without, taken, 0.95, paired=True)
    low, middle, high = (1 + (value or 0.0) for value in (change.lo, change.estimate, change.hi))
    each = statistics.median(without) / queries
    return f"| {name} | {middle:.3f} | {low:.3f} to {high:.3f} | {each * 1e3:.2f} ms |"


def _plain() -> tuple[Any, Any, Any]:
    """Return a connection without the recorder, and one with it."""
    plain = sqlite3.connect(":memory:")
    leave = factories.sqlite(Ledger(), importlib.import_module("sqlite3"))
    recorded = sqlite3.connect(":memory:")
    leave()
    for one in (plain, recorded):
        _fill(one)
    return plain, recorded, None


def _alchemy() -> tuple[Any, Any, Any]:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    raw = engine.raw_connection()
    _fill(raw.driver_connection)
    raw.close()
    return engine, engine, record(engine)


def _fill(connection: Any) -> None:
    connection.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT, price INTEGER)")
    connection.executemany(
        "INSERT INTO item VALUES (?, ?, ?)", [(one, f"item {one}", one % 997) for one in range(SIZE)]
    )
    connection.commit()


def _sized(work: Callable[[Any, int], object], subject: Any) -> int:
    """Return how many rows make a query of about 1 ms."""
    size = 1000
    for _ in range(4):
        took = []
        for _ in range(15):
            began = time.perf_counter()
            work(subject, size)
            took.append(time.perf_counter() - began)
        size = max(20, min(SIZE, round(size * 1e-3 / statistics.median(took))))
    return size


if __name__ == "__main__":
    main()

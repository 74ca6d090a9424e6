"""The suite ``db``: its cases, and the operations that measuring processes run."""

from __future__ import annotations

import sqlite3
import time
from typing import TYPE_CHECKING

import pytest

from perftool.bench.api import SuiteOptions
from perftool.bench.databases import running
from perftool.bench.suites.db import SUITE

if TYPE_CHECKING:
    from pathlib import Path

QUERY = "SELECT * FROM orders WHERE customer = 17"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER)")
        connection.executemany("INSERT INTO orders VALUES (?, ?)", [(i, i % 97) for i in range(500)])
    connection.close()
    return path


def test_counters_stand_still_while_time_moves(shop: Path) -> None:
    counts, times = [], []
    for _ in range(25):
        given = running.connect(str(shop), {}, write=False)
        counts.append(dict(running.counters(given["connection"], QUERY)))
        operation = running.read(str(shop), {}, QUERY, "all", write=False, **given)
        began = time.perf_counter()
        operation()
        times.append(time.perf_counter() - began)
        running.disconnect(given["connection"])
    assert all(one == counts[0] for one in counts)
    assert counts[0]
    assert len(set(times)) > 1


def test_the_process_that_forks_connects_to_nothing(tmp_path: Path) -> None:
    absent = str(tmp_path / "absent.db")
    assert running.read(absent, {}, "SELECT 1", "all", write=True)() is None
    assert not (tmp_path / "absent.db").exists()


def test_a_case_for_every_way_to_read_and_counters_once(shop: Path, tmp_path: Path) -> None:
    (tmp_path / "q.sql").write_text(QUERY)
    found = list(SUITE.cases(SuiteOptions(urls=(str(shop),), queries=tmp_path / "q.sql")))
    assert [one.parameters for one in found] == [
        {"backend": "sqlite:shop.db", "read": read} for read in running.READINGS
    ]
    assert [one.counters for one in found] == ["counters", None, None]
    assert not any(one.cpu_bound for one in found), "a server's CPU time is not this process's: wall time decides"


@pytest.mark.parametrize("reading", running.READINGS)
def test_an_operation_reads_as_it_is_called(shop: Path, reading: str) -> None:
    given = running.connect(str(shop), {}, write=False)
    try:
        got = running.read(str(shop), {}, QUERY, reading, write=False, **given)()
    finally:
        running.disconnect(given["connection"])
    if reading == "all":
        assert len(got.rows) == 5  # type: ignore[attr-defined]
    if reading == "first-row":
        assert 0 < got < 60  # type: ignore[operator]


@pytest.mark.parametrize("reading", ["all", "cold"])
def test_what_a_statement_writes_is_rolled_back(shop: Path, reading: str) -> None:
    given = running.connect(str(shop), {}, write=True)
    try:
        running.read(str(shop), {}, "DELETE FROM orders", reading, write=True, **given)()
        assert given["connection"].execute("SELECT COUNT(*) FROM orders").rows == [(500,)]
    finally:
        running.disconnect(given["connection"])

"""sqlite3 while it is recorded: programs cannot tell, except by looking for it."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from perftool.databases.recorder import factories
from perftool.databases.recorder.ledger import Ledger
from tests.databases.recorder.test_patches import ran

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    found = Ledger()
    before = sqlite3.connect
    leave = factories.sqlite(found, sqlite3)
    yield found
    leave()
    assert sqlite3.connect is before


class Mine(sqlite3.Connection):
    """A program's own connection."""

    def total(self) -> int:
        return int(self.execute("SELECT 1 + 1").fetchone()[0])


class Taken(sqlite3.Cursor):
    """A program's own cursor."""


class Odd(sqlite3.Connection):
    """A connection that makes cursors its own way."""

    def cursor(self) -> Any:  # type: ignore[override]
        return super().cursor(Taken)


def test_connections_and_cursors_are_what_they_were(ledger: Ledger) -> None:
    with_mine = sqlite3.connect(":memory:", factory=Mine)
    assert isinstance(with_mine, Mine)
    assert type(with_mine).__name__ == "Mine"
    assert with_mine.total() == 2
    cursor = with_mine.cursor(Taken)
    assert isinstance(cursor, Taken)
    assert cursor.connection is with_mine
    assert cursor.execute("SELECT 3") is cursor
    with_mine.close()
    placed = sqlite3.connect(":memory:", 5.0, 0, None, True, Mine)
    assert isinstance(placed, Mine)
    placed.close()
    odd = sqlite3.connect(":memory:", factory=Odd)
    assert isinstance(odd.cursor(), Taken)
    odd.close()
    assert ran(ledger) == {"SELECT 1 + 1": (1, 1, 0), "SELECT 3": (1, 0, 0)}


def test_rows_come_as_they_did(ledger: Ledger) -> None:
    connection = sqlite3.connect(":memory:")
    connection.executescript("CREATE TABLE t (x); CREATE TABLE u (x);")
    connection.executemany("INSERT INTO t VALUES (?)", [(one,) for one in range(200)])
    connection.row_factory = sqlite3.Row
    rows = connection.execute("SELECT x FROM t")
    assert [row["x"] for row in rows] == list(range(200))
    cursor = connection.execute("SELECT x FROM t WHERE x < :most", {"most": 90})
    assert next(cursor)["x"] == 0
    for row in cursor:
        if row["x"] == 40:
            break
    assert cursor.fetchone()["x"] == 41
    assert len(cursor.fetchmany(10)) == 10
    assert len(cursor.fetchall()) == 38
    assert cursor.fetchone() is None
    connection.close()
    said = ran(ledger)
    assert said["SELECT x FROM t"] == (1, 200, 0)
    # What next() takes by itself is not counted.
    assert said["SELECT x FROM t WHERE x < :most"] == (1, 89, 0)
    assert said["INSERT INTO t VALUES (?)"] == (1, 200, 0)


def test_errors_and_transactions_are_the_programs_own(ledger: Ledger, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "x.db") as connection:
        connection.execute("CREATE TABLE t (x UNIQUE)")
        with pytest.raises(sqlite3.IntegrityError):
            connection.executemany("INSERT INTO t VALUES (?)", [(1,), (1,)])
    with pytest.raises(sqlite3.IntegrityError), connection:
        connection.executescript("BEGIN; INSERT INTO t VALUES (2); INSERT INTO t VALUES (2);")
    assert connection.execute("SELECT count(*) FROM t").fetchone() == (1,)
    connection.close()
    assert ran(ledger)["INSERT INTO t VALUES (?)"] == (1, 0, 1)
    assert ledger.said()["transactions"] == 2


def test_a_connection_that_is_closed_is_not_out(ledger: Ledger) -> None:
    kept = sqlite3.connect(":memory:")
    sqlite3.connect(":memory:").close()
    ((stack, kind, dropped, out, _),) = ledger.said()["held"]
    assert (kind, dropped, out) == ("own", 0, 1)
    assert stack[0][2] == "test_a_connection_that_is_closed_is_not_out"
    kept.close()
    assert not ledger.said()["held"]

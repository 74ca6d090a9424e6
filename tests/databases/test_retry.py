"""Whole transactions that are run again: on SQLite's own faults, and on faults that are told."""

from __future__ import annotations

import logging
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
import stamina

from perftool.databases import open_database
from perftool.databases.faults import ConnectionLostError, Fault, StatementError
from perftool.databases.retry import Retrier, RetryPolicy, retried

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from perftool.databases import Database
    from perftool.databases.api import Connection


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as made:
        made.execute("PRAGMA journal_mode=WAL")
        made.execute("CREATE TABLE stock (id INTEGER PRIMARY KEY, n INTEGER)")
        made.execute("INSERT INTO stock VALUES (1, 5)")
    made.close()
    with (
        open_database(str(path), write=True, settings={"busy_timeout": "1"}) as database,
        stamina.set_testing(True, attempts=4),
    ):
        yield database


def other(database: Database) -> sqlite3.Connection:
    return sqlite3.connect(database.address.database, isolation_level=None)


def test_a_locked_database_is_tried_again_until_the_lock_goes(shop: Database) -> None:
    holder = other(shop)
    holder.execute("BEGIN IMMEDIATE")
    tries = []

    def work(connection: Connection) -> int:
        tries.append(1)
        connection.execute("UPDATE stock SET n = n - 1")
        return len(tries)

    retrier = Retrier()
    stamina.set_testing(False)
    original = shop.connect

    def freeing(**keywords: Any) -> Any:
        if retrier.figures().count == 2 and holder.in_transaction:
            holder.execute("COMMIT")
        return original(**keywords)

    shop.connect = freeing  # type: ignore[method-assign]
    assert retrier.run(shop, work) == 1
    assert retrier.figures().by_code == {"SQLITE_BUSY": 2}
    assert _stock(shop) == 4
    holder.close()


def test_a_stale_snapshot_runs_the_whole_transaction_again(shop: Database) -> None:
    seen = []

    def work(connection: Connection) -> None:
        # A transaction of the program's own, which reads before it writes.
        connection.raw.execute("ROLLBACK")
        connection.raw.execute("BEGIN")
        seen.append(connection.raw.execute("SELECT n FROM stock").fetchone()[0])
        if len(seen) == 1:
            writer = other(shop)
            writer.execute("UPDATE stock SET n = 9")
            writer.close()
        connection.raw.execute("UPDATE stock SET n = ?", (seen[-1] - 1,))

    retrier = Retrier()
    retrier.run(shop, work)
    assert seen == [5, 9]
    assert _stock(shop) == 8
    assert retrier.figures().by_code == {"SQLITE_BUSY_SNAPSHOT": 1}


def test_what_is_not_on_the_list_is_raised_at_once(shop: Database) -> None:
    calls = []

    def work(connection: Connection) -> None:
        calls.append(1)
        connection.execute("SELECT * FROM nowhere")

    retrier = Retrier()
    with pytest.raises(StatementError, match="nowhere"):
        retrier.run(shop, work)
    assert len(calls) == 1
    assert (retrier.figures().count, retrier.figures().given_up) == (0, 0)


def test_tries_end_and_what_was_given_up_is_counted(shop: Database) -> None:
    calls = []

    def work(_: Connection) -> None:
        calls.append(1)
        raise StatementError(Fault("conflict", "40001", "could not serialize access", transient=True))

    retrier = Retrier()
    with pytest.raises(StatementError, match="serialize"):
        retrier.run(shop, work)
    assert len(calls) == 4
    figures = retrier.figures()
    assert (figures.count, figures.by_code, figures.given_up) == (3, {"40001": 3}, 1)


def test_the_time_bounds_the_tries_too(shop: Database) -> None:
    stamina.set_testing(False)
    retrier = Retrier(RetryPolicy(time_s=0.001, first_s=0.01, jitter_s=0.0))
    with pytest.raises(StatementError):
        retrier.run(shop, _conflict)
    assert retrier.figures().count <= 1
    assert retrier.figures().given_up == 1


def _conflict(_: Connection) -> None:
    raise StatementError(Fault("conflict", "40001", "could not serialize access", transient=True))


def test_a_lost_connection_is_replaced_and_the_work_begins_anew(shop: Database) -> None:
    used = []

    def work(connection: Connection) -> None:
        used.append(connection)
        connection.execute("UPDATE stock SET n = n - 1")
        if len(used) == 1:
            raise ConnectionLostError(Fault("lost", "57P01", "terminated by the administrator", transient=True))

    retried(shop, work)
    assert used[0] is not used[1]
    assert _stock(shop) == 4
    assert shop.figures().closed_for == {"broken": 1}


@pytest.mark.parametrize("write", [True, False])
def test_a_connection_that_is_lost_in_a_commit_is_not_written_twice(
    tmp_path: Path, shop: Database, *, write: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    with open_database(shop.address.database, write=write) as database:
        with database.connect() as connection:
            kind = type(connection)
        begun = kind.transaction

        def losing(self: Connection) -> Any:
            return _Losing(begun(self), lost=not calls)

        monkeypatch.setattr(kind, "transaction", losing)
        retrier = Retrier()
        if write:
            with pytest.raises(ConnectionLostError):
                retrier.run(database, lambda _: calls.append(1))
        else:
            retrier.run(database, lambda _: calls.append(1))
    assert len(calls) == (1 if write else 2)
    assert retrier.figures().count == (0 if write else 1)


class _Losing:
    """A transaction whose commit never hears back."""

    def __init__(self, real: Any, *, lost: bool) -> None:
        self._real = real
        self._lost = lost

    def __enter__(self) -> None:
        self._real.__enter__()

    def __exit__(self, *told: Any) -> Any:
        self._real.__exit__(*told)
        if self._lost:
            raise ConnectionLostError(Fault("lost", "08006", "connection reset", transient=True))


def test_nothing_is_said_on_standard_error(shop: Database, capfd: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("stamina").propagate = False
    try:
        with pytest.raises(StatementError):
            Retrier().run(shop, _conflict)
    finally:
        logging.getLogger("stamina").propagate = True
    assert capfd.readouterr().err == ""


def _stock(database: Database) -> int:
    with database.connect() as connection:
        return int(connection.execute("SELECT n FROM stock").rows[0][0])

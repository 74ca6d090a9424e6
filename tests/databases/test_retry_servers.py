"""Transactions that real servers refuse, cut off or let dead-lock, run again until they are committed."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from perftool.databases import open_database
from perftool.databases.retry import Retrier, RetryPolicy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from perftool.databases import Database
    from perftool.databases.api import Connection
    from tests.servers.mariadb import MariaDB
    from tests.servers.postgresql import PostgreSQL

POLICY = RetryPolicy(first_s=0.001, jitter_s=0.005)


def filled(url: str, **settings: str) -> Iterator[Database]:
    with open_database(url, write=True, settings=settings) as database:
        with database.connect() as connection:
            connection.execute("DROP TABLE IF EXISTS stock")
            connection.execute("CREATE TABLE stock (id int PRIMARY KEY, n int)")
            connection.execute("INSERT INTO stock VALUES (1, 5), (2, 5)")
        yield database


def stock(database: Database) -> list[int]:
    with database.connect() as connection:
        return [row[0] for row in connection.execute("SELECT n FROM stock ORDER BY id").rows]


def take(connection: Connection, row: int) -> None:
    connection.execute(f"UPDATE stock SET n = n - 1 WHERE id = {row}")


def deadlocked(database: Database) -> Retrier:
    """Let two transactions take the same rows in opposite order; each waits for the other in its first try."""
    retrier = Retrier(POLICY)
    both = threading.Barrier(2)
    met: set[int] = set()
    done: list[tuple[int, int]] = []

    def run(rows: tuple[int, int]) -> None:
        def work(connection: Connection) -> None:
            take(connection, rows[0])
            if rows[0] not in met:
                met.add(rows[0])
                both.wait(10)
            take(connection, rows[1])

        retrier.run(database, work)
        done.append(rows)

    threads = [threading.Thread(target=run, args=(rows,)) for rows in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 2
    return retrier


def cut(database: Database, end: Callable[[Any], object], asking: str) -> tuple[Retrier, list[Any]]:
    """Let an administrator end the session of the first try in the middle of its transaction."""
    retrier = Retrier(POLICY)
    sessions: list[Any] = []

    def work(connection: Connection) -> None:
        take(connection, 1)
        sessions.append(connection.execute(asking).rows[0][0])
        if len(sessions) == 1:
            end(sessions[0])
        take(connection, 2)

    retrier.run(database, work)
    return retrier, sessions


@pytest.mark.xdist_group("postgresql")
class TestPostgreSQL:
    @pytest.fixture
    def shop(self, postgresql_url: str) -> Iterator[Database]:
        yield from filled(postgresql_url, default_transaction_isolation="repeatable read", deadlock_timeout="10ms")

    def test_a_serialization_failure(self, shop: Database) -> None:
        retrier = Retrier(POLICY)
        seen = []

        def work(connection: Connection) -> None:
            seen.append(connection.execute("SELECT n FROM stock WHERE id = 1").rows[0][0])
            if len(seen) == 1:
                with shop.connect() as other:
                    take(other, 1)
            take(connection, 1)

        retrier.run(shop, work)
        assert seen == [5, 4]
        assert stock(shop) == [3, 5]
        assert retrier.figures().by_code == {"40001": 1}

    def test_a_deadlock(self, shop: Database) -> None:
        codes = deadlocked(shop).figures().by_code
        assert codes.pop("40P01") == 1
        # The one that begins anew may find the rows changed by the other.
        assert set(codes) <= {"40001"}
        assert stock(shop) == [3, 3]

    def test_a_session_that_is_ended(self, shop: Database, postgresql: PostgreSQL) -> None:
        retrier, sessions = cut(
            shop, lambda pid: postgresql.execute(f"SELECT pg_terminate_backend({pid})"), "SELECT pg_backend_pid()"
        )
        assert len(set(sessions)) == 2
        assert stock(shop) == [4, 4]
        assert retrier.figures().by_code == {"57P01": 1}
        assert shop.figures().invalidated == 1


@pytest.mark.xdist_group("mariadb")
class TestMariaDB:
    @pytest.fixture
    def shop(self, mariadb_url: str) -> Iterator[Database]:
        yield from filled(mariadb_url, innodb_lock_wait_timeout="1")

    def test_a_deadlock(self, shop: Database) -> None:
        assert deadlocked(shop).figures().by_code == {"1213": 1}
        assert stock(shop) == [3, 3]

    def test_a_lock_that_is_not_granted_in_time(self, shop: Database) -> None:
        retrier = Retrier(POLICY)
        holder = shop.session()
        holding = holder.transaction()
        holding.__enter__()
        take(holder, 2)
        tries = []

        def work(connection: Connection) -> None:
            tries.append(1)
            if len(tries) == 2:
                holding.__exit__(None, None, None)
            take(connection, 1)
            take(connection, 2)

        retrier.run(shop, work)
        holder.close()
        # Nothing of the first try is left: its whole transaction was rolled back.
        assert stock(shop) == [4, 3]
        assert retrier.figures().by_code == {"1205": 1}

    def test_a_session_that_is_ended(self, shop: Database, mariadb: MariaDB) -> None:
        retrier, sessions = cut(shop, lambda number: mariadb.execute(f"KILL {number}"), "SELECT connection_id()")
        assert len(set(sessions)) == 2
        assert stock(shop) == [4, 4]
        assert set(retrier.figures().by_code) <= {"1927", "2006", "2013", "2055"}

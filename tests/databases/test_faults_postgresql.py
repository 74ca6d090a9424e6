"""Every fault of PostgreSQL that is documented as transient, and those that are not, provoked on a real server."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from perftool.databases.faults import (
    CannotConnectError,
    ConnectionLostError,
    Fault,
    StatementError,
)
from perftool.databases.opening import open_database
from perftool.databases.postgres_faults import TRANSIENT, fault
from perftool.errors import EXIT_NOTHING_USABLE, EXIT_UNAVAILABLE, PerftoolError
from tests.databases.faulting import session, stocked, told
from tests.servers.running import PASSWORD, USER, free_port

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.servers.postgresql import PostgreSQL

pytestmark = pytest.mark.xdist_group("postgresql")


def raised(action: Callable[[], object], kind: type[PerftoolError] = StatementError) -> Fault:
    """Return the fault that ``action`` raises: one line, which shows no password."""
    return told(action, TRANSIENT, kind)


@pytest.fixture(scope="module")
def table(postgresql_url: str) -> str:
    return stocked(postgresql_url)


def test_a_serialization_failure_is_a_conflict(table: str) -> None:
    with session(table) as one, session(table) as two:

        def both() -> None:
            with one.transaction():
                one.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                one.execute("SELECT * FROM stock")
                two.execute("UPDATE stock SET left_over = left_over + 1 WHERE id = 1")
                one.execute("UPDATE stock SET left_over = left_over - 1 WHERE id = 1")

        found = raised(both)
        assert (found.kind, found.code) == ("conflict", "40001")
        assert found.transient
        assert one.ping()


def test_a_deadlock_is_a_conflict(table: str) -> None:
    reached = threading.Barrier(2)
    faults: list[Fault] = []

    def cross(first: int, second: int) -> None:
        with session(table, deadlock_timeout="20ms") as connection, suppress(StatementError):
            try:
                with connection.transaction():
                    connection.execute(f"UPDATE stock SET left_over = 0 WHERE id = {first}")
                    reached.wait(20)
                    connection.execute(f"UPDATE stock SET left_over = 0 WHERE id = {second}")
            except StatementError as error:
                faults.append(error.fault)
                raise

    threads = [threading.Thread(target=cross, args=pair) for pair in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [(found.kind, found.code, found.transient) for found in faults] == [("conflict", "40P01", True)]


def test_a_lock_that_is_not_granted_is_busy(table: str) -> None:
    with session(table) as one, session(table, lock_timeout="10ms") as two, one.transaction():
        one.execute("SELECT * FROM stock WHERE id = 1 FOR UPDATE")
        for sql in (
            "SELECT * FROM stock WHERE id = 1 FOR UPDATE NOWAIT",
            "UPDATE stock SET left_over = 0 WHERE id = 1",
        ):
            found = raised(lambda sql=sql: two.execute(sql))  # type: ignore[misc]
            assert (found.kind, found.code, found.transient) == ("busy", "55P03", True)


@pytest.mark.parametrize("sql", ["SELECT 1", "SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(60)"])
def test_a_session_that_an_administrator_ends_is_lost(postgresql: PostgreSQL, table: str, sql: str) -> None:
    with session(table) as connection:
        (pid,) = connection.execute("SELECT pg_backend_pid()").rows[0]
        if sql == "SELECT 1":
            postgresql.execute(f"SELECT pg_terminate_backend({pid}, 5000)")
        found = raised(lambda: connection.execute(sql), ConnectionLostError)
        assert (found.kind, found.code, found.transient) == ("lost", "57P01", True)
        assert not connection.ping()
        assert raised(lambda: connection.execute("SELECT 1"), ConnectionLostError).code == "08006"


def test_a_session_that_was_idle_for_too_long_is_lost(postgresql: PostgreSQL, table: str) -> None:
    with session(table, idle_session_timeout="10ms") as connection:
        pid = connection.raw.info.backend_pid
        while postgresql.execute(f"SELECT 1 FROM pg_stat_activity WHERE pid = {pid}"):
            time.sleep(0.005)
        found = raised(lambda: connection.execute("SELECT 1"), ConnectionLostError)
        assert (found.kind, found.code, found.transient) == ("lost", "57P05", True)


def test_the_crash_of_another_session_takes_all_with_it(postgresql: PostgreSQL, table: str) -> None:
    with session(table) as one, session(table) as two:
        os.kill(one.raw.info.backend_pid, signal.SIGKILL)
        found = raised(lambda: two.execute("SELECT pg_sleep(60)"), ConnectionLostError)
        assert found.kind == "lost"
        assert found.code in ("57P02", "08006")
        assert found.transient
    while not answers(postgresql):
        time.sleep(0.01)


def answers(postgresql: PostgreSQL) -> bool:
    import psycopg

    with suppress(psycopg.OperationalError):
        return postgresql.execute("SELECT 1") == [(1,)]
    return False


def test_a_server_that_shuts_down_lets_nobody_in_for_now(postgresql: PostgreSQL, table: str) -> None:
    # A shutdown waits for sessions that are there, and refuses new ones meanwhile.
    with session(table) as connection:
        os.kill(postgresql.pid, signal.SIGTERM)
        found = None
        while found is None:
            try:
                open_database(table).session().close()
            except CannotConnectError as error:
                found = error.fault
        assert (found.kind, found.code, found.transient) == ("limit", "57P03", True)
        assert connection.ping()
    postgresql.kill(signal.SIGINT)
    postgresql.start()


def test_a_server_that_is_killed_loses_a_stream_in_the_middle(postgresql: PostgreSQL, table: str) -> None:
    with session(table) as connection, session(table) as copying, session(table) as other:

        def read() -> None:
            with connection.stream("SELECT generate_series(1, 100000000)") as rows:
                assert next(iter(rows))
                postgresql.kill()
                for _ in rows:
                    pass

        found = raised(read, ConnectionLostError)
        assert (found.kind, found.code, found.transient) == ("lost", "08006", True)
        assert raised(lambda: copying.copy_out("SELECT 1", "csv").__enter__(), ConnectionLostError).kind == "lost"
        assert raised(other.transaction().__enter__, ConnectionLostError).kind == "lost"
        refused = raised(lambda: open_database(table).session(), CannotConnectError)
        assert (refused.kind, refused.code, refused.transient) == ("refused", "08001", False)
    postgresql.start()


def test_too_many_connections_are_a_limit(table: str) -> None:
    with ExitStack() as stack, open_database(table) as database:

        def fill() -> None:
            while True:
                stack.callback(database.session().close)

        found = raised(fill, CannotConnectError)
        assert (found.kind, found.code, found.transient) == ("limit", "53300", True)


def test_too_much_time_and_a_request_to_stop_are_never_transient(table: str) -> None:
    with session(table) as connection:
        found = raised(lambda: connection.execute("SELECT pg_sleep(60)", timeout_s=0.02))
        assert (found.kind, found.code, found.transient) == ("timeout", "57014", False)
        assert "0.02 s" in found.message
        timer = threading.Timer(0.05, connection.cancel)
        timer.start()
        found = raised(lambda: connection.execute("SELECT pg_sleep(60)", timeout_s=60))
        assert (found.kind, found.code, found.transient) == ("cancelled", "57014", False)
        timer.join()
    with session(table, statement_timeout="10ms") as connection:
        assert raised(lambda: connection.execute("SELECT pg_sleep(60)")).kind == "timeout"


def test_ctrl_c_stops_what_runs_on_the_server(postgresql: PostgreSQL, table: str) -> None:
    for sql in ("SELECT pg_sleep(60)", "SELECT generate_series(1, 1000000000)"):
        with session(table) as connection:
            timer = threading.Timer(0.1, lambda: os.kill(os.getpid(), signal.SIGINT))
            timer.start()
            with pytest.raises(KeyboardInterrupt), connection.stream(sql) as rows:
                for _ in rows:
                    pass
            timer.join()
            # psycopg closes the session when it was interrupted between two messages: then it must be known for dead.
            assert not connection.ping() or connection.execute("SELECT 1").rows == [(1,)]
    others = "SELECT query FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()"
    assert not [row for row in postgresql.execute(others) if "generate" in row[0]]


@pytest.mark.parametrize(
    ("url", "kind", "code"),
    [
        ("postgresql://{user}:wrong-hunter2@127.0.0.1:{port}/postgres", "login", "28P01"),
        ("postgresql://nobody-{user}:{password}@127.0.0.1:{port}/postgres", "login", "28P01"),
        ("postgresql://{user}:{password}@127.0.0.1:{port}/nowhere", "refused", "3D000"),
        ("postgresql://{user}:{password}@127.0.0.1:{free}/postgres", "refused", "08001"),
        ("postgresql://{user}:{password}@no.such.host.invalid/postgres", "refused", "08001"),
        ("postgresql:///postgres?host=/no/such/folder", "refused", "08001"),
        ("postgresql://{user}:{password}@127.0.0.1:{port}/postgres?sslmode=require", "refused", "08001"),
    ],
)
def test_who_cannot_connect_is_told_why(postgresql: PostgreSQL, url: str, kind: str, code: str) -> None:
    url = url.format(user=USER, password=quote(PASSWORD, safe=""), port=postgresql.port, free=free_port())
    with open_database(url) as database, pytest.raises(CannotConnectError) as caught:
        database.session()
    found = raised(database.session, CannotConnectError)
    assert (found.kind, found.code, found.transient) == (kind, code, False)
    assert caught.value.exit_code == EXIT_UNAVAILABLE
    assert caught.value.hint
    # Reports hold neither hosts nor users.
    assert not any(word in found.message for word in ("127.0.0.1", USER, "invalid", "hunter2"))


def test_what_is_wrong_with_a_statement_is_told_with_its_place(table: str) -> None:
    with session(table) as connection:
        sql = "SELECT 'é', nothing FROM stock"
        found = raised(lambda: connection.execute(sql))
        assert (found.kind, found.code, found.position) == ("statement", "42703", sql.index("nothing"))
        for again in (connection.explain, connection.counters, lambda sql: connection.copy_out(sql, "ndjson")):
            assert raised(lambda again=again: again(sql)).position == found.position  # type: ignore[misc]
        assert raised(lambda: connection.execute("INSERT INTO stock VALUES (1, 0)")).code == "23505"
        for copy in ("COPY stock TO STDOUT", "/* in */ copy stock FROM STDIN"):
            assert "COPY gives no rows" in raised(lambda copy=copy: connection.execute(copy)).message  # type: ignore[misc]
        assert connection.ping()
    with pytest.raises(StatementError) as caught, open_database(table) as database, database.connect() as reading:
        reading.execute("DELETE FROM stock")
    assert (caught.value.fault.kind, caught.value.fault.code) == ("read-only", "25006")
    assert caught.value.exit_code == EXIT_NOTHING_USABLE
    assert "--write" in str(caught.value.hint)


def test_errors_of_others_are_left_alone() -> None:
    assert fault(ValueError("x")) is None
    assert fault(OSError("disk")) is None

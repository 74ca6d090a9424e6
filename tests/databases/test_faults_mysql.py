"""Every fault of MariaDB that is documented as transient, and those that are not, provoked on a real server."""

from __future__ import annotations

import os
import signal
import socket
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from perftool.databases.faults import CannotConnectError, ConnectionLostError, Fault, StatementError
from perftool.databases.mysql_faults import TRANSIENT, fault
from perftool.databases.opening import open_database
from perftool.errors import PerftoolError, UnavailableError, UsageError
from tests.databases.faulting import session, stocked, told
from tests.servers.running import PASSWORD, USER, free_port

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.servers.mariadb import MariaDB

pytestmark = pytest.mark.xdist_group("mariadb")


def raised(action: Callable[[], object], kind: type[PerftoolError] = StatementError) -> Fault:
    """Return the fault that ``action`` raises: one line, which shows no password."""
    return told(action, TRANSIENT, kind)


@pytest.fixture(scope="module")
def table(mariadb_url: str) -> str:
    return stocked(mariadb_url)


def test_a_deadlock_is_a_conflict_and_undoes_the_whole_transaction(table: str) -> None:
    reached = threading.Barrier(2)
    faults: list[Fault] = []

    def cross(first: int, second: int) -> None:
        with session(table) as connection:
            try:
                with connection.transaction():
                    connection.execute("INSERT INTO stock VALUES (%s, 0)", (first * 100,))
                    connection.execute(f"UPDATE stock SET left_over = 0 WHERE id = {first}")
                    reached.wait(20)
                    try:
                        connection.execute(f"UPDATE stock SET left_over = 0 WHERE id = {second}")
                    except StatementError as error:
                        faults.append(error.fault)
            except StatementError as error:
                # Who swallows the first cannot commit what came afterwards.
                faults.append(error.fault)

    threads = [threading.Thread(target=cross, args=pair) for pair in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [(found.kind, found.code, found.transient) for found in faults] == [("conflict", "1213", True)] * 2
    with session(table) as connection:
        assert connection.execute("SELECT count(*) FROM stock WHERE id >= 100").rows == [(1,)]


def test_a_lock_that_is_not_granted_is_busy(table: str) -> None:
    with session(table) as one, session(table, innodb_lock_wait_timeout="0") as two, one.transaction():
        one.execute("SELECT * FROM stock WHERE id = 1 FOR UPDATE")
        found = raised(lambda: two.execute("UPDATE stock SET left_over = 0 WHERE id = 1"))
        assert (found.kind, found.code, found.transient) == ("busy", "1205", True)
        assert two.ping()


def test_a_session_that_an_administrator_ends_is_lost(mariadb: MariaDB, table: str) -> None:
    with session(table) as idle, session(table) as busy:
        for connection in (idle, busy):
            (number,) = connection.execute("SELECT connection_id()").rows[0]
            if connection is idle:
                mariadb.execute(f"KILL {number}")
                found = raised(lambda: idle.execute("SELECT 1"), ConnectionLostError)
            else:
                timer = threading.Timer(0.05, lambda number=number: mariadb.execute(f"KILL {number}"))  # type: ignore[misc]
                timer.start()
                found = raised(lambda: busy.execute("SELECT sleep(60)"), ConnectionLostError)
                timer.join()
            assert found.kind == "lost"
            assert found.code in ("1927", "2006", "2013")
            assert found.transient
            assert not connection.ping()
        # The library says of a connection that it has closed only that it is.
        assert raised(lambda: idle.execute("SELECT 1"), ConnectionLostError).kind == "lost"


def test_a_server_that_is_killed_loses_a_stream_in_the_middle(mariadb: MariaDB, table: str) -> None:
    with session(table) as connection, session(table) as other:

        def read() -> None:
            with connection.stream("SELECT seq FROM seq_1_to_100000000") as rows:
                assert next(iter(rows))
                mariadb.kill()
                for _ in rows:
                    pass

        found = raised(read, ConnectionLostError)
        assert (found.kind, found.transient) == ("lost", True)
        assert found.code in ("2006", "2013")
        assert raised(other.transaction().__enter__, ConnectionLostError).code in ("2006", "2013")
        refused = raised(lambda: open_database(table).session(), CannotConnectError)
        assert (refused.kind, refused.code, refused.transient) == ("refused", "2003", False)
    mariadb.start()


def test_a_server_that_shuts_down_ends_what_runs(mariadb: MariaDB, table: str) -> None:
    with session(table) as connection:
        timer = threading.Timer(0.05, lambda: mariadb.kill(signal.SIGTERM))
        timer.start()
        found = raised(lambda: connection.execute("SELECT sleep(60)"), ConnectionLostError)
        timer.join()
        assert found.kind == "lost"
        assert found.code in ("1053", "1927", "2006", "2013")
    mariadb.start()


def test_too_many_connections_are_a_limit(mariadb: MariaDB, table: str) -> None:
    mariadb.execute("CREATE USER few IDENTIFIED BY '' WITH MAX_USER_CONNECTIONS 1")
    few = mariadb.url().replace(mariadb.credentials, "few")
    with session(few):
        found = raised(lambda: open_database(few).session(), CannotConnectError)
        assert (found.kind, found.code) == ("limit", "1226")
    with ExitStack() as stack, open_database(table) as database:

        def fill() -> None:
            while True:
                stack.callback(database.session().close)

        found = raised(fill, CannotConnectError)
        assert (found.kind, found.code, found.transient) == ("limit", "1040", True)


def test_too_much_time_and_a_request_to_stop_are_never_transient(table: str) -> None:
    with session(table) as connection:
        found = raised(lambda: connection.execute("SELECT sleep(60)", timeout_s=0.02))
        assert (found.kind, found.code, found.transient) == ("timeout", "1969", False)
        assert "0.02 s" in found.message
        timer = threading.Timer(0.05, connection.cancel)
        timer.start()
        found = raised(lambda: connection.execute("SELECT sleep(60) FROM stock"))
        assert (found.kind, found.code, found.transient) == ("cancelled", "1317", False)
        timer.join()


@pytest.mark.parametrize(
    ("url", "kind", "code"),
    [
        ("mariadb://{user}:wrong-hunter2@127.0.0.1:{port}/", "login", "1045"),
        ("mariadb://nobody:{password}@127.0.0.1:{port}/", "login", "1045"),
        ("mysql://{user}:{password}@127.0.0.1:{port}/nowhere", "refused", "1049"),
        ("mysql://{user}:{password}@127.0.0.1:{free}/", "refused", "2003"),
        ("mysql://{user}:{password}@no.such.host.invalid/", "refused", "2003"),
        ("mysql:///shop?unix_socket=/no/such/socket", "refused", "2002"),
    ],
)
def test_who_cannot_connect_is_told_why(mariadb: MariaDB, url: str, kind: str, code: str) -> None:
    url = url.format(user=USER, password=quote(PASSWORD, safe=""), port=mariadb.port, free=free_port())
    found = raised(lambda: open_database(url).session(), CannotConnectError)
    assert (found.kind, found.code, found.transient) == (kind, code, False)
    assert not any(word in found.message for word in ("127.0.0.1", USER, "invalid", "hunter2"))


def test_mysql_has_no_limit_for_all_statements_so_they_are_stopped_from_here(table: str) -> None:
    with session(table) as connection:
        connection.is_mariadb = False  # type: ignore[attr-defined]
        found = raised(lambda: connection.execute("SELECT sleep(60) FROM stock", timeout_s=0.02))
        assert (found.kind, found.transient) == ("timeout", False)
        assert connection.ping()


def test_ctrl_c_stops_what_runs_on_the_server(mariadb: MariaDB, table: str) -> None:
    with session(table) as connection:
        timer = threading.Timer(0.1, lambda: os.kill(os.getpid(), signal.SIGINT))
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            connection.execute("SELECT sleep(60), 'interrupted'")
        timer.join()
        while any("interrupted" in (row[0] or "") for row in running(mariadb)):
            pass


def running(mariadb: MariaDB) -> list[tuple[str | None]]:
    """Return what sessions other than the one that asks execute."""
    return mariadb.execute("SELECT info FROM information_schema.processlist WHERE id <> connection_id()")  # type: ignore[return-value]


def test_a_server_that_says_nothing_is_not_waited_for(table: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"mariadb://{USER}:secret@127.0.0.1:{silent.getsockname()[1]}/shop"
        database = open_database(url, connect_timeout_s=1)
        found = raised(database.session, CannotConnectError)
    assert (found.kind, found.code) == ("refused", "2003")
    assert "no answer" in found.message


def test_what_is_wrong_with_a_statement_is_told(table: str) -> None:
    with session(table, max_heap_table_size="16K") as connection:
        found = raised(lambda: connection.execute("SELEC 1"))
        assert (found.kind, found.code) == ("statement", "1064")
        assert found.message.endswith("syntax error near 'SELEC 1' at line 1")
        assert raised(lambda: connection.execute("INSERT INTO stock VALUES (1, 0)")).code == "1062"
        assert "do not fit" in raised(lambda: connection.execute("SELECT 5 % 2 WHERE %s", (1,))).message
        assert (
            "row 2 has 1 values"
            in raised(lambda: connection.load("stock", ("id", "left_over"), [(8, 8), (9,)])).message
        )
        reading = "LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE stock"
        assert "is refused here" in raised(lambda: connection.execute(reading)).message
        assert connection.ping()
        connection.execute("CREATE TABLE small (id int) ENGINE = MEMORY")
        full = raised(lambda: connection.execute("INSERT INTO small SELECT seq FROM seq_1_to_10000"))
        assert (full.kind, full.code) == ("full", "1114")
    with open_database(table) as database, database.connect() as reading:
        assert raised(lambda: reading.execute("DELETE FROM stock")).kind == "read-only"


def test_a_file_that_the_server_must_not_read_is_refused(mariadb: MariaDB, table: str) -> None:
    mariadb.execute("SET GLOBAL local_infile = 0")
    try:
        with session(table) as connection:
            with pytest.raises(UnavailableError, match="LOAD DATA LOCAL is switched off"):
                connection.load("stock", ("id", "left_over"), [(7, 7)], way="load-data")
            assert connection.load("stock", ("id", "left_over"), [(7, 7)]) == 1
    finally:
        mariadb.execute("SET GLOBAL local_infile = 1")


def test_a_wrong_setting_is_told_before_anything_runs(table: str) -> None:
    for name, value in (("no_such_setting", "1"), ("sort_buffer_size", "much"), ("datadir", "here")):
        with (
            pytest.raises(UsageError, match=f"{name}={value} is not taken"),
            open_database(table, settings={name: value}) as database,
        ):
            database.session()


def test_errors_of_others_are_left_alone() -> None:
    assert fault(ValueError("x")) is None
    assert fault(OSError("disk")) is None

"""What only Flight SQL servers do: TLS, tokens, several endpoints, and what they have not."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("adbc_driver_flightsql", reason="ADBC is not installed: pip install 'perftool[arrow]'")

from perftool.databases import adbc
from perftool.databases import address as addresses
from perftool.databases.api import Access
from perftool.databases.drivers.flightsql import DRIVER, FlightSQL
from perftool.databases.faults import CannotConnectError, StatementError
from perftool.errors import UnavailableError, UsageError
from tests.servers.flightsql import TOKEN
from tests.servers.flightsql import FlightSQL as Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.flightsql import Roapi

pytestmark = pytest.mark.xdist_group("flightsql")


@contextlib.contextmanager
def opened(url: str, **settings: str) -> Iterator[FlightSQL]:
    access = Access(settings=settings, connect_timeout_s=5)
    with contextlib.closing(FlightSQL(addresses.parse(url, {}), access)) as found:
        yield found


def test_a_token_lets_in_as_a_password_does(flightsql: Server) -> None:
    with opened(f"flightsql://127.0.0.1:{flightsql.port}?token={TOKEN}") as connection:
        assert connection.ping()
    for url in (f"grpc://127.0.0.1:{flightsql.port}", f"grpc://127.0.0.1:{flightsql.port}?token=wrong-{TOKEN}"):
        with pytest.raises(CannotConnectError) as raised, opened(url):
            pass
        assert raised.value.fault.kind == "login"
        assert TOKEN not in str(raised.value)


def test_rows_come_from_every_endpoint_in_order(flightsql: Server) -> None:
    with opened(flightsql.url()) as connection:
        sql = "SELECT i FROM range(1000) r(i) ORDER BY i /* endpoints=3 */"
        assert connection.execute(sql).rows == [(i,) for i in range(1000)]
        with connection.batches(sql) as reader:
            assert reader.read_all().column("i").to_pylist() == list(range(1000))


def test_an_error_in_the_middle_of_a_stream_is_told(flightsql: Server) -> None:
    sql = "SELECT CASE WHEN i = 50000 THEN error('no such luck') ELSE i END FROM range(100000) r(i)"
    with opened(flightsql.url()) as connection:
        with pytest.raises(StatementError, match="no such luck") as raised, connection.stream(sql) as stream:
            list(stream)
        assert "Traceback" not in str(raised.value)
        with pytest.raises(StatementError, match="no such luck"), connection.batches(sql) as reader:
            reader.read_all()


def test_transactions_where_the_server_has_them(flightsql: Server, roapi: Roapi) -> None:
    with opened(flightsql.url()) as connection:
        connection.execute("CREATE TABLE booked (i INTEGER)")
        with connection.transaction():
            connection.load("booked", ["i"], [(1,)])
        with pytest.raises(ZeroDivisionError):
            undone(connection)
        assert connection.execute("SELECT i FROM booked").rows == [(1,)]
    with opened(roapi.url()) as connection:
        with pytest.raises(UnavailableError, match="no transactions"), connection.transaction():
            pass
        with pytest.raises(UnavailableError, match="no bulk ingestion"):
            connection.load("numbers", ["i"], [(1,)])


def undone(connection: FlightSQL) -> None:
    with connection.transaction():
        connection.execute("INSERT INTO booked VALUES (2)")
        raise ZeroDivisionError


def test_the_protocol_has_no_session_settings_and_few_options(flightsql: Server) -> None:
    with pytest.raises(UsageError, match="no session settings"), opened(flightsql.url(), threads="1"):
        pass
    with pytest.raises(UsageError, match="tsl") as raised, opened(flightsql.url("tsl=true")):
        pass
    assert "tls" in str(raised.value.hint)
    with pytest.raises(UsageError, match="tls_root: /nowhere"), opened(flightsql.url("tls=true&tls_root=/nowhere.pem")):
        pass


@pytest.fixture(scope="module")
def encrypted() -> Iterator[Server]:
    with Server(tls=True) as server:
        yield server


def test_tls_is_asked_for_and_checked(encrypted: Server) -> None:
    for options in (f"tls=true&tls_root={encrypted.certificate}", "tls=true&tls_skip_verify=true"):
        with opened(encrypted.url(options)) as connection:
            assert connection.execute("SELECT 42").rows == [(42,)]
    for options in ("tls=true", ""):
        with pytest.raises(CannotConnectError) as raised, opened(encrypted.url(options)):
            pass
        assert raised.value.fault.kind == "refused"
        assert "127.0.0.1" not in str(raised.value)
    assert "tls=true" in str(raised.value.hint)


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("[FlightSQL] context canceled (Canceled; DoGet: endpoint 0: [])", "cancelled", "CANCELLED"),
        ("[FlightSQL] too slow (DeadlineExceeded; DoGet)", "timeout", "TIMEOUT"),
        ("[FlightSQL] closing (Unavailable; GetInfo(GetSqlInfo)). Vendor code: 14", "lost", "IO"),
        ("[FlightSQL] who are you (Unauthenticated; Prepare)", "login", "UNAUTHENTICATED"),
        ("[FlightSQL] boom. Detail: Traceback (most recent call last): secrets", "statement", "UNKNOWN"),
        ("[SQLite] Type mismatch", "statement", "UNKNOWN"),
    ],
)
def test_what_a_reader_says_in_words_is_understood(text: str, kind: str, code: str) -> None:
    found = DRIVER.fault(OSError(text))
    assert found is not None
    assert (found.kind, found.code) == (kind, code)
    assert not {"secrets", ";", "Vendor"} & set(found.message.split())


def test_errors_of_others_are_left_alone() -> None:
    DRIVER.check()
    for error in (OSError(28, "No space left on device"), ValueError("[x] mine"), KeyboardInterrupt()):
        assert adbc.fault(error) is None

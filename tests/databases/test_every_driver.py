"""What every driver does, on the real thing; what a system cannot do, its capabilities say."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import threading
import traceback
from typing import TYPE_CHECKING, Any

import pytest

from perftool.databases import address as addresses
from perftool.databases.api import Access, Column
from perftool.databases.faults import CannotConnectError, ConnectionLostError, StatementError
from perftool.errors import PerftoolError, UnavailableError, UsageError
from tests.databases.systems import REFUSED, VALUES
from tests.servers.flightsql import TOKEN
from tests.servers.running import PASSWORD, free_port

if TYPE_CHECKING:
    from collections.abc import Iterable

    from perftool.databases.api import Connection
    from tests.databases.systems import System


def numbered(system: System, connection: Connection, rows: int) -> str:
    """Return a query for ids from 0 and a text, in the order of the ids."""
    if system.fixed:
        return f"SELECT i AS id, t AS name FROM {system.numbers} WHERE i < {rows} ORDER BY i"
    return f"SELECT id, name FROM {system.table(connection, rows)} ORDER BY id"


def test_a_statement_gives_its_columns_and_all_its_rows(system: System, connection: Connection) -> None:
    result = connection.execute(numbered(system, connection, 3))
    assert [column.name for column in result.columns] == ["id", "name"]
    assert all(isinstance(column, Column) for column in result.columns)
    assert [row[0] for row in result.rows] == [0, 1, 2]
    assert result.affected is None


def test_changes_say_how_many_rows_they_changed(writing: System, connection: Connection) -> None:
    table = writing.table(connection, 5)
    result = connection.execute(f"UPDATE {table} SET name = 'x' WHERE id < {writing.marks(1)}", (3,))
    assert result.affected in ({3, None} if writing.name == "flightsql" else {3})
    assert connection.execute(f"SELECT count(*) FROM {table} WHERE name = 'x'").rows == [(3,)]


@pytest.mark.parametrize("kind", sorted(VALUES))
def test_values_come_back_as_they_went_in(writing: System, connection: Connection, kind: str) -> None:
    wanted = writing.stored.get(kind, VALUES[kind])
    name = f"kept_{kind}"
    if wanted is REFUSED:
        with pytest.raises(PerftoolError) as raised:
            _stored(writing, connection, name, kind)
        assert raised.value.exit_code != 70
    else:
        assert _stored(writing, connection, name, kind) == [(wanted,), (None,)]


def _stored(system: System, connection: Connection, name: str, kind: str) -> list[Any]:
    connection.execute(f"CREATE TABLE {name} (id {system.types['integer']}, v {system.types[kind]})")
    sql = f"INSERT INTO {name} (id, v) VALUES ({system.marks(2)})"
    connection.execute(sql, (1, VALUES[kind]))
    connection.execute(sql, (2, None))
    return connection.execute(f"SELECT v FROM {name} ORDER BY id").rows


def test_rows_of_a_failed_execute_many_are_all_undone(writing: System, connection: Connection) -> None:
    table = writing.table(connection, 1)
    sql = f"INSERT INTO {table} (id, name) VALUES ({writing.marks(2)})"
    with pytest.raises(StatementError):
        connection.execute_many(sql, [(1, "a"), (2, "b"), (0, "again")])
    if writing.driver.capabilities.transactions:
        assert connection.execute(f"SELECT count(*) FROM {table}").rows == [(1,)]


@pytest.mark.parametrize("chunk_rows", [1, 7, 1000])
def test_a_stream_gives_the_same_rows_in_chunks(system: System, connection: Connection, chunk_rows: int) -> None:
    query = numbered(system, connection, 50)
    with connection.stream(query, chunk_rows=chunk_rows) as stream:
        assert [column.name for column in stream.columns] == ["id", "name"]
        assert stream.path
        chunks = [list(chunk) for chunk in stream]
    assert all(0 < len(chunk) <= chunk_rows for chunk in chunks)
    assert [row for chunk in chunks for row in chunk] == connection.execute(query).rows


def test_a_stream_takes_parameters_and_may_be_empty(writing: System, connection: Connection) -> None:
    table = writing.table(connection, 4)
    sql = f"SELECT id FROM {table} WHERE id >= {writing.marks(1)} ORDER BY id"
    for least, rows in ((2, [(2,), (3,)]), (9, [])):
        with connection.stream(sql, (least,)) as stream:
            assert [row for chunk in stream for row in chunk] == rows


def test_who_leaves_a_stream_stops_its_statement(system: System, connection: Connection) -> None:
    with connection.stream(system.endless) as stream:
        assert len(next(iter(stream))) > 0
    assert connection.ping()
    if system.running:
        system.await_none_running()


def test_record_batches_hold_the_same_rows(system: System, connection: Connection) -> None:
    query = numbered(system, connection, 50)
    if not system.driver.capabilities.arrow:
        with pytest.raises(UnavailableError), connection.batches(query):
            pass
        return
    with connection.batches(query) as reader:
        rows = [tuple(row.values()) for batch in reader for row in batch.to_pylist()]
    assert rows == connection.execute(query).rows
    with connection.batches(system.endless) as reader:
        assert reader.read_next_batch().num_rows
    assert connection.ping()
    if system.running:
        system.await_none_running()


AWKWARD = ["plain", "", 'a "quote"', "a, comma", "two\nlines", "é 漢 🐘", "back\\slash", "tab\t", "\r", " space ", None]


def _awkward(system: System, connection: Connection) -> str:
    table = system.table(connection)
    connection.execute(f"ALTER TABLE {table} ADD COLUMN f {system.types['float']}")
    rows = [(i, text, i / 3) for i, text in enumerate(AWKWARD)]
    connection.execute_many(f"INSERT INTO {table} (id, name, f) VALUES ({system.marks(3)})", rows)
    return f"SELECT id, name, f FROM {table} ORDER BY id"


def test_the_engine_writes_csv_that_reads_back_the_same(writing: System, connection: Connection) -> None:
    if "csv" not in writing.driver.capabilities.copies:
        with pytest.raises(UnavailableError), connection.copy_out("SELECT 1", "csv"):
            pass
        return
    query = _awkward(writing, connection)
    with connection.copy_out(query + "; ", "csv") as chunks:
        text = b"".join(bytes(chunk) for chunk in chunks).decode()
    header, *lines = csv.reader(io.StringIO(text, newline=""))
    assert header == ["id", "name", "f"]
    found = [(int(i), name, float(f)) for i, name, f in lines]
    assert found == [(i, name or "", f) for i, name, f in connection.execute(query).rows]


def test_the_engine_writes_json_that_reads_back_the_same(writing: System, connection: Connection) -> None:
    if "ndjson" not in writing.driver.capabilities.copies:
        with pytest.raises(UnavailableError), connection.copy_out("SELECT 1", "ndjson"):
            pass
        return
    query = _awkward(writing, connection)
    with connection.copy_out(query + "; ", "ndjson") as chunks:
        text = b"".join(bytes(chunk) for chunk in chunks).decode()
    assert text.endswith("\n")
    found = [tuple(json.loads(line).values()) for line in text.removesuffix("\n").split("\n")]
    assert found == connection.execute(query).rows


def test_who_leaves_a_copy_stops_its_statement(system: System, connection: Connection) -> None:
    for form in system.driver.capabilities.copies:
        with connection.copy_out(system.endless, form) as chunks:
            assert next(iter(chunks))
        assert connection.ping()
        if system.running:
            system.await_none_running()
        with pytest.raises(StatementError), connection.copy_out("SELECT nothing FROM nowhere", form) as chunks:
            list(chunks)
    with pytest.raises(UnavailableError), connection.copy_out("SELECT 1", "xml"):
        pass


def test_every_way_loads_all_rows_or_none(writing: System, connection: Connection) -> None:
    capabilities = writing.driver.capabilities
    for way in ("", *capabilities.loads):
        table = writing.table(connection)
        rows = [(i, f"it's {i}" if i % 3 else None) for i in range(25)]
        assert connection.load(table, ["id", "name"], iter(rows), way=way, batch_rows=10) == 25
        assert connection.load(table, ["name", "id"], iter([]), way=way) == 0
        assert connection.execute(f"SELECT id, name FROM {table} ORDER BY id").rows == rows
        more = [(f"n{i}", i % 47) for i in range(25, 60)]
        with pytest.raises(StatementError):
            connection.load(table, ["name", "id"], iter(more), way=way, batch_rows=10)
        assert connection.execute(f"SELECT count(*) FROM {table}").rows == [(25,)]
    with pytest.raises(UsageError, match="carrier-pigeon"):
        connection.load(table, ["id"], [(1,)], way="carrier-pigeon")


def test_what_feeds_a_load_may_fail_itself(writing: System, connection: Connection) -> None:
    def rows() -> Iterable[tuple[int, str]]:
        yield 1, "a"
        raise KeyError("a bug of the caller")

    if not writing.driver.capabilities.transactions:
        pytest.skip("what was sent is there")
    for way in writing.driver.capabilities.loads:
        table = writing.table(connection)
        with pytest.raises(KeyError):
            connection.load(table, ["id", "name"], rows(), way=way, batch_rows=1)
        assert connection.execute(f"SELECT count(*) FROM {table}").rows == [(0,)]


def test_plans_are_told(system: System, connection: Connection) -> None:
    query = numbered(system, connection, 5)
    plan = connection.explain(query)
    assert plan.text.strip()
    assert not plan.analyzed
    assert connection.explain(query, analyze=True).text.strip()


def test_counters_are_the_same_every_time_and_leave_no_trace(system: System, connection: Connection) -> None:
    query = numbered(system, connection, 50)
    connection.counters(query)
    found = [dict(connection.counters(query)) for _ in range(5)]
    assert found == [found[0]] * 5
    assert set(found[0]) == set(system.driver.capabilities.counters)
    assert not found[0] or any(found[0].values())
    if found[0] and not system.fixed:
        table = system.table(connection, 3)
        connection.counters(f"DELETE FROM {table}")
        assert connection.execute(f"SELECT count(*) FROM {table}").rows == [(3,)]


def test_a_session_that_may_not_write_does_not(writing: System) -> None:
    table = ""
    with contextlib.closing(writing.connect()) as before:
        table = writing.table(before, 1)
    with contextlib.closing(writing.connect(write=False)) as connection:
        assert connection.execute(f"SELECT count(*) FROM {table}").rows == [(1,)]
        if not writing.driver.capabilities.read_only:
            return
        for statement in (f"DELETE FROM {table}", "CREATE TABLE unwanted (i INTEGER)"):
            with pytest.raises(StatementError) as raised:
                connection.execute(statement)
            assert raised.value.fault.kind == "read-only"
            assert "--write" in str(raised.value.hint)
        assert connection.execute(f"SELECT count(*) FROM {table}").rows == [(1,)]


def test_a_statement_that_takes_too_long_is_stopped(system: System, connection: Connection) -> None:
    with pytest.raises(StatementError) as raised:
        connection.execute(system.slow, timeout_s=0.05)
    assert raised.value.fault.kind == "timeout"
    assert not raised.value.fault.transient
    lasting = system.slow if system.fixed else system.endless
    with pytest.raises(StatementError) as raised, connection.stream(lasting, timeout_s=0.05) as stream:
        for _ in stream:
            pass
    assert raised.value.fault.kind == "timeout"
    assert connection.ping()
    if system.running:
        system.await_none_running()


def test_another_thread_can_cancel(system: System, connection: Connection) -> None:
    ended = threading.Event()

    def cancel() -> None:
        # It may be asked before the statement runs, which is no request to stop it.
        while not ended.wait(0.02):
            connection.cancel()

    canceller = threading.Thread(target=cancel)
    canceller.start()
    try:
        with pytest.raises(StatementError) as raised:
            connection.execute(system.slow)
    finally:
        ended.set()
        canceller.join()
    assert raised.value.fault.kind == "cancelled"
    connection.cancel()
    assert connection.ping()


@pytest.mark.parametrize("sql", ["SELEC 1", "SELECT * FROM nowhere", "SELECT nothing FROM (SELECT 1 AS one) x"])
def test_wrong_statements_are_told_in_one_line(system: System, connection: Connection, sql: str) -> None:
    with pytest.raises(StatementError) as raised:
        connection.execute(sql)
    assert raised.value.fault.kind == "statement"
    assert not raised.value.fault.transient
    assert "\n" not in str(raised.value)
    assert raised.value.exit_code == 3
    with pytest.raises(StatementError), connection.stream(sql) as stream:
        list(stream)
    assert connection.ping()


def test_violated_constraints_are_wrong_statements(writing: System, connection: Connection) -> None:
    table = writing.table(connection, 1)
    with pytest.raises(StatementError) as raised:
        connection.execute(f"INSERT INTO {table} (id, name) VALUES (0, 'again')")
    assert raised.value.fault.kind == "statement"
    assert raised.value.fault.code


def test_a_transaction_ends_with_its_block(writing: System, connection: Connection) -> None:
    if not writing.driver.capabilities.transactions:
        pytest.skip(f"{writing.name} promises no transactions")
    table = writing.table(connection)
    with connection.transaction():
        connection.execute(f"INSERT INTO {table} (id) VALUES (1)")
    inside = []

    def given_up() -> None:
        with connection.transaction():
            connection.load(table, ["id"], [(2,), (3,)])
            inside.extend(connection.execute(f"SELECT count(*) FROM {table}").rows)
            raise ZeroDivisionError

    def failing() -> None:
        with connection.transaction():
            connection.execute(f"INSERT INTO {table} (id) VALUES (4)")
            connection.execute(f"INSERT INTO {table} (id) VALUES (4)")

    with pytest.raises(ZeroDivisionError):
        given_up()
    assert inside == [(3,)]
    with pytest.raises(StatementError):
        failing()
    assert connection.execute(f"SELECT id FROM {table}").rows == [(1,)]


def test_a_session_that_is_gone_is_lost(system: System) -> None:
    with contextlib.closing(system.connect()) as connection:
        assert connection.ping()
        with system.severed(connection), pytest.raises(ConnectionLostError) as raised:
            connection.execute("SELECT 1")
        assert raised.value.fault.kind == "lost"


def test_reset_makes_a_session_as_new(writing: System, connection: Connection) -> None:
    if not writing.driver.capabilities.transactions:
        connection.reset()
        assert connection.ping()
        return
    table = writing.table(connection)
    connection.execute("CREATE TEMPORARY TABLE passing (i INTEGER)")
    connection.execute("START TRANSACTION" if writing.name == "mariadb" else "BEGIN")
    connection.execute(f"INSERT INTO {table} (id) VALUES (1)")
    connection.reset()
    assert connection.execute(f"SELECT count(*) FROM {table}").rows == [(0,)]
    with pytest.raises(StatementError):
        connection.execute("SELECT * FROM passing")


def test_it_says_what_it_is(system: System, connection: Connection) -> None:
    facts = connection.facts()
    assert facts.system
    assert facts.version
    assert facts.driver
    assert all(isinstance(value, str) for value in (facts.durability | facts.settings).values())
    assert bool(facts.durability) == (system.name not in {"flightsql", "roapi"})


def test_closing_twice_is_closing(system: System) -> None:
    connection = system.connect()
    connection.close()
    connection.close()
    assert not connection.ping()


def test_a_server_that_is_not_there_is_refused(system: System) -> None:
    if not system.driver.capabilities.server:
        pytest.skip("no server")
    port = free_port()
    address = addresses.parse(f"{system.address.scheme}://somebody:{'secret-7'}@127.0.0.1:{port}/shop", {})
    with pytest.raises(CannotConnectError) as raised:
        system.driver.connect(address, Access())
    assert raised.value.fault.kind == "refused"
    assert raised.value.exit_code == 4
    assert "\n" not in str(raised.value)


def test_no_password_shows_anywhere(system: System, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    secrets = (PASSWORD, TOKEN, "planted-wrong-7")
    shown: list[str] = []
    with contextlib.closing(system.connect()) as connection:
        shown += [repr(connection), str(connection), str(connection.facts())]
        with pytest.raises(PerftoolError) as failed:
            connection.execute("SELEC")
        shown += traceback.format_exception(failed.value)
    wrong = system.url.replace(addresses.quote(PASSWORD, safe=""), "planted-wrong-7")
    shown += [repr(system.address), system.address.label]
    if wrong != system.url:
        with pytest.raises(CannotConnectError) as refused:
            system.driver.connect(addresses.parse(wrong, {}), Access())
        assert refused.value.fault.kind == "login"
        shown += traceback.format_exception(refused.value)
        shown.append(str(refused.value.hint))
    shown.append(caplog.text)
    for secret in secrets:
        assert not any(secret in text for text in shown)

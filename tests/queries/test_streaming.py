"""Streams that end otherwise than with their last row: the statement stops, and what was written says so."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from perftool.clock import SystemClock
from perftool.databases import open_database
from perftool.databases.faults import ConnectionLostError, StatementError
from perftool.events import Silent
from perftool.queries import format as formats
from perftool.queries.paths import Question
from perftool.queries.sinks import FileSink, PipeSink
from perftool.queries.streaming import Manner, Streamed, stream
from tests.queries.sinks import MemorySink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from perftool.databases import Database
    from perftool.queries.sinks import Sink
    from tests.servers.mariadb import MariaDB
    from tests.servers.postgresql import PostgreSQL

ENDLESS = "WITH RECURSIVE watched(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM watched) SELECT i FROM watched"
SLOW = "WITH RECURSIVE watched(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM watched) SELECT count(*) FROM watched"
SERIES = "SELECT i, repeat('x', 100) AS watched FROM generate_series(1, 10000000) AS s(i)"


def run(
    database: Database, sql: str, sink: Sink, form: str = "ndjson", done: Streamed | None = None, **options: Any
) -> Streamed:
    done = done or Streamed()
    question = Question(sql=sql, form=formats.load(form), lasting=sink.lasting, **options)
    with database.connect() as connection:
        stream(connection, database.driver, question, sink, Manner(), done, clock=SystemClock(), listener=Silent())
    return done


@pytest.fixture
def sqlite() -> Iterator[Database]:
    with open_database(":memory:") as database:
        yield database


class Reader:
    """Reads a pipe and leaves when it has read enough."""

    def __init__(self, size: int) -> None:
        self.descriptor, self.writing = os.pipe()
        self.data = b""
        self._thread = threading.Thread(target=self._read, args=(size,))
        self._thread.start()

    def _read(self, size: int) -> None:
        while len(self.data) < size:
            self.data += os.read(self.descriptor, 65536)
        os.close(self.descriptor)

    def end(self) -> None:
        self._thread.join()


@pytest.mark.parametrize("size", [0, 100_000])
def test_a_reader_that_leaves_ends_the_stream(sqlite: Database, size: int) -> None:
    # Size 0: it leaves before the first row, which would never come.
    reader = Reader(size)
    with open(reader.writing, "wb", buffering=0) as pipe:
        done = run(sqlite, ENDLESS if size else SLOW, PipeSink(pipe))
    reader.end()
    assert done.stopped == "the reader of standard output has gone"


@pytest.mark.xdist_group("postgresql")
@pytest.mark.parametrize("sql", [SERIES, "SELECT count(*) AS watched FROM generate_series(1, 100000000000)"])
def test_a_reader_that_leaves_ends_the_statement_on_the_server(postgresql: PostgreSQL, sql: str) -> None:
    reader = Reader(0 if "count" in sql else 100_000)
    with open_database(postgresql.url()) as database, open(reader.writing, "wb", buffering=0) as pipe:
        done = run(database, sql, PipeSink(pipe))
        reader.end()
        assert done.stopped
        assert none_run(postgresql)


def running(server: PostgreSQL) -> int:
    mine = "query LIKE '%watched%' AND query NOT LIKE '%pg_stat%'"
    return int(server.execute(f"SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND {mine}")[0][0])


def none_run(server: PostgreSQL, number: int = 0) -> bool:
    limit = time.monotonic() + 10
    while running(server) != number:
        if time.monotonic() > limit:
            return False
        time.sleep(0.01)
    return True


@pytest.mark.xdist_group("postgresql")
def test_ctrl_c_ends_the_statement_on_the_server(postgresql: PostgreSQL, tmp_path: Path) -> None:
    sql = "SELECT count(*) AS watched FROM generate_series(1, 100000000000)"
    command = [sys.executable, "-m", "perftool", "query", "stream", "env:SHOP", sql, "--to", "rows.csv"]
    environment = {**os.environ, "SHOP": postgresql.url()}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE) as process:
        assert none_run(postgresql, 1)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
    assert none_run(postgresql)
    assert os.listdir(tmp_path) == []


class Failing(MemorySink):
    """Does something when enough was written."""

    def __init__(self, after: int, then: Callable[[], object], *, lasting: bool) -> None:
        super().__init__(lasting=lasting)
        self._after, self._then = after, then

    def write(self, data: bytes) -> None:
        super().write(data)
        if len(self.data) >= self._after:
            self._after = 1 << 60
            self._then()


@pytest.mark.xdist_group("postgresql")
def test_a_server_killed_in_the_middle_breaks_the_stream_clearly(postgresql: PostgreSQL) -> None:
    sink = Failing(1_000_000, postgresql.kill, lasting=True)
    done = Streamed()
    try:
        with open_database(postgresql.url()) as database, pytest.raises(ConnectionLostError) as lost:
            run(database, SERIES, sink, "json", done)
    finally:
        postgresql.start()
    rows = json.loads(sink.data)
    assert rows[-1] == {"$error": lost.value.message, "$rows": done.rows}
    assert [row["i"] for row in rows[:-1]] == list(range(1, done.rows + 1))
    assert sink.ended == "discarded"


@pytest.mark.xdist_group("mariadb")
def test_a_killed_mariadb_leaves_no_file(mariadb: MariaDB, tmp_path: Path) -> None:
    sql = "SELECT seq AS i FROM seq_1_to_100000000"
    sink = FileSink(tmp_path / "rows.csv")
    written = sink.write

    def write(data: bytes) -> None:
        written(data)
        if not killed:
            killed.append(mariadb.kill())

    killed: list[None] = []
    sink.write = write  # type: ignore[method-assign]
    try:
        with open_database(mariadb.url("mysql")) as database, pytest.raises(ConnectionLostError):
            run(database, sql, sink, "csv")
    finally:
        mariadb.start()
    assert os.listdir(tmp_path) == []


def overflowing(row: int) -> str:
    """Return a query that SQLite finds wrong when it comes to ``row``."""
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
    return f"{numbers} SELECT abs(CASE i WHEN {row} THEN -9223372036854775807 - 1 ELSE i END) AS i FROM n"


def test_an_error_in_the_middle_is_an_event_and_the_end_of_an_array(sqlite: Database) -> None:
    for form in ("sse", "json"):
        sink = MemorySink(lasting=True)
        with pytest.raises(StatementError, match="integer overflow"):
            run(sqlite, overflowing(5), sink, form, chunk_rows=2)
        if form == "sse":
            *events, error, nothing = bytes(sink.data).decode().split("\n\n")
            assert events == [f'data: {{"i":{number}}}' for number in range(1, len(events) + 1)]
            assert error.startswith('event: error\ndata: {"error":"sqlite')
            assert nothing == ""
        else:
            assert list(json.loads(sink.data)[-1]) == ["$error", "$rows"]


@pytest.mark.parametrize("form", ["arrow", "parquet"])
def test_formats_with_a_footer_have_none_when_rows_are_missing(sqlite: Database, form: str) -> None:
    pytest.importorskip("pyarrow")
    sink = MemorySink(lasting=True)
    with pytest.raises(StatementError, match="integer overflow"):
        run(sqlite, overflowing(5000), sink, form, chunk_rows=2)
    assert not bytes(sink.data).endswith((b"PAR1", b"ARROW1"))


def test_an_error_before_the_first_row_writes_nothing(sqlite: Database) -> None:
    sink = MemorySink(lasting=True)
    with pytest.raises(StatementError, match="no such table"):
        run(sqlite, "SELECT * FROM missing", sink, "json")
    assert not sink.data


def test_ctrl_c_discards(sqlite: Database) -> None:
    sink = Failing(100_000, lambda: signal.raise_signal(signal.SIGINT), lasting=False)
    with pytest.raises(KeyboardInterrupt):
        run(sqlite, ENDLESS, sink)
    assert sink.ended == "discarded"


def test_columns_of_one_name_are_numbered_where_names_must_differ(sqlite: Database) -> None:
    sink = MemorySink()
    run(sqlite, 'SELECT 1 AS a, 2 AS a, 3 AS a_2, 4 AS "q""\\"', sink)
    assert json.loads(sink.data) == {"a": 1, "a_3": 2, "a_2": 3, 'q"\\': 4}


def test_rows_too_large_for_little_memory_get_more(tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    url = f"duckdb:///{tmp_path / 'shop.duckdb'}"
    sql = "SELECT i, repeat('x', 1000000) AS t FROM range(20) s(i)"
    for lasting in (True, False):
        sink = MemorySink(lasting=lasting)
        with open_database(url, write=True) as database:
            run(database, sql, sink, "ndjson")
        assert len(sink.data.splitlines()) == 20


@pytest.mark.parametrize(
    ("sql", "flat"),
    [
        ("SELECT a + 1 FROM numbers WHERE a > 2 LIMIT 5", True),
        ("SELECT a FROM numbers ORDER BY a", False),
        ("SELECT a, count(*) FROM numbers GROUP BY a", False),
        ("SELECT nothing", False),
    ],
)
def test_duckdb_gets_little_memory_where_rows_only_pass(sql: str, flat: bool, tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    from perftool.databases.duckdb_streaming import streams

    with open_database(f"duckdb:///{tmp_path / 'shop.duckdb'}", write=True) as database, database.connect() as opened:
        opened.execute("CREATE TABLE numbers AS SELECT i AS a FROM range(10) s(i)")
        assert streams(opened, sql) is flat

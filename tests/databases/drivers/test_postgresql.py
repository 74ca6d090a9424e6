"""What only PostgreSQL has: settings at the start, COPY, chunked rows, block counts, plans."""

from __future__ import annotations

import csv
import io
import json
import socketserver
import threading
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perftool.databases import open_database
from perftool.databases.faults import StatementError
from perftool.databases.postgres_counting import counts, text_of
from perftool.databases.postgres_faults import fault, plain
from perftool.databases.postgres_streams import copies
from perftool.errors import UnavailableError, UsageError
from tests.servers.running import PASSWORD, USER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from perftool.databases.api import Connection
    from tests.servers.postgresql import PostgreSQL

server = pytest.mark.xdist_group("postgresql")
QUERIES = (
    "SELECT name FROM things WHERE id = 77",
    "SELECT kind, count(*), sum(price) FROM things GROUP BY kind",
    "SELECT a.id FROM things a JOIN things b USING (kind) WHERE b.id < 5 ORDER BY a.name LIMIT 5",
    "SELECT * FROM things LIMIT 10",
    "SELECT id, row_number() OVER (ORDER BY md5(name)) FROM things",
)


@contextmanager
def session(url: str, *, write: bool = False, **wanted: str) -> Iterator[Connection]:
    with open_database(url, write=write, settings=wanted) as database, database.connect() as connection:
        yield connection


@pytest.fixture(scope="module")
def things(postgresql: PostgreSQL, postgresql_url: str) -> str:
    with session(postgresql_url, write=True) as connection:
        connection.execute(
            "CREATE TABLE things AS SELECT i AS id, 'name ' || i AS name, i % 7 AS kind,"
            " (i / 4.0)::numeric(10, 2) AS price FROM generate_series(1, 2000) i"
        )
        connection.execute("CREATE UNIQUE INDEX things_id ON things (id)")
        connection.execute("VACUUM ANALYZE things")
    return postgresql_url


# Settings and credentials


@server
def test_settings_hold_from_the_start_and_after_a_reset(things: str) -> None:
    with session(things, work_mem="5 MB", application_name="it's \\ ours") as connection:
        for _ in range(2):
            assert connection.execute("SHOW work_mem").rows == [("5MB",)]
            assert connection.execute("SHOW application_name").rows == [("it's \\ ours",)]
            assert connection.execute("SHOW default_transaction_read_only").rows == [("on",)]
            connection.execute("SET work_mem = '9MB'")
            connection.reset()


@server
@pytest.mark.parametrize(("name", "value"), [("work_mem", "much"), ("no_such_setting", "1")])
def test_a_wrong_setting_is_told(things: str, name: str, value: str) -> None:
    with pytest.raises(UsageError, match=f"the setting {name}={value} is not taken"):
        open_database(things, settings={name: value}).session()


@server
def test_credentials_come_from_the_systems_own_places(
    postgresql: PostgreSQL, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with session(postgresql.socket_url()) as connection:
        assert connection.execute("SELECT current_user").rows == [(USER,)]
    bare = f"postgresql://127.0.0.1:{postgresql.port}/postgres"
    monkeypatch.setenv("PGUSER", USER)
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    with session(bare) as connection:
        assert connection.ping()
    monkeypatch.delenv("PGPASSWORD")
    (tmp_path / "pass").write_text(f"127.0.0.1:*:*:{USER}:{PASSWORD}\n")
    (tmp_path / "pass").chmod(0o600)
    with session(f"{bare}?passfile={tmp_path / 'pass'}") as connection:
        assert connection.ping()
    (tmp_path / "services").write_text(f"[shop]\nhost={postgresql.folder}\nport={postgresql.port}\ndbname=postgres\n")
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services"))
    with session("postgresql:///?service=shop") as connection:
        assert connection.ping()
    with pytest.raises(UsageError, match="sslmod"):
        open_database(f"{bare}?sslmod=require").session()


class Pooler(socketserver.BaseRequestHandler):
    """Refuses settings in the first message, as PgBouncer does, and passes everything else on."""

    target: str

    def handle(self) -> None:
        import socket

        first = self.request.recv(8)
        if first[4:] == (80877103).to_bytes(4, "big"):
            self.request.sendall(b"N")
            first = self.request.recv(8)
        first += self.request.recv(int.from_bytes(first[:4], "big") - 8)
        if b"\0options\0" in first:
            told = b"SFATAL\0C08P01\0Munsupported startup parameter: options\0\0"
            self.request.sendall(b"E" + (len(told) + 4).to_bytes(4, "big") + told)
            return
        with socket.socket(socket.AF_UNIX) as onwards:
            onwards.connect(self.target)
            onwards.sendall(first)
            back = threading.Thread(target=self.pass_on, args=(onwards, self.request))
            back.start()
            self.pass_on(self.request, onwards)
            with suppress(OSError):
                onwards.shutdown(socket.SHUT_RDWR)
            back.join()

    def pass_on(self, source: Any, target: Any) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)


@server
def test_behind_a_pooler_settings_are_set_afterwards(postgresql: PostgreSQL) -> None:
    handler = type("Handler", (Pooler,), {"target": f"{postgresql.folder}/.s.PGSQL.{postgresql.port}"})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as pooler:
        thread = threading.Thread(target=pooler.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        url = f"postgresql://{USER}@127.0.0.1:{pooler.server_address[1]}/postgres?sslmode=disable"
        with session(url, work_mem="5MB") as connection:
            for _ in range(2):
                assert connection.execute("SHOW work_mem").rows == [("5MB",)]
                with pytest.raises(StatementError, match="read-only"):
                    connection.execute("CREATE TABLE never (id int)")
                connection.execute("SET work_mem = '9MB'")
                connection.reset()
        pooler.shutdown()
        thread.join()


@server
def test_a_reset_leaves_nothing_behind(things: str) -> None:
    with session(things, write=True) as connection:
        connection.execute("CREATE TEMP TABLE mine (id int)")
        connection.execute("PREPARE mine AS SELECT 1")
        connection.execute("SELECT pg_advisory_lock(7)")
        connection.execute("LISTEN news")
        for _ in range(7):
            # psycopg prepares what it runs often.
            connection.execute("SELECT count(*) FROM things")
        connection.execute("BEGIN")
        rows = connection.stream("SELECT * FROM things")
        assert next(iter(rows))
        connection.reset()
        left = "SELECT (SELECT count(*) FROM pg_prepared_statements WHERE from_sql),"
        left += " (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()),"
        left += " (SELECT count(*) FROM pg_listening_channels()), to_regclass('pg_temp.mine')"
        assert connection.execute(left).rows == [(0, 0, 0, None)]
        assert connection.execute("SELECT count(*) FROM things").rows == [(2000,)]


# Values and results


@server
def test_what_python_cannot_hold_comes_as_text(things: str) -> None:
    with session(things) as connection:
        wide = connection.execute(
            "SELECT 'infinity'::date, '0044-03-15 BC'::date, '24:00'::time, '-infinity'::timestamptz,"
            " '12000-01-01'::timestamp, '1 year 2 days'::interval, 'NaN'::numeric"
        ).rows[0]
        assert wide[:6] == (
            "infinity",
            "0044-03-15 BC",
            "24:00:00",
            "-infinity",
            "12000-01-01 00:00:00",
            "1 year 2 days",
        )
        assert str(wide[6]) == "NaN"
        mixed = "SELECT date '2024-02-29' + i, CASE i WHEN 150 THEN 'infinity'::date END FROM generate_series(0, 300) i"
        with connection.stream(mixed) as stream:
            rows = [row for chunk in stream for row in chunk]
        assert len(rows) == 301
        assert rows[0] == (date(2024, 2, 29), None)
        assert rows[150] == (date(2024, 7, 28), "infinity")
        assert rows[300][0] == date(2024, 12, 25)
        usual = connection.execute("SELECT '2024-02-29'::date, '2 days 1:00'::interval, '{1,2}'::int[]").rows[0]
        assert usual == (date(2024, 2, 29), timedelta(days=2, hours=1), [1, 2])
        found = connection.execute("SELECT 1::numeric(10, 2) AS n, 'x'::varchar(3) AS t, %s::jsonb AS j", ({"a": [1]},))
        assert [column.type for column in found.columns] == ["numeric(10,2)", "varchar(3)", "jsonb"]
        assert found.rows == [(Decimal("1.00"), "x", {"a": [1]})]


@server
def test_a_stream_keeps_the_transaction_around_it(things: str) -> None:
    with session(things, write=True) as connection:
        with connection.transaction():
            connection.execute("CREATE TABLE before (id int)")
            with connection.stream("SELECT generate_series(1, 100000000)", chunk_rows=3) as rows:
                assert rows.path == "chunked rows"
                assert len(next(iter(rows))) <= 100
                with pytest.raises(StatementError, match="still being read"):
                    connection.execute("SELECT 1")
            with connection.copy_out("SELECT generate_series(1, 100000000)", "csv") as chunks:
                assert next(iter(chunks))
            connection.execute("INSERT INTO before VALUES (1)")
        assert connection.execute("SELECT * FROM before").rows == [(1,)]

        def swallow() -> None:
            with connection.transaction():
                connection.execute("INSERT INTO before VALUES (2)")
                with suppress(StatementError), connection.stream("SELECT 1 / (50 - id) FROM things") as rows:
                    list(rows)

        with pytest.raises(StatementError, match="all of it was rolled back"):
            swallow()
        assert connection.execute("SELECT * FROM before").rows == [(1,)]


@server
def test_streams_of_nothing_and_of_no_query(things: str) -> None:
    with session(things, write=True) as connection:
        with connection.stream("SELECT id, name FROM things WHERE id < %s AND 'a%%' <> ''", (0,)) as rows:
            assert [column.name for column in rows.columns] == ["id", "name"]
            assert list(rows) == []
        with connection.stream("CREATE TABLE made (id int)") as rows:
            assert rows.columns == ()
            assert list(rows) == []
        with connection.stream("INSERT INTO made SELECT 7 RETURNING id") as rows:
            assert list(rows) == [[(7,)]]
        with pytest.raises(StatementError, match="COPY gives no rows"):
            connection.stream("/* out */ COPY made TO STDOUT")
        with pytest.raises(UnavailableError, match="cannot write csv"), connection.copy_out("SHOW work_mem", "csv"):
            pass
        with pytest.raises(StatementError) as caught, connection.copy_out("SELECT nothing", "ndjson"):
            pass
        assert caught.value.fault.code == "42703"
        assert connection.ping()


@server
@settings(max_examples=30)
@given(
    rows=st.lists(
        st.tuples(
            st.none() | st.integers(-(2**63), 2**63 - 1),
            st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
        ),
        max_size=5,
    )
)
def test_what_the_server_writes_says_what_the_rows_say(things: str, rows: list[tuple[int | None, str | None]]) -> None:
    with session(things) as connection:
        values = "SELECT NULL::bigint AS n, NULL::text AS t WHERE false"
        for number, text in rows:
            quoted = "NULL" if text is None else "'" + text.replace("'", "''") + "'"
            values += f" UNION ALL SELECT {'NULL' if number is None else f'({number})'}::bigint, {quoted}::text"
        with connection.copy_out(f"{values}; ", "ndjson") as chunks:
            lines = b"".join(chunks).decode().split("\n")
        assert [tuple(json.loads(line).values()) for line in lines if line] == rows
        with connection.copy_out(f"{values} -- the end", "csv") as chunks:
            header, *found = csv.reader(io.StringIO(b"".join(chunks).decode(), newline=""))
        assert header == ["n", "t"]
        assert found == [["" if v is None else str(v) for v in row] for row in rows]


# Limits


@server
def test_a_limit_is_set_once_and_taken_back(things: str) -> None:
    with session(things) as connection:
        shown = "SHOW statement_timeout"
        assert connection.execute(shown, timeout_s=2).rows == [("2s",)]
        with suppress(StatementError), connection.transaction():
            # The rollback takes the setting with it.
            assert connection.execute(shown, timeout_s=3).rows == [("3s",)]
            connection.execute("SELECT 1 / 0")
        assert connection.execute(shown, timeout_s=3).rows == [("3s",)]
        assert connection.execute(shown).rows == [("0",)]
        with (
            pytest.raises(StatementError) as caught,
            connection.batches("SELECT pg_sleep(60)", timeout_s=0.05) as reader,
        ):
            reader.read_all()
        assert caught.value.fault.kind == "timeout"


# Loading


@server
@pytest.mark.parametrize("way", ["copy-binary", "copy", "executemany", "multi-values"])
def test_rows_are_loaded_as_they_are_or_not_at_all(things: str, way: str) -> None:
    row = (
        1,
        "it's\t\\N\n",
        0.5,
        Decimal("1.25"),
        datetime(2024, 2, 29, 12),
        b"\0\xff",
        True,
        {"a": None},
        [1, 2],
        None,
    )
    names = ("i", "Name", "f", "d", "at", "b", "yes", "j", "l", "no")
    with session(things, write=True) as connection:
        connection.execute("DROP TABLE IF EXISTS loaded")
        connection.execute(
            'CREATE TABLE loaded (no text, i int PRIMARY KEY, "Name" text, f float8, d numeric, at timestamp, b bytea,'
            " yes bool, j jsonb, l int[])"
        )
        rows = [(i, *row[1:]) for i in range(5)]
        assert connection.load("loaded", names, iter(rows), way=way, batch_rows=2) == 5
        listed = ", ".join(f'"{name}"' for name in names)
        assert connection.execute(f"SELECT {listed} FROM loaded ORDER BY i").rows == rows
        bad = [(10, *row[1:]), ("eleven", *row[1:])]
        with pytest.raises(StatementError) as caught:
            connection.load("loaded", names, iter(bad), way=way)
        assert caught.value.hint == "load by 'copy'" if way == "copy-binary" else caught.value.fault.code == "22P02"
        assert connection.execute("SELECT count(*) FROM loaded").rows == [(5,)]


# What statements cost


@server
def test_counters_are_the_same_over_many_runs(things: str) -> None:
    with session(things) as connection:
        for sql in QUERIES:
            seen = {tuple(connection.counters(sql).items()) for _ in range(25)}
            assert len(seen) == 1, sql
            found = dict(seen.pop())
            assert set(found) == {"blocks/op", "temp-blocks/op", "rows-processed/op"}
        lookup, scan = (connection.counters(sql)["blocks/op"] for sql in QUERIES[:2])
        assert lookup == 3
        assert scan > 10


@server
def test_counters_tell_a_dropped_index_and_undo_what_they_wrote(things: str) -> None:
    with session(things, write=True) as connection:
        before = connection.counters(QUERIES[0])
        connection.execute("DROP INDEX things_id")
        after = connection.counters(QUERIES[0])
        connection.execute("CREATE UNIQUE INDEX things_id ON things (id)")
        assert after["blocks/op"] > 3 * before["blocks/op"]
        assert after["rows-processed/op"] == 2000 * before["rows-processed/op"]
        assert dict(connection.counters("DELETE FROM things WHERE id <= 10")) == {"rows-processed/op": 10}
        with connection.transaction():
            connection.counters("DELETE FROM things")
            assert connection.execute("SELECT count(*) FROM things").rows == [(2000,)]


@server
def test_plans_are_told_and_what_they_execute_is_undone(things: str) -> None:
    with session(things, write=True) as connection:
        plan = connection.explain(QUERIES[0])
        assert "Index" in plan.text
        assert plan.tree["Plan"]["Relation Name"] == "things"
        assert not plan.analyzed
        plan = connection.explain("DELETE FROM things WHERE kind = 3", analyze=True)
        assert plan.analyzed
        assert "Seq Scan on things" in plan.text
        assert "Filter: (kind = 3)" in plan.text
        assert "Execution Time" in plan.text
        assert connection.execute("SELECT count(*) FROM things").rows == [(2000,)]


@server
def test_facts_name_version_and_durability(things: str) -> None:
    with session(things) as connection:
        facts = connection.facts()
    assert facts.system == "PostgreSQL"
    assert facts.version.split(".")[0].isdigit()
    assert facts.driver.startswith("psycopg 3.")
    assert facts.durability["fsync"] == "off"
    assert facts.durability["synchronous_commit"] == "on"
    assert "work_mem" in facts.settings


def test_rows_of_loops_are_counted_with_what_was_dropped() -> None:
    scan = {"Node Type": "Seq Scan", "Actual Rows": 2, "Actual Loops": 3, "Rows Removed by Filter": 1}
    root = {"Node Type": "Nested Loop", "Actual Rows": 6, "Actual Loops": 1, "Shared Hit Blocks": 4, "Plans": [scan]}
    found = counts({"Plan": {**root, "Shared Read Blocks": 1, "Temp Written Blocks": 2}})
    assert found == {"blocks/op": 5, "temp-blocks/op": 2, "rows-processed/op": 15}
    never = {
        "Node Type": "Sort",
        "Startup Cost": 0,
        "Total Cost": 1,
        "Plan Rows": 1,
        "Actual Rows": 0,
        "Actual Loops": 0,
    }
    assert "never executed" in text_of({"Plan": never})


# Words


@given(st.sampled_from(["SELECT 1", "with a as (select 1) table a", "((values (1)))", "TABLE t"]), st.data())
def test_queries_are_known_behind_comments(sql: str, data: st.DataObject) -> None:
    space = data.draw(st.lists(st.sampled_from([" ", "\n", "-- select\n", "/* a * b */", "("]), max_size=5))
    assert copies("".join(space) + sql, "csv") is not None


@pytest.mark.parametrize(
    "sql", ["SHOW work_mem", "-- SELECT 1\nDELETE FROM t", "/* SELECT */ CALL p()", "", "selected"]
)
def test_what_is_no_query_is_not_copied(sql: str) -> None:
    assert copies(sql, "csv") is None


def test_words_of_the_server_lose_its_address() -> None:
    said = 'connection failed: connection to server at "db.example", port 5432 failed: FATAL:  too bad\n\tfor "you"'
    assert plain(said) == 'too bad\nfor "you"'
    assert fault(UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid")) is not None

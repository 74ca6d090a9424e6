"""What only MariaDB and MySQL have: LOAD DATA, streams that must be stopped, handler calls, option files."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import quote
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.databases import open_database
from perftool.databases.api import Access
from perftool.databases.faults import StatementError
from perftool.databases.mysql_connecting import statements
from perftool.databases.mysql_counting import pages
from perftool.databases.mysql_values import duration, field
from perftool.errors import UsageError
from tests.servers.running import PASSWORD, USER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from perftool.databases.api import Connection
    from tests.servers.mariadb import MariaDB

server = pytest.mark.xdist_group("mariadb")
QUERIES = (
    "SELECT name FROM things WHERE id = 77",
    "SELECT kind, count(*), sum(price) FROM things GROUP BY kind",
    "SELECT a.id FROM things a JOIN things b USING (kind) WHERE b.id < 5 ORDER BY a.name LIMIT 5",
    "SELECT id, row_number() OVER (ORDER BY md5(name)) FROM things",
)


@contextmanager
def session(url: str, *, write: bool = False, **settings: str) -> Iterator[Connection]:
    with open_database(url, write=write, settings=settings) as database, database.connect() as connection:
        yield connection


@pytest.fixture(scope="module")
def things(mariadb_url: str) -> str:
    with session(mariadb_url, write=True) as connection:
        connection.execute(
            "CREATE TABLE things (id int PRIMARY KEY, name varchar(20), kind int, price decimal(10, 2)) AS"
            " SELECT seq AS id, concat('name ', seq) AS name, seq % 7 AS kind, seq / 4 AS price FROM seq_1_to_2000"
        )
        connection.execute("ANALYZE TABLE things")
    return mariadb_url


# Settings and credentials


@server
def test_credentials_come_from_the_systems_own_places(
    mariadb: MariaDB, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with session(mariadb.socket_url()) as connection:
        assert connection.ping()
    bare = f"mysql://{USER}@127.0.0.1:{mariadb.port}/"
    monkeypatch.setenv("MYSQL_PWD", PASSWORD)
    with session(bare) as connection:
        assert connection.ping()
    monkeypatch.delenv("MYSQL_PWD")
    (tmp_path / ".my.cnf").write_text(f"[client]\nuser={USER}\npassword={PASSWORD}\n")
    with session(bare.replace(f"{USER}@", "")) as connection:
        assert connection.execute("SELECT user()").rows[0][0].startswith(USER)
    with pytest.raises(UsageError, match="unix_sockt"):
        open_database(f"{bare}?unix_sockt=/x").session()
    with pytest.raises(UsageError, match="a file of the URL cannot be read"):
        open_database(f"{bare}?ssl_ca={tmp_path / 'none.pem'}").session()


@server
def test_passwords_may_have_any_letter(mariadb: MariaDB) -> None:
    mariadb.execute("CREATE OR REPLACE USER letters IDENTIFIED BY 'päss→漢'")
    with session(f"mariadb://letters:{quote('päss→漢')}@127.0.0.1:{mariadb.port}/") as connection:
        assert connection.ping()


@server
def test_settings_hold_and_session_state_does_not(things: str) -> None:
    with session(things, write=True, sort_buffer_size="1M", sql_mode="ANSI_QUOTES,STRICT_ALL_TABLES") as connection:
        for _ in range(2):
            asked = connection.execute("SELECT @@sort_buffer_size, @@sql_mode, @mine").rows
            assert asked == [(1 << 20, "ANSI_QUOTES,STRICT_ALL_TABLES", None)]
            connection.execute("SET @mine = 1, SESSION sort_buffer_size = 65536")
            connection.execute("CREATE TEMPORARY TABLE mine (id int)")
            connection.execute("START TRANSACTION")
            rows = connection.stream("SELECT seq FROM seq_1_to_100000000")
            assert next(iter(rows))
            connection.reset()
            with pytest.raises(StatementError, match="exist"):
                connection.execute("SELECT * FROM mine")


def test_settings_are_sql_that_cannot_be_broken_out_of() -> None:
    found = statements(
        Access(write=True, settings={"a": "1.5", "b": "64M", "c": "default", "d": "x', @@global.e = 'y"})
    )
    assert found[:4] == [
        "SET SESSION a = 1.5",
        "SET SESSION b = 67108864",
        "SET SESSION c = default",
        "SET SESSION d = 'x'', @@global.e = ''y'",
    ]
    with pytest.raises(UsageError, match="no name of a setting"):
        statements(Access(settings={"a = 1, b": "1"}))


# Values and results


@server
def test_values_and_types_come_as_they_are(things: str) -> None:
    with session(things) as connection:
        found = connection.execute(
            "SELECT 1 AS i, 1.50 AS d, x'00ff' AS b, 'é🐘' AS t, time '-838:59:59' AS p, %s AS u, %s AS j, %s AS at",
            (UUID(int=5), [1, {"a": None}], datetime(2024, 1, 1, tzinfo=timezone(timedelta(hours=2)))),
        )
        assert [column.type for column in found.columns][:5] == ["int", "decimal", "varbinary", "varchar", "time"]
        assert found.rows[0][:4] == (1, Decimal("1.50"), b"\0\xff", "é🐘")
        assert found.rows[0][4] == -timedelta(hours=838, minutes=59, seconds=59)
        assert found.rows[0][5:] == (str(UUID(int=5)), '[1, {"a": null}]', "2023-12-31 22:00:00")


@server
def test_a_stream_that_is_left_keeps_session_and_transaction(things: str) -> None:
    with session(things, write=True) as connection:
        with connection.transaction():
            connection.execute("INSERT INTO things VALUES (-1, 'before', 0, 0)")
            with connection.stream("SELECT seq FROM seq_1_to_100000000", chunk_rows=10) as rows:
                sizes = [len(chunk) for chunk, _ in zip(rows, range(3), strict=False)]
                assert sizes == [1, 10, 10]
                with pytest.raises(StatementError, match="still being read"):
                    connection.execute("SELECT 1")
            connection.execute("INSERT INTO things VALUES (-2, 'after', 0, 0)")
        assert connection.execute("DELETE FROM things WHERE id < 0").affected == 2
        with connection.stream("SELECT id, name FROM things WHERE id < %s", (0,)) as rows:
            assert [column.name for column in rows.columns] == ["id", "name"]
            assert list(rows) == []
        connection.execute("CREATE PROCEDURE two() BEGIN SELECT 1; SELECT 2; END")
        with connection.stream("CALL two()") as rows:
            assert list(rows) == [[(1,)]]
        with connection.stream("CALL two()") as rows:
            assert next(iter(rows)) == [(1,)]
        with pytest.raises(StatementError), connection.stream("SELECT (SELECT id FROM things) FROM things") as rows:
            list(rows)
        assert connection.ping()


# Loading


@server
@pytest.mark.parametrize("way", ["load-data", "executemany"])
def test_rows_are_loaded_as_they_are_or_not_at_all(things: str, way: str) -> None:
    moment = datetime(2024, 2, 29, 12, 34, 56, 789)
    row = (
        "it's\t\\N\n\r\0é🐘",
        0.1 + 0.2,
        Decimal("1.25"),
        moment,
        b"\0\xff\t\\\n",
        timedelta(days=-1, seconds=5),
        None,
    )
    names = ("i", "name", "f", "d", "at", "b", "p", "no%thing")
    with session(things, write=True) as connection:
        connection.execute("DROP TABLE IF EXISTS loaded")
        connection.execute(
            "CREATE TABLE loaded (`no%thing` text, i int PRIMARY KEY, name text, f double, d decimal(10, 2),"
            " at datetime(6), b blob, p time(6)) CHARACTER SET utf8mb4"
        )
        rows = [(i, *row) for i in range(5)]
        names = names if way == "load-data" else (*names[:-1], "no%%thing")
        assert connection.load("loaded", names, iter(rows), way=way, batch_rows=2) == 5
        assert connection.execute("SELECT i, name, f, d, at, b, p, `no%thing` FROM loaded ORDER BY i").rows == rows
        for bad in (("eleven", "x"), (1, "x"), (12, "x" * 70000)):
            with pytest.raises(StatementError) as caught:
                connection.load("loaded", ("i", "name"), iter([(10, "good"), bad]), way=way)
            assert caught.value.fault.code in ("1366", "1062", "1406", "1265")
            assert connection.execute("SELECT count(*) FROM loaded").rows == [(5,)]


# What statements cost


@server
def test_counters_are_the_same_over_many_runs(things: str) -> None:
    # A table of its own: what others wrote is purged in the background, and changes the pages.
    with session(things, write=True) as connection:
        connection.execute("CREATE TABLE still (PRIMARY KEY (id)) AS SELECT * FROM things")
    with session(things) as connection:
        for sql in (query.replace("things", "still") for query in QUERIES):
            seen = {tuple(connection.counters(sql).items()) for _ in range(25)}
            assert len(seen) == 1, sql
        assert connection.counters(QUERIES[0])["handler-reads/op"] == 1
        assert connection.counters(QUERIES[1])["handler-reads/op"] > 2000


@server
def test_counters_and_plans_undo_what_they_wrote(things: str) -> None:
    with session(things, write=True) as connection:
        assert connection.counters("DELETE FROM things WHERE id <= 10")["handler-writes/op"] == 10
        plan = connection.explain("DELETE FROM things WHERE kind = 3", analyze=True)
        assert plan.analyzed
        assert plan.tree["query_block"]
        with connection.transaction():
            connection.counters("DELETE FROM things WHERE id <= 10")
            assert connection.execute("SELECT count(*) FROM things").rows == [(2000,)]
        plan = connection.explain(QUERIES[0])
        assert "PRIMARY" in plan.text
        assert plan.text.splitlines()[0].startswith("id  select_type")


@server
def test_facts_name_version_and_durability(things: str) -> None:
    with session(things) as connection:
        facts = connection.facts()
    assert facts.system == "MariaDB"
    assert facts.version.split(".")[0].isdigit()
    assert facts.driver.startswith("PyMySQL 1.")
    assert facts.durability["innodb_flush_log_at_trx_commit"] == "2"
    assert "sql_mode" in facts.settings


def test_pages_of_all_tables_are_added() -> None:
    tree = {
        "query_block": {"nested_loop": [{"table": {"r_engine_stats": {"pages_accessed": 3}}}, {"r_engine_stats": {}}]}
    }
    assert pages(tree) == 3
    assert pages({"query_block": {}}) is None


# Words


@given(st.timedeltas(min_value=timedelta(hours=-838), max_value=timedelta(hours=838)))
def test_durations_are_written_with_one_sign(value: timedelta) -> None:
    text = duration(value)
    hours, minutes, seconds = text.lstrip("-").split(":")
    total = timedelta(hours=int(hours), minutes=int(minutes), microseconds=round(float(seconds) * 1e6))
    assert (-total if text.startswith("-") else total) == value


@given(st.text() | st.binary())
def test_fields_hold_no_separator(value: str | bytes) -> None:
    written = field(value, as_hex=isinstance(value, bytes))
    assert not set(written) & set("\t\n\0")
    with suppress(AttributeError):
        assert written == value.hex()  # type: ignore[union-attr]

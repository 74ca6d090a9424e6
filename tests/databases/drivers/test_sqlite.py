"""What only SQLite does; the rest is in test_every_driver."""

from __future__ import annotations

import contextlib
import dataclasses
import sqlite3
import threading
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perftool.databases.address import Address
from perftool.databases.api import Access
from perftool.databases.drivers.sqlite import DRIVER, SQLite
from perftool.databases.faults import CannotConnectError, StatementError
from perftool.databases.sqlite_counting import COARSE, EXACT
from perftool.databases.sqlite_values import plain
from perftool.errors import UnavailableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MEMORY = Address(scheme="sqlite", database=":memory:")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a file with a table t of 100 rows."""
    path = tmp_path / "it's a shop.db"
    with contextlib.closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v, name TEXT)")
        raw.executemany("INSERT INTO t VALUES (?, ?, ?)", [(i, i % 7, f"n{i}") for i in range(100)])
    return path


@contextlib.contextmanager
def opened(
    path: Path | str, *, write: bool = False, options: dict[str, str] | None = None, **settings: str
) -> Iterator[SQLite]:
    address = Address(scheme="sqlite", database=str(path), options=options or {})
    with contextlib.closing(SQLite(address, Access(write=write, settings=settings, connect_timeout_s=0.1))) as found:
        yield found


def test_a_file_that_is_not_there_is_made_only_to_write(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    with pytest.raises(UsageError, match="no such file") as raised, opened(path):
        pass
    assert "--write" in str(raised.value.hint)
    assert not path.exists()
    with opened(path, write=True) as connection:
        connection.execute("CREATE TABLE t (i)")
    with opened(path) as connection:
        assert connection.execute("SELECT * FROM t").rows == []


@pytest.mark.parametrize("write", [False, True])
def test_what_is_no_database_is_told_in_one_line(tmp_path: Path, write: bool) -> None:
    other = tmp_path / "notes.db"
    other.write_text("not a database, but long enough to have a header" * 3)
    with pytest.raises(UsageError, match="no SQLite database"), opened(other, write=write):
        pass
    with pytest.raises((UsageError, CannotConnectError)), opened(tmp_path, write=write):
        pass
    with pytest.raises((UsageError, CannotConnectError)), opened(tmp_path / "nowhere" / "x.db", write=write):
        pass


def test_options_of_the_url_are_those_of_sqlite(path: Path) -> None:
    with opened(path, options={"immutable": "1"}) as connection:
        assert connection.execute("SELECT count(*) FROM t").rows == [(100,)]
    with pytest.raises(UsageError, match="imutable") as raised, opened(path, options={"imutable": "1"}):
        pass
    assert "immutable" in str(raised.value.hint)


def test_settings_are_pragmas_which_exist_and_hold(path: Path) -> None:
    with opened(path, cache_size="-500", temp_store="memory") as connection:
        assert connection.facts().settings["cache_size"] == "-500"
        assert connection.facts().settings["temp_store"] == "memory"
    with pytest.raises(UsageError, match="chache_size") as raised, opened(path, chache_size="1"):
        pass
    assert "cache_size" in str(raised.value.hint)
    with pytest.raises(UsageError, match="journal_mode = 'wal'") as raised, opened(path, journal_mode="wal"):
        pass
    assert "--write" in str(raised.value.hint)
    with pytest.raises(UsageError, match="journal_mode stays memory"), opened(":memory:", journal_mode="wal"):
        pass
    with opened(path, write=True, journal_mode="WAL") as connection:
        assert connection.facts().durability["journal_mode"] == "wal"
    with opened(path) as connection:
        assert connection.facts().durability["journal_mode"] == "wal"


def test_a_lock_of_another_is_awaited_no_longer_than_allowed(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as other, opened(path, write=True) as connection:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StatementError) as raised:
            connection.execute("DELETE FROM t", timeout_s=0.02)
        assert (raised.value.fault.kind, raised.value.fault.code) == ("busy", "SQLITE_BUSY")
        assert raised.value.fault.transient
        assert connection.execute("PRAGMA busy_timeout").rows == [(5000,)]
    with opened(path, write=True, busy_timeout="7") as connection, opened(path, write=True) as other_one:
        with other_one.transaction(), pytest.raises(StatementError), connection.transaction():
            pass
        assert connection.execute("PRAGMA busy_timeout").rows == [(7,)]


def test_a_snapshot_that_is_too_old_is_a_conflict(path: Path) -> None:
    with opened(path, write=True, journal_mode="wal") as one, opened(path, write=True) as two:
        one.execute("BEGIN")
        one.execute("SELECT * FROM t")
        two.execute("DELETE FROM t WHERE id = 1")
        with pytest.raises(StatementError) as raised:
            one.execute("DELETE FROM t WHERE id = 2")
        assert (raised.value.fault.kind, raised.value.fault.code) == ("conflict", "SQLITE_BUSY_SNAPSHOT")
        assert raised.value.fault.transient
        one.reset()
        one.execute("DELETE FROM t WHERE id = 2")


def test_a_full_disk_and_a_damaged_file_are_told(path: Path) -> None:
    with opened(path, write=True, max_page_count="3") as connection:
        with pytest.raises(StatementError) as raised:
            connection.execute("UPDATE t SET name = hex(zeroblob(5000))")
        assert raised.value.fault.kind == "full"
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)
    with opened(path) as connection, pytest.raises(StatementError, match="malformed") as raised:
        connection.execute("SELECT * FROM t")
    assert raised.value.fault.code.startswith("SQLITE_CORRUPT")


@pytest.mark.parametrize(
    ("sql", "parameters"), [("SELECT 1; SELECT 2", ()), ("SELECT ?", ()), ("SELECT ?", (2**70,)), ("SELECT ?", ({1},))]
)
def test_what_the_library_itself_refuses_is_a_wrong_statement(sql: str, parameters: tuple[Any, ...]) -> None:
    with contextlib.closing(SQLite(MEMORY, Access())) as connection:
        with pytest.raises(StatementError) as raised:
            connection.execute(sql, parameters)
        assert raised.value.fault.kind == "statement"


def test_errors_of_others_are_left_alone() -> None:
    assert DRIVER.fault(ValueError("mine")) is None
    DRIVER.check()


@pytest.mark.parametrize("units", [EXACT, COARSE])
def test_steps_are_the_same_in_25_runs_and_fewer_with_an_index(
    path: Path, monkeypatch: pytest.MonkeyPatch, units: tuple[str, ...]
) -> None:
    if units == EXACT != DRIVER.capabilities.counters:
        pytest.skip("this SQLite was built without sqlite_stmt")
    monkeypatch.setattr(SQLite, "capabilities", dataclasses.replace(DRIVER.capabilities, counters=units))
    with opened(path, write=True) as connection:
        runs = [dict(connection.counters("SELECT * FROM t ORDER BY v, name;")) for _ in range(25)]
        assert runs == [runs[0]] * 25
        assert set(runs[0]) == set(units)
        scan = connection.counters("SELECT count(*) FROM t WHERE v = 3")[units[0]]
        connection.execute("CREATE INDEX tv ON t (v)")
        assert connection.counters("SELECT count(*) FROM t WHERE v = 3")[units[0]] < scan
        connection.counters("DELETE FROM t")
        with connection.transaction():
            connection.counters("DELETE FROM t")
        assert connection.execute("SELECT count(*) FROM t").rows == [(100,)]


def test_a_plan_says_what_executing_it_cost(path: Path) -> None:
    with opened(path) as connection:
        plan = connection.explain("SELECT * FROM t WHERE id IN (SELECT v FROM t) ORDER BY name", analyze=True)
    assert plan.analyzed
    assert any(line.startswith("  ") for line in plan.text.splitlines())
    assert f"{DRIVER.capabilities.counters[0]}: " in plan.text


STORED = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**63), 2**63 - 1), st.text(), st.binary(), st.floats(allow_nan=False)
)


@settings(max_examples=30)
@given(st.lists(STORED).map(tuple))
def test_what_sqlite_stores_is_passed_as_it_is(row: tuple[Any, ...]) -> None:
    assert plain(row) is row


def test_other_values_become_text_or_numbers() -> None:
    given_ = (
        date(2024, 2, 29),
        time(1, 2),
        datetime(2024, 1, 1),
        Decimal("1.50"),
        timedelta(seconds=2),
        UUID(int=1),
        {"a": [1]},
    )
    assert plain(given_) == (
        "2024-02-29", "01:02:00", "2024-01-01 00:00:00", "1.50", 2.0, str(UUID(int=1)), '{"a": [1]}',
    )  # fmt: skip


def test_reset_undoes_settings_and_attachments(path: Path, tmp_path: Path) -> None:
    for where in (str(path), ":memory:"):
        with opened(where, write=True, cache_size="-700") as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS kept (i)")
            connection.execute("PRAGMA cache_size = -900")
            connection.execute(f"ATTACH '{tmp_path / 'other.db'}' AS other")
            connection.execute("CREATE TEMP TABLE passing (i)")
            connection.reset()
            assert connection.execute("PRAGMA cache_size").rows == [(-700,)]
            assert [row[1] for row in connection.execute("PRAGMA database_list").rows if row[1] != "temp"] == ["main"]
            assert connection.execute("SELECT * FROM kept").rows == []


def test_ctrl_c_ends_a_long_statement(path: Path) -> None:
    import signal

    with opened(path) as connection:
        timer = threading.Timer(0.1, signal.raise_signal, [signal.SIGINT])
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            connection.execute("WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r) SELECT max(i) FROM r")
        timer.join()
        assert connection.ping()


@pytest.fixture
def arrow() -> None:
    pytest.importorskip("adbc_driver_sqlite", reason="pip install 'perftool[arrow]'")


@pytest.mark.usefixtures("arrow")
class TestArrow:
    def test_it_has_the_file_to_itself(self, path: Path) -> None:
        with opened(path) as connection:
            with connection.batches("SELECT * FROM t") as reader:
                assert reader.read_all().num_rows == 100
                with pytest.raises(UnavailableError, match="being read as Arrow"), opened(path):
                    pass
            with opened(path), pytest.raises(UnavailableError, match="open elsewhere"), connection.batches("SELECT 1"):
                pass
            with connection.batches("SELECT 1 AS one") as reader:
                assert reader.read_all().to_pydict() == {"one": [1]}

    def test_it_refuses_what_it_could_not_keep(self, path: Path) -> None:
        with opened(path, write=True) as connection:
            with pytest.raises(UnavailableError, match="in time"), connection.batches("SELECT 1", timeout_s=1):
                pass
            with connection.transaction(), pytest.raises(UnavailableError), connection.batches("SELECT 1"):
                pass
            connection.execute("CREATE TEMP TABLE mine (i)")
            with pytest.raises(UnavailableError, match="session of its own"), connection.batches("SELECT * FROM mine"):
                pass
        with opened(":memory:") as connection, pytest.raises(UnavailableError), connection.batches("SELECT 1"):
            pass

    def test_it_may_not_write_either(self, path: Path) -> None:
        with opened(path) as connection:
            with pytest.raises(StatementError), connection.batches("DELETE FROM t RETURNING id") as reader:
                reader.read_all()
            assert connection.execute("SELECT count(*) FROM t").rows == [(100,)]

    def test_columns_of_no_one_type_are_told(self, path: Path) -> None:
        series = "WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < 9000) SELECT"
        with opened(path) as connection:
            late = f"{series} CASE WHEN i < 8000 THEN i ELSE 'text' END AS mixed FROM r"
            with pytest.raises(StatementError, match="several types"), connection.batches(late) as reader:
                reader.read_all()
            nulls = f"{series} CASE WHEN i > 8000 THEN 'text' END AS unknown FROM r"
            with pytest.raises(UnavailableError, match="column unknown begins"), connection.batches(nulls):
                pass
            with connection.batches("SELECT NULL AS n") as reader:
                assert reader.read_all().to_pydict() == {"n": [None]}

    def test_cancelling_stops_it_between_batches(self, path: Path) -> None:
        endless = "WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r) SELECT i FROM r"
        with opened(path) as connection:
            with pytest.raises(StatementError) as raised, connection.batches(endless) as reader:
                list(iter(lambda: connection.cancel() or reader.read_next_batch(), None))
            assert raised.value.fault.kind == "cancelled"
            assert connection.ping()

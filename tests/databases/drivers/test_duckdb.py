"""What only DuckDB does; the rest is in test_every_driver."""

from __future__ import annotations

import contextlib
import dataclasses
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("duckdb", reason="duckdb is not installed: pip install 'perftool[duckdb]'")

import duckdb

from perftool.databases.address import Address
from perftool.databases.api import Access
from perftool.databases.drivers.duckdb import DRIVER, DuckDB
from perftool.databases.duckdb_profile import counts, lines
from perftool.databases.faults import CannotConnectError, StatementError
from perftool.errors import PerftoolError, UnavailableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a file with a table t of 5,000 rows."""
    path = tmp_path / "it's a shop.duckdb"
    with duckdb.connect(str(path)) as raw:
        raw.execute("CREATE TABLE t AS SELECT i AS id, i % 7 AS v, 'n' || i AS name FROM range(5000) r(i)")
    return path


@contextlib.contextmanager
def opened(path: Path | str, *, write: bool = False, **settings: str) -> Iterator[DuckDB]:
    address = Address(scheme="duckdb", database=str(path))
    with contextlib.closing(DuckDB(address, Access(write=write, settings=settings))) as found:
        yield found


def test_a_file_that_is_not_there_is_made_only_to_write(tmp_path: Path) -> None:
    path = tmp_path / "new.duckdb"
    with pytest.raises(UsageError, match="no such file") as raised, opened(path):
        pass
    assert "--write" in str(raised.value.hint)
    assert not path.exists()
    with opened(path, write=True):
        assert path.exists()


def test_what_is_no_database_is_told_in_one_line(tmp_path: Path) -> None:
    other = tmp_path / "notes.duckdb"
    other.write_text("not a database" * 1000)
    with pytest.raises(UsageError, match="no DuckDB database"), opened(other):
        pass
    with pytest.raises((UsageError, CannotConnectError)), opened(tmp_path):
        pass
    with pytest.raises(UsageError, match="takes no options"):
        DuckDB(Address(scheme="duckdb", database=":memory:", options={"threads": "1"}), Access())


def test_a_file_is_open_in_one_mode_in_a_process(path: Path) -> None:
    with opened(path), pytest.raises(CannotConnectError) as raised, opened(path, write=True):
        pass
    assert raised.value.fault.kind == "refused"
    assert "either read-only or for writing" in str(raised.value.hint)


def test_another_process_that_writes_keeps_the_file(path: Path) -> None:
    hold = f"import duckdb; c = duckdb.connect({str(path)!r}); print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(CannotConnectError) as raised, opened(path):
            pass
        assert raised.value.fault.kind == "busy"
        other.communicate("\n")


def test_settings_are_set_and_wrong_ones_told(path: Path) -> None:
    with opened(path, threads="1", memory_limit="100MB") as connection:
        assert connection.facts().settings["threads"] == "1"
        assert connection.facts().settings["memory_limit"].startswith("9")
    with pytest.raises(UsageError, match="thread_s") as raised, opened(path, thread_s="1"):
        pass
    assert "threads" in str(raised.value.hint)
    with pytest.raises(UsageError, match="threads = 'many'"), opened(path, threads="many"):
        pass


def test_it_never_reaches_for_the_network(path: Path) -> None:
    with opened(path) as connection:
        rows = connection.execute("SELECT name, value FROM duckdb_settings() WHERE name LIKE 'auto%_known_extensions'")
        assert sorted(rows.rows) == [("autoinstall_known_extensions", "false"), ("autoload_known_extensions", "false")]
        with pytest.raises(StatementError):
            connection.execute("SELECT * FROM 'https://localhost/x.csv'")


def test_a_conflict_of_transactions_is_transient(path: Path) -> None:
    with opened(path, write=True) as one, opened(path, write=True) as two:
        two.execute("BEGIN")
        two.execute("UPDATE t SET v = 8 WHERE id = 1")
        with pytest.raises(StatementError) as raised, one.transaction():
            one.execute("UPDATE t SET v = 9 WHERE id = 1")
        assert raised.value.fault.kind == "conflict"
        assert raised.value.fault.transient
        two.reset()
        with one.transaction():
            one.execute("UPDATE t SET v = 9 WHERE id = 1")


def test_too_little_memory_and_no_transaction_are_told(path: Path, tmp_path: Path) -> None:
    with opened(path, memory_limit="1MB", max_temp_directory_size="0KB", threads="1") as connection:
        with pytest.raises(StatementError) as raised:
            connection.execute("SELECT count(DISTINCT i || 'x') FROM range(5000000) r(i)")
        assert raised.value.fault.kind == "full"
        with pytest.raises(StatementError) as raised:
            connection.execute("COMMIT")
        assert raised.value.fault.kind == "statement"
    assert DRIVER.fault(ValueError("mine")) is None


def test_row_counts_are_the_same_in_25_runs(path: Path) -> None:
    with opened(path, write=True) as connection:
        runs = [dict(connection.counters("SELECT v, count(*) FROM t WHERE id > 5 GROUP BY v;")) for _ in range(25)]
        assert runs == [runs[0]] * 25
        assert runs[0]["rows-scanned/op"] == 5000
        threads = connection.execute("SELECT current_setting('threads')").rows
        assert connection.counters("DELETE FROM t")["rows-scanned/op"] == 5000
        assert connection.execute("SELECT count(*), current_setting('threads') FROM t").rows == [(5000, threads[0][0])]
        with connection.transaction(), pytest.raises(UsageError, match="inside a transaction"):
            connection.counters("DELETE FROM t")


def test_a_plan_tells_rows_read_and_given() -> None:
    with opened(":memory:") as connection:
        connection.execute("CREATE TABLE t AS SELECT i FROM range(100) r(i)")
        told = connection.explain("SELECT i FROM t WHERE i > 50 ORDER BY i", analyze=True)
        assert told.analyzed
        assert "(gave 49 rows)" in told.text
        assert "(read 100 rows)" in told.text
        assert "estimated" in connection.explain("SELECT i FROM t ORDER BY i").text


def test_profiles_of_older_versions_are_read_too() -> None:
    scan = {"operator_name": "SEQ_SCAN ", "operator_cardinality": 3, "operator_rows_scanned": 9, "children": []}
    node = {"operator_name": "PROJECTION", "operator_cardinality": 3, "extra_info": {}, "children": [scan]}
    old = {"cumulative_rows_scanned": 0, "cumulative_cardinality": 0, "children": [node]}
    assert counts(old) == (9.0, 6.0)
    assert lines(old) == ["PROJECTION (gave 3 rows)", "  SEQ_SCAN (gave 3 rows) (read 9 rows)"]


def test_reset_undoes_settings_and_keeps_what_was_asked_for(path: Path) -> None:
    for where in (str(path), ":memory:"):
        with opened(where, write=True, threads="1") as connection:
            connection.execute("CREATE TEMP TABLE passing (i INTEGER)")
            connection.execute("SET threads = 2")
            connection.execute("SET memory_limit = '123MB'")
            connection.reset()
            found = connection.execute("SELECT current_setting('threads'), current_setting('memory_limit')").rows[0]
            assert found[0] == 1
            assert not found[1].startswith("117")
            with pytest.raises(StatementError):
                connection.execute("SELECT * FROM passing")


def test_two_connections_to_a_file_have_transactions_of_their_own(path: Path) -> None:
    with opened(path, write=True) as one, opened(path, write=True) as two:
        with one.transaction():
            one.execute("DELETE FROM t")
            assert two.execute("SELECT count(*) FROM t").rows == [(5000,)]
        assert two.execute("SELECT count(*) FROM t").rows == [(0,)]


def test_a_count_that_was_asked_for_is_a_row() -> None:
    with opened(":memory:") as connection:
        assert connection.execute('SELECT 7::BIGINT AS "Count"').rows == [(7,)]
        assert connection.execute("CREATE TABLE t AS SELECT 1 AS i").affected == 1
        assert connection.execute("SET threads = 1").rows == []


def test_arrow_is_for_queries(path: Path) -> None:
    pytest.importorskip("pyarrow")
    with opened(path, write=True) as connection:
        with pytest.raises(UnavailableError), connection.batches("DELETE FROM t"):
            pass
        assert connection.execute("SELECT count(*) FROM t").rows == [(5000,)]


def test_values_that_do_not_fit_their_column_undo_the_load(path: Path) -> None:
    rows: list[tuple[Any, ...]] = [(1, 1, "a"), (2, "no number", "b")]
    for way in DRIVER.capabilities.loads:
        with opened(path, write=True) as connection:
            with pytest.raises(PerftoolError) as raised:
                connection.load("t", ["id", "v", "name"], rows, way=way)
            assert raised.value.exit_code == 3
            assert connection.execute("SELECT count(*) FROM t").rows == [(5000,)]


def test_ways_to_load_are_those_of_the_version(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from perftool.databases.drivers import duckdb as module

    for installed, fastest in (("1.4.1", "arrow"), ("2.0.0", "append_rows")):
        monkeypatch.setattr(module, "version", lambda name, found=installed: found)
        assert module._loads()[0] == fastest
    older = dataclasses.replace(DRIVER.capabilities, loads=("arrow", "executemany"))
    monkeypatch.setattr(DuckDB, "capabilities", older)
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with opened(path, write=True) as connection:
        assert connection.load("t", ["id"], [(-1,)]) == 1
        with pytest.raises(UsageError, match="append_rows"):
            connection.load("t", ["id"], [(-1,)], way="append_rows")


def test_what_moments_need_is_told() -> None:
    # In a process of its own: DuckDB keeps what it has imported once.
    program = """
import sys
sys.modules["pytz"] = None
from perftool.databases import open_database
from perftool.errors import UnavailableError
with open_database("duckdb:///:memory:") as database, database.connect() as connection:
    try:
        connection.execute("SELECT TIMESTAMPTZ '2024-02-29 12:00:00+00'")
    except UnavailableError as error:
        print(error.message, error.hint, connection.ping(), sep="; ")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "pytz is not installed" in done.stdout, done.stderr
    assert "perftool[duckdb]" in done.stdout
    assert done.stdout.endswith("True\n")


def test_nothing_is_left_on_stderr_after_errors() -> None:
    program = """
import gc
from perftool.databases import open_database
with open_database("duckdb:///:memory:", write=True) as database, database.connect() as connection:
    for sql in ("SELEC", "SELECT * FROM nowhere"):
        try:
            connection.execute(sql)
        except Exception:
            pass
    with connection.stream("SELECT * FROM range(100000)") as stream:
        next(iter(stream))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr == ""

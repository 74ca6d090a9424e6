"""Every path out of every database writes the same values, in every format."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from importlib.util import find_spec
from math import isfinite
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perftool.clock import SystemClock
from perftool.databases import open_database
from perftool.errors import UnavailableError
from perftool.events import Silent
from perftool.queries import format as formats
from perftool.queries.paths import Question, candidates
from perftool.queries.streaming import Manner, Streamed, stream
from tests.queries.reading import comparable, expected, read
from tests.queries.sinks import MemorySink

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from perftool.databases import Database

FORMATS = ("json", "ndjson", "sse", "csv", "arrow", "arrows", "parquet")
STAMPS = st.datetimes(dt.datetime(1000, 1, 1), dt.datetime(9999, 12, 31))
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
TEXTS |= st.sampled_from(["", '"', ",", "\n", "\r\n", "\\", "\\.", "NULL", "null", 'a,"b"\nc', "é漢🐘", " ", "'"])
WHOLE = st.integers(-(2**63), 2**63 - 1) | st.sampled_from([2**53 + 1, -(2**63), 2**63 - 1])
VALUES = {
    "int": WHOLE,
    "float": st.floats(),
    "text": TEXTS,
    "bytes": st.binary(max_size=6),
    "bool": st.booleans(),
    "decimal": st.decimals(-(10**13), 10**13, places=4),
    "date": STAMPS.map(dt.datetime.date),
    "timestamp": STAMPS,
    "moment": STAMPS.map(lambda stamp: stamp.replace(tzinfo=dt.UTC)),
    "nested": st.lists(st.integers(-9, 9), max_size=3),
}
POSTGRES = {
    "int": "bigint", "float": "double precision", "text": "text", "bytes": "bytea", "bool": "boolean",
    "decimal": "numeric(18, 4)", "date": "date", "timestamp": "timestamp", "moment": "timestamptz",
    "nested": "integer[]",
}  # fmt: skip
DUCKDB = POSTGRES | {"float": "double", "text": "varchar", "bytes": "blob"}
if find_spec("pytz") is None:
    # DuckDB's library makes no rows of it then.
    del DUCKDB["moment"]
MARIADB = {"int": "bigint", "float": "double", "text": "longtext", "bytes": "longblob", "decimal": "decimal(18, 4)",
           "date": "date", "timestamp": "datetime(6)"}  # fmt: skip
SQLITE = {"int": "", "float": "", "text": "", "bytes": ""}


def rows_of(kinds: dict[str, str]) -> st.SearchStrategy[list[tuple[Any, ...]]]:
    return st.lists(st.tuples(*(st.none() | VALUES[kind] for kind in kinds)), max_size=6)


@contextmanager
def table(database: Database, kinds: dict[str, str], rows: list[tuple[Any, ...]]) -> Iterator[None]:
    """Make a table of ``rows``, whose order their first column tells."""
    columns = [f"c_{kind}" for kind in kinds]
    with database.connect() as connection:
        connection.execute("DROP TABLE IF EXISTS kept")
        declared = ", ".join(f"{name} {kinds[kind]}" for name, kind in zip(columns, kinds, strict=True))
        connection.execute(f"CREATE TABLE kept (number integer, {declared})")
        if rows:
            mark = database.driver.capabilities.parameter
            marks = ", ".join([mark] * (len(columns) + 1))
            connection.execute_many(
                f"INSERT INTO kept VALUES ({marks})", [(number, *row) for number, row in enumerate(rows)]
            )
    yield


def written(database: Database, form: str, path: str, sql: str) -> tuple[bytes, Streamed]:
    sink, done = MemorySink(), Streamed()
    question = Question(sql=sql, form=formats.load(form), path=path, chunk_rows=3, lasting=False)
    with database.connect() as connection:
        stream(connection, database.driver, question, sink, Manner(), done, clock=SystemClock(), listener=Silent())
    return bytes(sink.data), done


def agree(database: Database, kinds: dict[str, str], rows: list[tuple[Any, ...]]) -> None:
    sql = f"SELECT {', '.join('c_' + kind for kind in kinds)} FROM kept ORDER BY number"
    with table(database, kinds, rows):
        for name in FORMATS:
            wanted = [expected(name, row) for row in rows]
            ways, _ = candidates(Question(sql=sql, form=formats.load(name)), database.driver.capabilities)
            for way in ("", *ways):
                try:
                    data, done = written(database, name, way, sql)
                except UnavailableError:
                    # A path that would write other values refuses, and is no path of the default.
                    assert way not in ("", "cursor")
                    continue
                assert comparable(read(name, data, list(kinds))) == comparable(wanted), (name, way, done.path)
                assert done.rows == len(rows)
                assert done.size == len(data)


SLOW = settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def duckdb_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    pytest.importorskip("duckdb")
    with open_database(f"duckdb:///{tmp_path_factory.mktemp('agree') / 'shop.duckdb'}", write=True) as database:
        yield database


@pytest.fixture(scope="module")
def sqlite_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with open_database(f"sqlite:///{tmp_path_factory.mktemp('agree') / 'shop.db'}", write=True) as database:
        yield database


@SLOW
@given(rows_of(SQLITE))
def test_sqlite(sqlite_database: Database, rows: list[tuple[Any, ...]]) -> None:
    # SQLite has no NaN: it stores NULL.
    agree(sqlite_database, SQLITE, [tuple(None if v != v else v for v in row) for row in rows])


@SLOW
@given(rows_of(DUCKDB))
def test_duckdb(duckdb_database: Database, rows: list[tuple[Any, ...]]) -> None:
    agree(duckdb_database, DUCKDB, rows)


@pytest.mark.xdist_group("postgresql")
@SLOW
@given(rows_of(POSTGRES))
def test_postgresql(postgresql_database: Database, rows: list[tuple[Any, ...]]) -> None:
    agree(postgresql_database, POSTGRES, rows)


@pytest.fixture(scope="module")
def postgresql_database(postgresql_url: str) -> Iterator[Database]:
    with open_database(postgresql_url, write=True) as database:
        yield database


@pytest.mark.xdist_group("mariadb")
@SLOW
@given(rows_of(MARIADB))
def test_mariadb(mariadb_database: Database, rows: list[tuple[Any, ...]]) -> None:
    # MariaDB stores nothing that is not finite.
    agree(mariadb_database, MARIADB, [tuple(map(finite, row)) for row in rows])


def finite(value: Any) -> Any:
    return 0.0 if isinstance(value, float) and not isfinite(value) else value


@pytest.fixture(scope="module")
def mariadb_database(mariadb_url: str) -> Iterator[Database]:
    with open_database(mariadb_url, write=True) as database:
        yield database


def test_sqlite_values_that_fit_no_type_are_read_again_as_rows(tmp_path: Path) -> None:
    """The first rows hold one type and later ones others: Arrow is begun, given up, and everything is right."""
    pytest.importorskip("adbc_driver_sqlite")
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    values = [
        ("text, then numbers", ["a", "b"], [1, 0.1 + 0.2]),
        ("numbers, then text", [1, 2], ["x"]),
        ("nothing, then text", [None], ["x"]),
        ("floats, then large", [1.5], [2**53 + 1]),
        ("whole, then halves", [1], [0.5]),
    ]
    for _, first, later in values:
        rows = [(first[number % len(first)],) for number in range(5000)] + [(value,) for value in later]
        with open_database(url, write=True) as database:
            with database.connect() as connection:
                connection.execute("DROP TABLE IF EXISTS kept")
                connection.execute("CREATE TABLE kept (v)")
                connection.execute_many("INSERT INTO kept VALUES (?)", rows)
            data, done = written(database, "csv", "", "SELECT v FROM kept")
            assert done.path == "cursor"
            assert any("arrow" in reason for reason in done.fallbacks)
            assert data.decode().splitlines()[1:] == ["" if value is None else str(value) for (value,) in rows]

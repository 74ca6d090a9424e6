"""Drivers whose classes are Python's own, on the real servers."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any

import pytest

from perftool.databases.recorder import patches
from perftool.databases.recorder.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


def ran(ledger: Ledger) -> dict[str, tuple[int, int, int]]:
    """Return count, rows and errors by text."""
    said = ledger.said()
    found: dict[str, tuple[int, int, int]] = {}
    for shape, _, count, _, _, _, rows, errors, *_ in said["figures"]:
        text = said["shapes"][shape][0]
        before = found.get(text, (0, 0, 0))
        found[text] = (before[0] + count, before[1] + rows, before[2] + errors)
    return found


@pytest.fixture
def entered(ledger: Ledger) -> Iterator[Callable[[str], Any]]:
    """Return what enters a module by name; it is left again behind the test."""
    left = []

    def enter(name: str) -> Any:
        module = pytest.importorskip(name)
        left.append(getattr(patches, name)(ledger, module))
        return module

    yield enter
    for leave in left:
        leave()


def test_duckdb(ledger: Ledger, entered: Callable[[str], Any]) -> None:
    before = pytest.importorskip("duckdb").DuckDBPyConnection.execute
    duckdb = entered("duckdb")
    with duckdb.connect() as connection:
        assert connection.execute("SELECT * FROM range(5)").fetchall() == [(one,) for one in range(5)]
        cursor = connection.cursor()
        assert cursor.execute("SELECT ?", [7]).fetchone() == (7,)
        with pytest.raises(duckdb.Error):
            connection.execute("SELECT nothing")
    assert ran(ledger) == {"SELECT * FROM range(5)": (1, 5, 0), "SELECT ?": (1, 1, 0), "SELECT nothing": (1, 0, 1)}
    assert before is not duckdb.DuckDBPyConnection.execute


@pytest.mark.xdist_group("postgresql")
def test_psycopg(ledger: Ledger, entered: Callable[[str], Any], postgresql_url: str) -> None:
    psycopg = entered("psycopg")
    url = postgresql_url.replace("postgresql+psycopg:", "postgresql:")
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT * FROM generate_series(1, %s)", [100])
        assert isinstance(rows, psycopg.Cursor)
        assert sum(one for (one,) in rows) == 5050
        with connection.cursor(row_factory=psycopg.rows.dict_row) as cursor:
            cursor.execute(psycopg.sql.SQL("SELECT {} AS x").format(psycopg.sql.Literal(7)))
            assert cursor.fetchall() == [{"x": 7}]
    with psycopg.connect(url, autocommit=True) as connection, pytest.raises(psycopg.Error):
        connection.execute("SELECT nothing")

    async def awaited() -> None:
        async with await psycopg.AsyncConnection.connect(url) as connection:
            cursor = await connection.execute("SELECT 1 UNION SELECT 2")
            assert sorted(await cursor.fetchall()) == [(1,), (2,)]

    asyncio.run(awaited())
    assert ran(ledger) == {
        "SELECT * FROM generate_series(1, %s)": (1, 100, 0),
        "SELECT 7 AS x": (1, 1, 0),
        "SELECT nothing": (1, 0, 1),
        "SELECT 1 UNION SELECT 2": (1, 2, 0),
    }
    assert ledger.said()["transactions"] == 2


@pytest.mark.xdist_group("mariadb")
def test_pymysql(ledger: Ledger, entered: Callable[[str], Any], mariadb_url: str) -> None:
    from sqlalchemy import make_url

    pymysql = entered("pymysql")
    url = make_url(mariadb_url)
    given = {**url.translate_connect_args(username="user"), **url.query}
    connection = pymysql.connect(**given)
    try:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE t (x INT)")
            cursor.executemany("INSERT INTO t VALUES (%s)", [(one,) for one in range(40)])
            cursor.execute("SELECT x FROM t")
            assert len(list(cursor)) == 40
        connection.rollback()
    finally:
        connection.close()
    assert ran(ledger) == {
        "CREATE TEMPORARY TABLE t (x INT)": (1, 0, 0),
        "INSERT INTO t VALUES (%s)": (1, 40, 0),
        "SELECT x FROM t": (1, 40, 0),
    }


def test_a_module_is_left_as_it_was(ledger: Ledger) -> None:
    pymysql = pytest.importorskip("pymysql")
    before = dict(vars(pymysql.cursors.Cursor))
    patches.pymysql(ledger, pymysql)()
    assert dict(vars(pymysql.cursors.Cursor)) == before
    assert "pymysql" in sys.modules

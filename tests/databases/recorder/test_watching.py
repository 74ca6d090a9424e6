"""A process that is watched: what SQLAlchemy runs through a driver is told once, and everything is left as it was."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from perftool.databases.recorder.ledger import Ledger
from perftool.databases.recorder.watching import Watch
from tests.databases.recorder.test_patches import ran

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT = "SELECT 7 + :x AS found"


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    """Watch this process."""
    found = Ledger()
    watch = Watch(found)
    before = (sqlite3.connect, list(sys.meta_path))
    watch.start()
    yield found
    watch.stop()
    assert (sqlite3.connect, sys.meta_path) == before


def once(ledger: Ledger) -> None:
    (told,) = [value for key, value in ran(ledger).items() if "found" in key]
    assert told == (2, 2, 0)


def work(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.execute(text(TEXT), {"x": 1}).scalar() == 8
    raw = engine.raw_connection()
    cursor = raw.cursor()
    cursor.execute("SELECT 1 AS raw")
    assert cursor.fetchone() is not None
    cursor.close()
    raw.close()
    with engine.connect() as connection:
        assert connection.execute(text(TEXT), {"x": 2}).all() == [(9,)]
    engine.dispose()


def test_sqlite(ledger: Ledger) -> None:
    work(create_engine("sqlite://"))
    once(ledger)
    assert set(ledger.libraries) >= {"SQLAlchemy", "sqlite3"}


@pytest.mark.xdist_group("postgresql")
def test_psycopg(ledger: Ledger, postgresql_url: str) -> None:
    url = make_url(postgresql_url).set(drivername="postgresql+psycopg")
    work(create_engine(url))
    once(ledger)
    # What SQLAlchemy asks for itself is not told; what the program runs through its raw connection is.
    assert sorted(ran(ledger)) == sorted(["SELECT 1 AS raw", next(one for one in ran(ledger) if "found" in one)])


@pytest.mark.xdist_group("mariadb")
def test_pymysql(ledger: Ledger, mariadb_url: str) -> None:
    work(create_engine(make_url(mariadb_url).set(drivername="mysql+pymysql")))
    once(ledger)
    assert ran(ledger)["SELECT 1 AS raw"][0] == 1


def asynchronously(url: Any) -> None:
    from sqlalchemy.ext.asyncio import create_async_engine

    async def run() -> None:
        engine = create_async_engine(url)
        for x in (1, 2):
            async with engine.connect() as connection:
                assert (await connection.execute(text(TEXT), {"x": x})).scalar() == 7 + x
        await engine.dispose()

    asyncio.run(run())


def test_aiosqlite(ledger: Ledger) -> None:
    pytest.importorskip("aiosqlite")
    asynchronously("sqlite+aiosqlite://")
    once(ledger)
    assert len(ran(ledger)) == 1


@pytest.mark.xdist_group("postgresql")
def test_psycopg_awaited(ledger: Ledger, postgresql_url: str) -> None:
    asynchronously(make_url(postgresql_url).set(drivername="postgresql+psycopg"))
    once(ledger)
    assert len(ran(ledger)) == 1

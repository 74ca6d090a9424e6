"""Fixtures: servers that are started once per worker, and fresh databases in them.

A test that uses one carries ``@pytest.mark.xdist_group("postgresql")`` (or "mariadb", "redis"), so that one worker
starts the server. It is skipped with the reason where the server's programs are missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.servers.flightsql import FlightSQL, Roapi
from tests.servers.mariadb import MariaDB
from tests.servers.postgresql import PostgreSQL
from tests.servers.redis import Redis

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """Return a running PostgreSQL; a test that kills it starts it again."""
    pytest.importorskip("psycopg", reason="psycopg is not installed: pip install 'perftool[postgres]'")
    with PostgreSQL() as server:
        yield server


@pytest.fixture(scope="module")
def postgresql_url(postgresql: PostgreSQL) -> Iterator[str]:
    """Return the URL of an empty PostgreSQL database, which the tests of a module share."""
    with postgresql.fresh_database() as name:
        yield postgresql.url(name)


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDB]:
    """Return a running MariaDB; a test that kills it starts it again."""
    pytest.importorskip("pymysql", reason="pymysql is not installed: pip install 'perftool[mysql]'")
    with MariaDB() as server:
        yield server


@pytest.fixture(scope="module")
def mariadb_url(mariadb: MariaDB) -> Iterator[str]:
    """Return the URL of an empty MariaDB database, which the tests of a module share."""
    with mariadb.fresh_database() as name:
        yield mariadb.url(name)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Redis]:
    """Return a running Redis; a test that kills it starts it again."""
    with Redis() as server:
        yield server


@pytest.fixture(scope="module")
def redis_url(redis_server: Redis) -> str:
    """Return the URL of an empty Redis database."""
    return redis_server.url()


@pytest.fixture(scope="session")
def flightsql() -> Iterator[FlightSQL]:
    """Return a running Flight SQL server that asks for a password; a test that kills it starts it again."""
    with FlightSQL() as server:
        yield server


@pytest.fixture(scope="session")
def roapi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Roapi]:
    """Return a running ROAPI that serves one table, ``numbers``: i from 0, and text with quotes."""
    table = tmp_path_factory.mktemp("roapi") / "numbers.csv"
    rows = "".join(f'{i},"it\'s ""{i}"", so"\n' for i in range(100))
    table.write_text(f"i,t\n{rows}")
    with Roapi({"numbers": table}) as server:
        yield server

"""SQLAlchemy's engines by our rules, in the newest release and in the lowest that is supported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from perftool.databases.engines import async_engine, engine
from perftool.errors import UnavailableError, UsageError
from tests.databases import engine_checks
from tests.servers.running import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
LOWEST = Path(sys.prefix) / "peers" / "sqlalchemy-2.0"
PARAMETERS = [
    "sqlite",
    pytest.param("postgresql_url", marks=pytest.mark.xdist_group("postgresql")),
    pytest.param("mariadb_url", marks=pytest.mark.xdist_group("mariadb")),
]


@pytest.fixture(params=PARAMETERS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param != "sqlite":
        yield request.getfixturevalue(request.param)
        return
    (tmp_path / "shop.db").touch()
    yield f"sqlite:///{tmp_path / 'shop.db'}"


def test_engines_write_and_read_as_they_may(url: str) -> None:
    engine_checks.check(url)


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="SQLAlchemy 2.0.0 does not run on Python 3.13")
@pytest.mark.skipif(not LOWEST.is_dir(), reason="there is no peers/sqlalchemy-2.0 in the environment: make peers")
@pytest.mark.parametrize("server", PARAMETERS[1:])
def test_the_lowest_release_does_the_same(server: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    (tmp_path / "shop.db").touch()
    urls = [f"sqlite:///{tmp_path / 'shop.db'}", request.getfixturevalue(server)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(LOWEST), str(ROOT)])}
    command = [sys.executable, "-W", "error", str(ROOT / "tests/databases/engine_checks.py"), "2.0.0", *urls]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=environment)
    assert done.returncode == 0, done.stderr


@pytest.mark.xdist_group("postgresql")
def test_settings_and_options_reach_the_sessions(postgresql_url: str) -> None:
    made = engine(postgresql_url, settings={"work_mem": "7 MB"}, connect_args={"application_name": "ours"}, pool_size=2)
    with made.connect() as connection:
        assert connection.execute(text("SHOW work_mem")).scalar() == "7MB"
        assert connection.execute(text("SHOW application_name")).scalar() == "ours"
    assert made.pool.size() == 2
    assert PASSWORD not in repr(made) + str(made.url)
    made.dispose()


@pytest.mark.xdist_group("mariadb")
def test_settings_of_mariadb_stay_when_a_transaction_is_rolled_back(mariadb_url: str) -> None:
    made = engine(mariadb_url, settings={"sort_buffer_size": "1M", "time_zone": "+02:00"})
    with made.connect() as connection:
        connection.rollback()
        asked = connection.execute(text("SELECT @@sort_buffer_size, @@time_zone")).one()
        assert tuple(asked) == (1 << 20, "+02:00")
    made.dispose()


def test_what_has_no_dialect_is_told(tmp_path: Path) -> None:
    for make in (engine, async_engine):
        with pytest.raises(UnavailableError, match="no SQLAlchemy engine for duckdb"):
            make(f"duckdb:///{tmp_path / 'shop.duckdb'}")
        with pytest.raises(UsageError, match="no such file"):
            make(f"sqlite:///{tmp_path / 'nowhere.db'}")


def test_a_missing_library_is_told_with_the_extra_that_brings_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "aiosqlite", None)
    with pytest.raises(UnavailableError, match="aiosqlite is not installed") as caught:
        async_engine(f"sqlite:///{tmp_path / 'new.db'}", write=True)
    assert caught.value.hint == "pip install 'perftool[async]'"

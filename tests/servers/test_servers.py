"""The servers that tests start: they serve, come back after a kill, and do not outlive a test run that was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.servers.mariadb import MariaDB
    from tests.servers.postgresql import PostgreSQL
    from tests.servers.redis import Redis


@pytest.mark.xdist_group("postgresql")
def test_postgresql_serves_and_comes_back_after_a_kill(postgresql: PostgreSQL) -> None:
    with postgresql.fresh_database() as name:
        postgresql.execute("CREATE TABLE kept AS SELECT 1 AS one", name)
        port = postgresql.port
        postgresql.kill()
        postgresql.start()
        assert postgresql.execute("SELECT one FROM kept", name) == [(1,)]
        assert postgresql.port == port


@pytest.mark.xdist_group("mariadb")
def test_mariadb_serves_and_comes_back_after_a_kill(mariadb: MariaDB) -> None:
    with mariadb.fresh_database() as name:
        mariadb.kill()
        mariadb.start()
        assert mariadb.execute("SELECT DATABASE()", name) == [(name,)]


@pytest.mark.xdist_group("redis")
def test_redis_serves_and_comes_back_after_a_kill(redis_server: Redis) -> None:
    redis_server.kill()
    assert not redis_server.answers()
    redis_server.start()
    assert redis_server.answers()


def gone(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return False
    return True


def test_no_server_outlives_a_killed_test_run() -> None:
    program = (
        "import sys\nfrom tests.servers.redis import Redis\n"
        "server = Redis().__enter__()\nprint(server.pid, server.folder, flush=True)\nsys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        pid, _, folder = run.stdout.readline().partition(" ")
        if not pid:
            pytest.skip(run.stderr.read().strip().rpartition("Skipped: ")[2])
        run.send_signal(signal.SIGKILL)
    limit = time.monotonic() + 20
    while not (gone(int(pid)) and not Path(folder.strip()).exists()) and time.monotonic() < limit:
        time.sleep(0.01)
    assert gone(int(pid))
    assert not Path(folder.strip()).exists()

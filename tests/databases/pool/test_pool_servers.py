"""Pools on a real server: sessions that end while idle, a limit that is reached, a process that forks."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from perftool.databases import open_database
from perftool.databases.faults import CannotConnectError, ConnectionLostError
from perftool.model.database import PoolSettings

if TYPE_CHECKING:
    from tests.servers.postgresql import PostgreSQL

pytestmark = pytest.mark.xdist_group("postgresql")
PID = "SELECT pg_backend_pid()"


def sessions(server: PostgreSQL, url: str) -> list[int]:
    name = url.rpartition("/")[2]
    asked = f"SELECT pid FROM pg_stat_activity WHERE datname = '{name}' AND backend_type = 'client backend'"
    return [row[0] for row in server.execute(asked)]


def end(server: PostgreSQL, pids: list[int]) -> None:
    for pid in pids:
        server.execute(f"SELECT pg_terminate_backend({pid}, 5000)")


def test_sessions_that_ended_while_idle_are_replaced_when_they_are_asked(
    postgresql: PostgreSQL, postgresql_url: str
) -> None:
    with open_database(postgresql_url, pool=PoolSettings(pre_ping=True)) as shop:
        with shop.connect() as one, shop.connect() as two:
            before = {connection.execute(PID).rows[0][0] for connection in (one, two)}
        end(postgresql, list(before))
        with shop.connect() as one, shop.connect() as two:
            after = {connection.execute(PID).rows[0][0] for connection in (one, two)}
        assert not before & after
        figures = shop.figures()
        assert (figures.health_failures, figures.created, figures.closed_for) == (2, 4, {"ping": 2})


def test_one_lost_session_has_the_others_asked(postgresql: PostgreSQL, postgresql_url: str) -> None:
    with open_database(postgresql_url) as shop:
        with shop.connect() as one, shop.connect() as two:
            end(postgresql, [connection.execute(PID).rows[0][0] for connection in (one, two)])
        with pytest.raises(ConnectionLostError), shop.connect() as one:
            one.execute("SELECT 1")
        with shop.connect() as one, shop.connect() as two:
            assert [connection.execute("SELECT 1").rows for connection in (one, two)] == [[(1,)], [(1,)]]


def test_health_checks_find_a_session_that_ended(postgresql: PostgreSQL, postgresql_url: str) -> None:
    settings = PoolSettings(minimum=2, maximum=2, warm_up=True, health_s=3600.0)
    with open_database(postgresql_url, pool=settings) as shop:
        before = sessions(postgresql, postgresql_url)
        assert len(before) == 2
        end(postgresql, before[:1])
        shop.pool.tend()
        after = sessions(postgresql, postgresql_url)
        assert len(after) == 2
        assert before[0] not in after
        assert shop.figures().closed_for == {"health": 1}


def test_a_limit_of_the_server_stops_one_checkout_not_the_pool(postgresql: PostgreSQL, postgresql_url: str) -> None:
    name = postgresql_url.rpartition("/")[2]
    postgresql.execute(
        f"CREATE ROLE few LOGIN PASSWORD 'few' CONNECTION LIMIT 2; GRANT CONNECT ON DATABASE {name} TO few"
    )
    try:
        url = f"postgresql://few:few@127.0.0.1:{postgresql.port}/{name}"
        with open_database(url, pool=PoolSettings(maximum=3)) as shop:
            with shop.connect(), shop.connect():
                with pytest.raises(CannotConnectError) as caught:
                    shop.connect()
                assert caught.value.fault.kind == "limit"
                assert shop.figures().in_use == 2
            with shop.connect() as connection:
                assert connection.execute("SELECT 1").rows == [(1,)]
    finally:
        postgresql.execute(f"REVOKE CONNECT ON DATABASE {name} FROM few; DROP ROLE few")


def test_a_child_leaves_the_sessions_of_its_parent_alone(postgresql: PostgreSQL, postgresql_url: str) -> None:
    with open_database(postgresql_url, pool=PoolSettings(maximum=2)) as shop:
        with shop.connect() as idle:
            first = idle.execute(PID).rows[0][0]
        with shop.connect() as held:
            assert held.execute(PID).rows[0][0] == first
            child = os.fork()
            if not child:
                code = 4
                try:
                    with shop.connect() as own:
                        code = 0 if own.execute(PID).rows[0][0] != first else 3
                    shop.close()
                finally:
                    os._exit(code)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
            assert held.execute(PID).rows[0][0] == first

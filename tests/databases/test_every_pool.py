"""The pool over every driver: many threads, a session that is lost, nothing left open."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from perftool.databases import open_database
from perftool.databases.faults import ConnectionLostError
from perftool.model.database import PoolSettings

if TYPE_CHECKING:
    from tests.databases.systems import System


def test_many_threads_share_few_connections(system: System) -> None:
    settings = PoolSettings(maximum=2, overflow=1, leak_s=60.0)
    with open_database(system.url, pool=settings) as database:
        seen: list[object] = []
        together = threading.Barrier(6)

        def work() -> None:
            together.wait()
            for number in range(5):
                with database.connect() as connection:
                    seen.append(connection.execute(f"SELECT {number}").rows[0][0])

        threads = [threading.Thread(target=work) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(map(int, seen)) == sorted([*range(5)] * 6)  # type: ignore[call-overload]
        figures = database.figures()
        assert (figures.checkouts, figures.in_use, figures.leaks) == (30, 0, ())
        assert figures.most_in_use <= 3
        assert figures.created - figures.closed == figures.idle <= 2
        assert len(figures.shares) == 6
    assert database.figures().idle == 0


def test_a_session_that_is_lost_is_replaced(system: System) -> None:
    with open_database(system.url, pool=PoolSettings(maximum=1, timeout_s=10.0)) as database:
        checkout = database.connect()
        with system.severed(checkout.connection), pytest.raises(ConnectionLostError), checkout as connection:
            connection.execute("SELECT 1")
        with database.connect() as connection:
            assert connection.execute("SELECT 1").rows == [(1,)]
        figures = database.figures()
        assert (figures.created, figures.invalidated, figures.closed_for) == (2, 1, {"broken": 1})

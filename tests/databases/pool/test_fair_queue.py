"""Fair pools under SQLAlchemy's engines, for threads and for event loops."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine, exc, text

from perftool.databases.pool import registry
from perftool.databases.pool.fair_queue import AsyncFairQueuePool, FairQueuePool
from perftool.model.database import PoolSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Callable[..., Any]]:
    engines = []

    def make(**keywords: Any) -> Any:
        made = create_engine(f"sqlite:///{tmp_path / 'shop.db'}", poolclass=FairQueuePool, **keywords)
        engines.append(made)
        return made

    yield make
    for one in engines:
        one.dispose()


def test_an_engine_works_as_before_and_its_pool_says_what_it_did(engine: Callable[..., Any]) -> None:
    shop = engine(pool_size=2, max_overflow=1)
    with shop.connect() as one, shop.connect() as two, shop.connect() as three:
        assert [c.scalar(text("SELECT 1")) for c in (one, two, three)] == [1, 1, 1]
    figures = shop.pool.figures()
    assert (figures.checkouts, figures.created, figures.idle, figures.most_in_use) == (3, 3, 2, 3)
    assert figures.closed_for == {"overflow": 1}
    assert (figures.settings.maximum, figures.settings.overflow) == (2, 1)
    assert shop.pool.status() == "0 in use, 2 idle, at most 3"


def test_threads_are_served_in_their_order(engine: Callable[..., Any]) -> None:
    shop = engine(pool_size=1, max_overflow=0)
    order: list[int] = []

    def run(number: int) -> None:
        with shop.connect() as connection:
            connection.scalar(text("SELECT 1"))
            order.append(number)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(6)]
    with shop.connect():
        for number, thread in enumerate(threads):
            thread.start()
            until = time.monotonic() + 10
            while shop.pool.figures().exhausted <= number:
                assert time.monotonic() < until, "nobody waits"
                time.sleep(0.001)
    with shop.connect():  # asked last
        assert order == list(range(6))
    for thread in threads:
        thread.join()
    assert len(shop.pool.figures().shares) == 7


def test_a_time_out_is_sqlalchemys(engine: Callable[..., Any]) -> None:
    shop = engine(pool_size=1, max_overflow=0, pool_timeout=0.01)
    with shop.connect(), pytest.raises(exc.TimeoutError, match=r"no connection became free within 0.01 s"):
        shop.connect()
    assert shop.pool.figures().timeouts == 1


def test_a_connection_that_sqlalchemy_replaces_is_counted(engine: Callable[..., Any]) -> None:
    shop = engine()
    with shop.connect() as connection:
        connection.invalidate()
    with shop.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    figures = shop.pool.figures()
    assert (figures.created, figures.invalidated, figures.closed_for) == (2, 1, {"invalidated": 1})


def test_settings_may_be_said_at_once_and_figures_outlive_a_disposal(engine: Callable[..., Any]) -> None:
    settings = PoolSettings(maximum=1, maximum_uses=2, pre_ping=True, leak_s=60.0)
    shop = engine(pool_settings=settings, pool_logging_name="shop")
    for _ in range(3):
        with shop.connect():
            pass
    assert shop.pool.figures().closed_for == {"uses": 1}
    shop.dispose()
    with shop.connect():
        pass
    figures = shop.pool.figures()
    assert (figures.name, figures.settings) == ("shop", settings)
    assert (figures.checkouts, figures.created, figures.closed_for) == (4, 3, {"uses": 1, "pool closed": 1})
    assert "shop" in {pool.name for pool in registry.living()}


def test_an_asynchronous_engine_has_a_queue_for_each_loop(tmp_path: Path) -> None:
    pytest.importorskip("aiosqlite", reason="aiosqlite is not installed: pip install 'perftool[async]'")
    from sqlalchemy.ext.asyncio import create_async_engine

    shop = create_async_engine(
        f"sqlite+aiosqlite:///{tmp_path / 'shop.db'}", poolclass=AsyncFairQueuePool, pool_size=1, max_overflow=0
    )
    order: list[int] = []

    async def ask(number: int) -> None:
        async with shop.connect() as connection:
            order.append(number)
            await connection.scalar(text("SELECT 1"))

    async def main() -> Any:
        await asyncio.gather(*(ask(number) for number in range(6)))
        with pytest.raises(asyncio.TimeoutError):
            async with shop.connect():
                await asyncio.wait_for(ask(9), 0.01)  # cancelled while it waits
        await ask(6)
        figures = shop.pool.figures()  # type: ignore[attr-defined]
        await shop.dispose()
        return figures

    first, second = asyncio.run(main()), asyncio.run(main())
    assert order == [*range(7), *range(7)]
    assert (first.checkouts, first.created, first.in_use, first.exhausted) == (8, 1, 0, 6)
    assert (second.checkouts, second.created) == (8, 1)
    assert first.digest == second.digest
    assert first.name.startswith("sqlalchemy (event loop ")
    assert first.name != second.name


def test_a_pool_for_every_loop_is_alarming(tmp_path: Path) -> None:
    pytest.importorskip("aiosqlite", reason="aiosqlite is not installed: pip install 'perftool[async]'")
    from sqlalchemy.ext.asyncio import create_async_engine

    shop = create_async_engine(
        f"sqlite+aiosqlite:///{tmp_path / 'shop.db'}",
        poolclass=AsyncFairQueuePool,
        pool_settings=PoolSettings(alarm_pools=2),
    )

    async def ask() -> Any:
        async with shop.connect():
            pass
        return shop.pool.figures()  # type: ignore[attr-defined]

    loops = [asyncio.new_event_loop() for _ in range(3)]
    figures = [loop.run_until_complete(ask()) for loop in loops]
    assert [len(one.alarms) for one in figures] == [0, 0, 1]
    assert figures[2].alarms[0].startswith("3 pools like sqlalchemy (event loop ")
    for loop in loops:
        loop.run_until_complete(ask())  # the others were disposed of, not this one
        loop.run_until_complete(shop.dispose())
        loop.close()
    assert [pool.name for pool in registry.living() if pool.name.startswith("sqlalchemy (event loop")] == []

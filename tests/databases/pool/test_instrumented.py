"""The figures of SQLAlchemy's own pools."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import create_engine, exc, text

from perftool.databases.pool.instrumented import instrument

PEER = Path(sys.prefix) / "peers" / "sqlalchemy-2.0"


@pytest.fixture
def engine(tmp_path: Path) -> Any:
    made = create_engine(f"sqlite:///{tmp_path / 'shop.db'}", pool_size=1, max_overflow=1, pool_timeout=0.01)
    yield made
    made.dispose()


def test_everything_that_a_pool_does_is_counted(engine: Any) -> None:
    with instrument(engine) as seen:
        with engine.connect() as connection, engine.connect():
            assert connection.scalar(text("SELECT 1")) == 1
            with pytest.raises(exc.TimeoutError):
                engine.connect()
        with engine.connect() as connection:
            connection.invalidate()
        figures = seen.figures()
    assert (figures.name, figures.checkouts, figures.created, figures.in_use) == ("sqlite:shop.db", 3, 2, 0)
    assert (figures.timeouts, figures.exhausted, figures.invalidated, figures.most_in_use) == (1, 1, 1, 2)
    assert (figures.settings.maximum, figures.settings.overflow) == (1, 1)
    assert figures.wait is not None
    assert figures.hold is not None
    assert (figures.wait.count, figures.hold.count) == (3, 3)
    assert not figures.settings.fair


def test_nothing_is_counted_before_and_after(engine: Any) -> None:
    with engine.connect(), instrument(engine) as seen:
        pass
    with engine.connect():
        pass
    assert seen.figures().checkouts == 0
    assert "connect" not in vars(engine.pool)


def test_watching_goes_on_with_the_next_pool_of_the_engine(engine: Any) -> None:
    with instrument(engine, name="shop") as seen:
        for _ in range(2):
            with engine.connect():
                pass
            engine.dispose()
        figures = seen.figures()
    assert (figures.name, figures.checkouts, figures.closed) == ("shop", 2, 2)


def test_a_leak_has_the_stack_that_took_it(engine: Any) -> None:
    with instrument(engine, leak_s=0.0001) as seen, engine.connect():
        threading.Event().wait(0.001)
        (leak,) = seen.figures().leaks
        assert "test_a_leak_has_the_stack" in leak.stack[-1]


def test_an_asynchronous_engine_is_watched_too(tmp_path: Path) -> None:
    pytest.importorskip("aiosqlite", reason="aiosqlite is not installed: pip install 'perftool[async]'")
    from sqlalchemy.ext.asyncio import create_async_engine

    async def main() -> Any:
        shop = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'shop.db'}")
        with instrument(shop) as seen:
            async with shop.connect() as connection:
                await connection.scalar(text("SELECT 1"))
            await shop.dispose()
            return seen.figures()

    figures = asyncio.run(main())
    assert (figures.checkouts, figures.created, figures.closed) == (1, 1, 1)


@pytest.mark.skipif("SQLALCHEMY_PEER" in os.environ, reason="this is the other release")
@pytest.mark.skipif(not PEER.is_dir(), reason="SQLAlchemy 2.0.0 is not there: make peers")
def test_the_lowest_release_works_as_well() -> None:
    files = [str(Path(__file__).with_name(name)) for name in ("test_fair_queue.py", "test_instrumented.py")]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-W", "ignore", *files],
        env={**os.environ, "PYTHONPATH": str(PEER), "SQLALCHEMY_PEER": "2.0."},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.skipif("SQLALCHEMY_PEER" not in os.environ, reason="only where another release is meant")
def test_the_other_release_is_the_one_that_is_meant() -> None:
    assert sqlalchemy.__version__.startswith(os.environ["SQLALCHEMY_PEER"])

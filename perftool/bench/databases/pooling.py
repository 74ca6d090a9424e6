"""What a pool itself costs: the operations of the suite ``db-pool``, on connections that do nothing."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

#: Pools, the first being what the others are compared with.
POOLS: Final = ("QueuePool", "QueuePool instrumented", "FairQueuePool", "pool of the port", "pool that looks for leaks")
THREADS: Final = 8
CHECKOUTS: Final = 25
CONNECTIONS: Final = 2
EACH: Final = 20
"""Checkouts of one operation of a single thread."""


class Connection:
    """A connection that does nothing, of DB-API and of the port."""

    def cursor(self) -> None:
        """Give no cursor: nobody asks."""

    def rollback(self) -> None:
        """Have nothing to roll back."""

    def reset(self) -> None:
        """Have nothing to forget."""

    def close(self) -> None:
        """Have nothing to close."""


def started(pool: str) -> dict[str, Any]:
    """Return the pool to borrow from, as a function that takes a connection and gives it back."""
    made = _MADE[pool]()
    made["borrow"]()  # the first one connects
    return {"made": made}


def ended(made: dict[str, Any]) -> None:
    """Close it."""
    made["close"]()


def alone(pool: str, made: dict[str, Any] | None = None) -> Callable[[], object]:
    """Return the operation: one thread borrows, again and again."""
    borrow = (made or _MADE[pool]())["borrow"]

    def operation() -> None:
        for _ in range(EACH):
            borrow()

    return operation


def crowd(pool: str, made: dict[str, Any] | None = None) -> Callable[[], object]:
    """Return the operation: more threads than connections borrow at the same time."""
    borrow = (made or _MADE[pool]())["borrow"]

    def work() -> None:
        for _ in range(CHECKOUTS):
            borrow()

    def operation() -> None:
        threads = [threading.Thread(target=work) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return operation


def _sqlalchemy(name: str) -> dict[str, Any]:
    from sqlalchemy import create_engine
    from sqlalchemy.pool import QueuePool

    from perftool.databases.pool.fair_queue import FairQueuePool
    from perftool.databases.pool.instrumented import instrument

    engine = create_engine(
        "sqlite://",
        creator=Connection,
        poolclass=FairQueuePool if name == "FairQueuePool" else QueuePool,
        pool_size=CONNECTIONS,
        max_overflow=0,
        _initialize=False,
    )
    seen = instrument(engine) if name.endswith("instrumented") else None
    pool = engine.pool

    def borrow() -> None:
        pool.connect().close()

    def close() -> None:
        if seen is not None:
            seen.stop()
        engine.dispose()

    return {"borrow": borrow, "close": close}


def _port(leak_s: float) -> dict[str, Any]:
    from perftool.databases.pool.pool import Pool
    from perftool.model.database import PoolSettings

    opener: Any = Connection
    pool = Pool(opener, PoolSettings(maximum=CONNECTIONS, leak_s=leak_s), name="db-pool")

    def borrow() -> None:
        with pool.checkout():
            pass

    return {"borrow": borrow, "close": pool.close}


_MADE: Final[dict[str, Callable[[], dict[str, Any]]]] = {
    "QueuePool": lambda: _sqlalchemy("QueuePool"),
    "QueuePool instrumented": lambda: _sqlalchemy("QueuePool instrumented"),
    "FairQueuePool": lambda: _sqlalchemy("FairQueuePool"),
    "pool of the port": lambda: _port(0.0),
    "pool that looks for leaks": lambda: _port(60.0),
}

"""What do pools do under load: is the queue fair, is nothing lost, what does a checkout cost, where is the knee?

    python -m docs.evidence.databases.pools [fairness|checkouts|cost|knee ...]

prints tables in Markdown. PostgreSQL is started by it, from local binaries. Runs take turns; figures are ratios, or the
median of the rounds.
"""

from __future__ import annotations

import contextlib
import random
import statistics
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from sqlalchemy.pool import QueuePool

from perftool.bench.databases import pooling
from perftool.databases import open_database
from perftool.databases.pool.pool import Pool
from perftool.model.database import PoolSettings
from tests.servers.postgresql import PostgreSQL

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

THREADS = 16
HOLD_S = 0.002
SECONDS = 3.0
ROUNDS = 5


def say(line: str) -> None:
    """Write a line."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def fairness() -> None:
    """16 threads on one connection, each holding it for 2 ms, from SQLAlchemy's pool and from ours."""
    opener: Any = pooling.Connection
    fair = Pool(opener, PoolSettings(maximum=1), name="fair")
    unfair = Pool(opener, PoolSettings(maximum=1, fair=False), name="unfair")
    sqlalchemy = QueuePool(opener, pool_size=1, max_overflow=0)
    pools: dict[str, Callable[[], AbstractContextManager[Any]]] = {
        "SQLAlchemy's QueuePool": lambda: contextlib.closing(sqlalchemy.connect()),
        "perftool, fair": fair.checkout,
        "perftool, fair=False": unfair.checkout,
    }
    say("| pool | wait p50 | p95 | p99 | max | smallest and largest share of a thread | checkouts |")
    say("|---|---|---|---|---|---|---|")
    found: dict[str, list[tuple[float, ...]]] = {name: [] for name in pools}
    for _ in range(ROUNDS):
        for name in random.sample(list(pools), len(pools)):
            found[name].append(_waits(pools[name]))
    for name, rounds in found.items():
        p50, p95, p99, most, least, share, count = (statistics.median(column) for column in zip(*rounds, strict=True))
        times = " | ".join(f"{value * 1e3:.3g} ms" for value in (p50, p95, p99, most))
        say(f"| {name} | {times} | {least:.1%} to {share:.1%} | {count:.0f} |")


def _waits(take: Callable[[], AbstractContextManager[Any]]) -> tuple[float, ...]:
    waits: list[list[float]] = [[] for _ in range(THREADS)]
    together = threading.Barrier(THREADS)

    def work(mine: list[float]) -> None:
        together.wait()
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            began = time.perf_counter()
            with take():
                mine.append(time.perf_counter() - began)
                time.sleep(HOLD_S)

    threads = [threading.Thread(target=work, args=(mine,)) for mine in waits]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    every = sorted(wait for mine in waits for wait in mine)

    def at(share: float) -> float:
        return every[min(len(every) - 1, int(share * len(every)))]

    shares = [len(mine) / len(every) for mine in waits]
    return at(0.5), at(0.95), at(0.99), every[-1], min(shares), max(shares), float(len(every))


def checkouts() -> None:
    """10,000 checkouts of 16 threads on PostgreSQL, each with a statement: nothing may be left out or open."""
    with PostgreSQL() as server, server.fresh_database() as name:
        settings = PoolSettings(maximum=4, overflow=2, maximum_uses=300, leak_s=30.0)
        with open_database(server.url(name), pool=settings) as database:

            def work() -> None:
                for _ in range(10_000 // THREADS):
                    with database.connect() as connection:
                        connection.execute("SELECT 1")

            threads = [threading.Thread(target=work) for _ in range(THREADS)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            found = database.figures()
        asked = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}'"
        (left,) = server.execute(asked)[0]
        say(
            f"{found.checkouts:,} checkouts by {THREADS} threads: {found.in_use} out, {len(found.leaks)} leaked, "
            f"{found.created} opened, {dict(found.closed_for)} closed, {found.idle} idle; after closing {left} "
            f"sessions on the server; shares {found.shares[-1]:.1%} to {found.shares[0]:.1%}"
        )


def cost() -> None:
    """CPU time of a checkout beside SQLAlchemy's pool, on connections that do nothing."""
    made = {name: pooling.started(name)["made"] for name in pooling.POOLS}
    times: dict[str, list[float]] = {name: [] for name in made}
    for _ in range(4 * ROUNDS):
        for name in random.sample(list(made), len(made)):
            began = time.process_time()
            for _ in range(4000):
                made[name]["borrow"]()
            times[name].append((time.process_time() - began) / 4000)
    first = times[pooling.POOLS[0]]
    say("| pool | checkout and return | ratio |")
    say("|---|---|---|")
    for name, mine in times.items():
        ratio = statistics.median(new / old for old, new in zip(first, mine, strict=True))
        say(f"| {name} | {statistics.median(mine) * 1e6:.1f} µs | {ratio:.2f} |")
        made[name]["close"]()


def knee() -> None:
    """``perftool tune pool`` on PostgreSQL, on a statement that sleeps and on one that computes."""
    import os
    import subprocess
    import tempfile
    from pathlib import Path

    with PostgreSQL() as server, server.fresh_database() as name, tempfile.TemporaryDirectory() as folder:
        for stem, sql in (
            ("sleep", "SELECT pg_sleep(0.01)"),
            ("compute", "SELECT sum(sqrt(i)) FROM generate_series(1, 8000) AS i"),
        ):
            (Path(folder) / f"{stem}.sql").write_text(sql + ";\n")
            done = subprocess.run(
                [sys.executable, "-m", "perftool", "tune", "pool", "env:PLACE", "--workload", f"{stem}.sql"],
                cwd=folder,
                env={**os.environ, "PLACE": server.url(name)},
                capture_output=True,
                text=True,
                check=True,
            )
            say(done.stdout)


if __name__ == "__main__":
    parts = {part.__name__: part for part in (fairness, checkouts, cost, knee)}
    for word in sys.argv[1:] or parts:
        say(f"\n## {word}\n")
        parts[word]()

"""Drive a workload with many threads through a pool of one size, for a while."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from perftool.databases.pool.pool import Pool
from perftool.errors import PerftoolError, UnavailableError
from perftool.machine import activity, processes
from perftool.model.database import PoolSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.bench.databases.statements import Query
    from perftool.clock import Clock
    from perftool.databases import Database
    from perftool.databases.api import Connection
    from perftool.model.database import PoolFigures

#: Programs that are the server of a driver.
SERVERS: Final = {"postgresql": ("postgres", "postmaster"), "mysql": ("mariadbd", "mysqld")}


@dataclass(frozen=True, slots=True)
class Drive:
    """What came of it: ``rate`` is statements per second; cores are how many were busy on average.

    ``server_cores`` is None where the server is not on this machine or has no processes of its own, ``other_cores``,
    those of all other programs here, where the system does not tell.
    """

    size: int
    count: int
    rate: float
    client_cores: float
    server_cores: float | None
    pool: PoolFigures
    other_cores: float | None = None


class RefusedError(Exception):
    """The database does not give so many connections; says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """The work: statements in turn, by ``threads`` at once, for ``duration_s``."""

    queries: Sequence[Query]
    threads: int
    duration_s: float
    timeout_s: float | None = None


def drive(database: Database, load: Load, size: int, clock: Clock) -> Drive:
    """Open ``size`` connections, then let all threads work until the time is over.

    raises: RefusedError, or whatever a statement raises. An interrupt stops the statements that run.
    """
    settings = PoolSettings(minimum=size, maximum=size, warm_up=True, timeout_s=0.0, alarm_pools=0)
    try:
        pool = Pool(database.session, settings, name=database.label)
    except UnavailableError as error:
        raise RefusedError(error.message) from error
    try:
        return _Driving(database, pool, load, clock).run(size)
    finally:
        pool.close()


class _Driving:
    """One run of ``drive``."""

    def __init__(self, database: Database, pool: Pool, load: Load, clock: Clock) -> None:
        self._database = database
        self._pool = pool
        self._load = load
        self._clock = clock
        self._stop = threading.Event()
        self._counts = [0] * load.threads
        self._running: set[Connection] = set()
        self._failure: BaseException | None = None

    def run(self, size: int) -> Drive:
        """Start the threads, wait, and say what came of it."""
        load = self._load
        together = threading.Barrier(load.threads + 1)
        threads = [
            threading.Thread(target=self._work, args=(number, together), name=f"drive {number}", daemon=True)
            for number in range(load.threads)
        ]
        for thread in threads:
            thread.start()
        try:
            together.wait()
            watch = activity.Watch()
            watch.start()
            client, server, began = time.process_time(), self._server(), self._clock.monotonic()
            self._stop.wait(load.duration_s)
            count, elapsed = sum(self._counts), self._clock.monotonic() - began
            client = time.process_time() - client
            figures = self._pool.figures()
            after, others = self._server(), watch.stop().other_cores
        except BaseException:
            self._cancel()
            raise
        finally:
            self._end(threads)
        if self._failure is not None:
            raise self._failure
        served = processes.used(server, after) / elapsed if server and after else None
        return Drive(
            size=size,
            count=count,
            rate=count / elapsed,
            client_cores=client / elapsed,
            server_cores=served,
            pool=figures,
            other_cores=self._others(others, served),
        )

    def _work(self, number: int, together: threading.Barrier) -> None:
        queries = self._load.queries
        turn = number
        together.wait()
        try:
            while not self._stop.is_set():
                with self._pool.checkout() as connection:
                    self._running.add(connection)
                    try:
                        connection.execute(queries[turn % len(queries)].sql, timeout_s=self._load.timeout_s)
                    finally:
                        self._running.discard(connection)
                self._counts[number] += 1
                turn += 1
        except BaseException as error:  # noqa: BLE001 - told by the thread that started this one
            # Once the time is over the pool is closed: those who wait for it hear so.
            if not self._stop.is_set():
                self._failure = self._failure or _placed(error, queries[turn % len(queries)])
                self._stop.set()

    def _server(self) -> dict[int, float]:
        names = SERVERS.get(self._database.driver.name, ())
        return processes.cpu_seconds(names) if names and self._here() else {}

    def _here(self) -> bool:
        return self._database.address.host in _HERE

    def _others(self, others: float | None, served: float | None) -> float | None:
        """Return what is left for programs that have nothing to do with this; None where the server is among them."""
        if others is None or (served is None and self._database.driver.capabilities.server and self._here()):
            return None
        return max(0.0, others - (served or 0.0))

    def _end(self, threads: Sequence[threading.Thread]) -> None:
        """Let no new statement begin; those that run get as long again, then they are stopped on the server."""
        self._stop.set()
        self._pool.close()
        until = self._clock.monotonic() + self._load.duration_s
        try:
            for thread in threads:
                thread.join(max(0.0, until - self._clock.monotonic()))
        finally:
            self._cancel()
            for thread in threads:
                thread.join()

    def _cancel(self) -> None:
        self._stop.set()
        for connection in list(self._running):
            with suppress(Exception):
                connection.cancel()


#: Hosts that are this machine: a socket has none.
_HERE: Final = frozenset({"", "localhost", "127.0.0.1", "::1"})


def _placed(error: BaseException, query: Query) -> BaseException:
    """Name the statement that failed."""
    if isinstance(error, PerftoolError):
        error.message = f"{query.source}: {error.message}"
        error.args = (error.message,)
    return error

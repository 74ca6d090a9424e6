"""The real databases behind the tests of every driver: how each is written to, slowed down and looked into."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib.util import find_spec
from itertools import count
from typing import TYPE_CHECKING, Any
from uuid import UUID

from perftool.databases import address as addresses
from perftool.databases.api import Access
from perftool.databases.opening import driver_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from perftool.databases.address import Address
    from perftool.databases.api import Connection, Driver

TEXT = 'it\'s "quoted", 100 %s; a\\b\nnext: é 漢 🐘'
NAIVE = datetime(2024, 2, 29, 12, 34, 56, 789000)
AWARE = NAIVE.replace(tzinfo=UTC)
IDENTITY = UUID("12345678-1234-5678-1234-567812345678")
#: What a program gives for each kind of column.
VALUES: Mapping[str, Any] = {
    "integer": 42,
    "bigint": 2**62 + 1,
    "decimal": Decimal("12345678.9012"),
    "float": 0.1 + 0.2,
    "text": TEXT,
    "nul": "a\0b",
    "bytes": b"\x00\xff\n'",
    "boolean": True,
    "date": NAIVE.date(),
    "time": NAIVE.time(),
    "timestamp": NAIVE,
    "moment": AWARE,
    "interval": timedelta(days=1, seconds=2, milliseconds=500),
    "uuid": IDENTITY,
    "json": '{"a": [1, null]}',
}
_NUMBERS = count(1)


@dataclass(kw_only=True)
class System:
    """A database to test with. ``stored`` is what comes back where that is not the value; REFUSED where it errs.

    ``slow`` runs for minutes and gives one row, ``endless`` gives rows for as long; both hold the word "watched".
    ``running`` are the statements of others that its server executes, ``sever`` ends a session from outside, and
    returns how the server comes back that had to die for it.
    """

    name: str
    url: str
    types: Mapping[str, str]
    stored: Mapping[str, Any] = field(default_factory=dict)
    slow: str
    endless: str
    running: Callable[[], list[str]] | None = None
    sever: Callable[[Connection], Callable[[], None] | None]
    numbers: str = ""
    fixed: bool = False

    @property
    def address(self) -> Address:
        return addresses.parse(self.url, {})

    @property
    def driver(self) -> Driver:
        return driver_for(self.address.scheme)

    def connect(self, *, write: bool = True, **settings: str) -> Connection:
        return self.driver.connect(self.address, Access(write=write, settings=settings))

    def marks(self, number: int) -> str:
        """Return placeholders for parameters."""
        return ", ".join([self.driver.capabilities.parameter] * number)

    def table(self, connection: Connection, rows: int = 0) -> str:
        """Make a table (id, name) with ``rows`` rows and return its name."""
        name = f"things_{next(_NUMBERS)}"
        kinds = f"id {self.types['integer']} NOT NULL PRIMARY KEY, name {self.types['text']}"
        connection.execute(f"CREATE TABLE {name} ({kinds})")
        if rows:
            sql = f"INSERT INTO {name} (id, name) VALUES ({self.marks(2)})"
            assert connection.execute_many(sql, [(i, f"name {i}") for i in range(rows)]) == rows
        return name

    @contextmanager
    def severed(self, connection: Connection) -> Iterator[None]:
        """End a session from outside; a server that has to die for it is back after the block."""
        back = self.sever(connection)
        try:
            yield
        finally:
            if back:
                back()

    def await_none_running(self) -> None:
        """Wait until the server executes no watched statement."""
        assert self.running is not None
        limit = time.monotonic() + 20
        while any("watched" in statement for statement in self.running()):
            assert time.monotonic() < limit, "the server still executes what nobody wants any more"
            time.sleep(0.01)


class Refused:
    """Stands for a value that a system does not take."""


REFUSED = Refused()
_STANDARD = {
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "decimal": "DECIMAL(18, 4)",
    "float": "DOUBLE PRECISION",
    "text": "VARCHAR(100)",
    "nul": "VARCHAR(100)",
    "bytes": "BLOB",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "time": "TIME",
    "timestamp": "TIMESTAMP",
    "moment": "TIMESTAMP WITH TIME ZONE",
    "interval": "INTERVAL",
    "uuid": "UUID",
    "json": "JSON",
}
_RECURSIVE = "WITH RECURSIVE watched(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM watched) SELECT {} FROM watched"
_DUCKDB_ROWS = "range(1000000000) watched(i)"


def sqlite(folder: Any) -> System:
    """Return a SQLite file. It keeps numbers, text and bytes; the rest comes back as text."""
    return System(
        name="sqlite",
        url=f"sqlite:///{folder / 'shop.db'}",
        # DATE and the like would have NUMERIC affinity, which makes nothing of text that is no number.
        types=_STANDARD | {"interval": "REAL", "text": "TEXT", "nul": "TEXT", "uuid": "TEXT"},
        stored={
            "decimal": 12345678.9012,
            "boolean": 1,
            "date": "2024-02-29",
            "time": "12:34:56.789000",
            "timestamp": "2024-02-29 12:34:56.789000",
            "moment": "2024-02-29 12:34:56.789000+00:00",
            "interval": 86402.5,
            "uuid": str(IDENTITY),
        },
        slow=_RECURSIVE.format("count(*)"),
        endless=_RECURSIVE.format("i"),
        sever=lambda connection: connection.raw.close(),
    )


def duckdb(folder: Any) -> System:
    """Return a DuckDB file. Moments in time need a package that may be missing."""
    return System(
        name="duckdb",
        url=f"duckdb:///{folder / 'shop.duckdb'}",
        types=_STANDARD,
        stored={} if find_spec("pytz") else {"moment": REFUSED},
        slow=f"SELECT count(*) FROM {_DUCKDB_ROWS}, range(100000)",
        endless=f"SELECT i FROM {_DUCKDB_ROWS}",
        sever=lambda connection: connection.raw.close(),
    )


def postgresql(server: Any, url: str) -> System:
    """Return a PostgreSQL database: text holds no NUL."""
    database = url.rsplit("/", 1)[-1]
    others = f"SELECT query FROM pg_stat_activity WHERE state <> 'idle' AND datname = '{database}'"

    def sever(connection: Connection) -> None:
        pid = connection.execute("SELECT pg_backend_pid()").rows[0][0]
        server.execute(f"SELECT pg_terminate_backend({pid}, 5000)")

    return System(
        name="postgresql",
        url=url,
        types=_STANDARD | {"bytes": "BYTEA", "text": "TEXT", "nul": "TEXT"},
        stored={"nul": REFUSED, "json": {"a": [1, None]}},
        slow="SELECT count(*) FROM generate_series(1, 1000000) watched, generate_series(1, 1000000)",
        endless="SELECT generate_series(1, 1000000000) AS watched",
        running=lambda: [row[0] for row in server.execute(others)],
        sever=sever,
    )


def mariadb(server: Any, url: str) -> System:
    """Return a MariaDB database: it has no intervals and no time zones, booleans are numbers, times durations."""
    moment = NAIVE.time()
    passed = timedelta(hours=moment.hour, minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond)

    def sever(connection: Connection) -> None:
        server.execute(f"KILL {connection.execute('SELECT connection_id()').rows[0][0]}")

    return System(
        name="mariadb",
        url=url,
        types=_STANDARD
        | {"moment": "DATETIME(3)", "timestamp": "DATETIME(3)", "time": "TIME(3)", "interval": "INTEGER"}
        | {"float": "DOUBLE"},
        stored={"boolean": 1, "time": passed, "moment": NAIVE, "interval": REFUSED, "uuid": str(IDENTITY)},
        slow="SELECT count(*) FROM seq_1_to_1000000 watched, seq_1_to_1000000 b",
        endless="SELECT seq AS watched FROM seq_1_to_1000000000",
        running=lambda: [row[0] or "" for row in server.execute("SELECT info FROM information_schema.processlist")][1:],
        sever=sever,
    )


def flightsql(server: Any) -> System:
    """Return our own Flight SQL server, DuckDB behind it."""

    def sever(connection: Connection) -> Callable[[], None]:
        server.kill()
        start: Callable[[], None] = server.start
        return start

    def running() -> list[str]:
        watching = driver_for("flightsql").connect(addresses.parse(server.url(), {}), Access())
        try:
            return [row[0] for row in watching.execute("CALL running()").rows]
        finally:
            watching.close()

    return System(
        name="flightsql",
        url=server.url(),
        types=_STANDARD,
        stored={"json": '{"a": [1, null]}', "uuid": str(IDENTITY), "moment": AWARE},
        slow=f"SELECT count(*) FROM {_DUCKDB_ROWS}, range(100000)",
        endless=f"SELECT i FROM {_DUCKDB_ROWS}",
        running=running,
        sever=sever,
    )


def roapi(server: Any) -> System:
    """Return a Flight SQL server that somebody else wrote; it serves a table of numbers and takes nothing in."""

    def sever(connection: Connection) -> Callable[[], None]:
        server.kill()
        start: Callable[[], None] = server.start
        return start

    return System(
        name="roapi",
        url=server.url(),
        types={},
        # It does not stop what nobody waits for any more: a second of work must be enough.
        slow=(
            "SELECT count(*) FROM (SELECT a.i * b.i * c.i * d.i AS n FROM numbers a, numbers b, numbers c, numbers d"
            " WHERE d.i < 10) x WHERE n < 0"
        ),
        # It gathers a whole result before it sends the first row of it.
        endless="SELECT b.i FROM numbers b, numbers c, numbers d",
        sever=sever,
        numbers="numbers",
        fixed=True,
    )

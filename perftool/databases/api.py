"""The port to databases: what a driver is, and what may be done with one of its connections.

Everything above (queries, benchmarks, pools, tuning) knows these types only. A driver is one file of
``perftool.databases.drivers`` that defines ``DRIVER``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from types import TracebackType

    from perftool.databases.address import Address
    from perftool.databases.faults import Fault

Row = tuple[Any, ...]
Parameters = tuple[Any, ...]

DRIVERS = "perftool.databases.drivers"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a result: its name, and its type in the words of the database, "" where that does not say."""

    name: str
    type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How a database is opened.

    Without ``write`` the session is read-only wherever the system can enforce that. ``connect_timeout_s`` bounds the
    opening of a connection. ``settings`` are session settings of the system (SQLite pragmas, DuckDB and PostgreSQL
    settings, MariaDB variables), set on every connection, in the order given.
    """

    write: bool = False
    connect_timeout_s: float = 10.0
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a system can do, for callers that choose a path and tests that expect it.

    ``read_only``: a session can be kept from writing. ``cancel``: a running statement can be stopped from another
    thread. ``server``: it is a process of its own, so connections cost and are limited. ``transactions``: what was
    written can be rolled back. ``isolation``: two connections can work at the same time. ``arrow``: gives record
    batches. ``copies`` are the formats that the engine itself writes ("csv", "ndjson"), ``slow_copies`` those of them
    that it takes longer for than for handing over its rows. ``loads`` are its ways to
    insert many rows, the fastest first. ``counters`` are the units that ``Connection.counters`` gives. ``parameter``
    is the placeholder of a parameter in its statements. ``dialect`` is its name for perftool.sql.
    """

    read_only: bool
    cancel: bool
    server: bool
    transactions: bool
    isolation: bool
    arrow: bool
    copies: tuple[str, ...]
    loads: tuple[str, ...]
    counters: tuple[str, ...]
    parameter: str
    dialect: str
    slow_copies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an open database: ``system`` ("PostgreSQL"), ``version``, ``driver`` ("psycopg 3.3.9").

    ``durability`` are the settings that decide what a commit costs (fsync, synchronous_commit, journal_mode …), and
    ``settings`` others worth telling, in the words of the system.
    """

    system: str
    version: str
    driver: str
    durability: Mapping[str, str]
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """All rows of a statement. ``affected`` is how many rows it changed, None where it gave rows or is unknown."""

    columns: tuple[Column, ...]
    rows: list[Row]
    affected: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """How a statement is, or was, executed: ``text`` for people, ``tree`` as the system gives it where it can."""

    text: str
    tree: Any = None
    analyzed: bool = False


class Stream(Protocol):
    """A result that arrives in chunks; memory does not grow with it. Use it in a ``with`` block.

    The first chunk comes as soon as one row is there and may be small. Leaving the block early stops the statement on
    the server. raises: StatementError, also in the middle.
    """

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns, known before the first chunk."""

    @property
    def path(self) -> str:
        """How the rows come out, for the report: "server-side cursor", "cursor", "arrow" …."""

    def __iter__(self) -> Iterator[Sequence[Row]]:
        """Yield chunks of rows."""

    def __enter__(self) -> Stream: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Connection(Protocol):
    """One session. Not for several threads at a time, but for ``cancel``.

    Each statement that is not inside ``transaction`` commits by itself. ``timeout_s`` bounds a statement on the server
    where that can. Values of ``parameters`` stand for the driver's own placeholders (``Capabilities.parameter``).
    raises: StatementError for what the database refuses, ConnectionLostError when the session is gone.
    """

    def execute(self, sql: str, parameters: Parameters = (), *, timeout_s: float | None = None) -> Result:
        """Run one statement and return all its rows."""

    def execute_many(self, sql: str, rows: Iterable[Parameters]) -> int:
        """Run one statement for each of ``rows`` in one call of the driver; returns the number of rows."""

    def stream(
        self, sql: str, parameters: Parameters = (), *, chunk_rows: int = 1000, timeout_s: float | None = None
    ) -> Stream:
        """Run one statement and return its rows as they come."""

    def batches(self, sql: str, *, timeout_s: float | None = None) -> AbstractContextManager[Any]:
        """Run one statement and return a ``pyarrow.RecordBatchReader``; leaving the block early stops it.

        raises: UnavailableError where the system gives no Arrow, or its extra is missing.
        """

    def copy_out(self, sql: str, form: str, *, timeout_s: float | None = None) -> AbstractContextManager[Any]:
        """Run one statement and return an iterator of bytes that the engine itself formatted ("csv", "ndjson").

        CSV has a header line and RFC 4180 quoting, an empty field for NULL; NDJSON one object a line. Lines end in LF.
        raises: UnavailableError for a ``form`` that is not among ``Capabilities.copies``.
        """

    def load(
        self, table: str, columns: Sequence[str], rows: Iterable[Row], *, way: str = "", batch_rows: int = 10_000
    ) -> int:
        """Insert ``rows`` by ``way``, one of ``Capabilities.loads`` ("" is the fastest); returns their number.

        All of them or none: a failure rolls back what was inserted, unless a transaction is open already.
        """

    def explain(self, sql: str, *, analyze: bool = False) -> Plan:
        """Return the plan of a statement; ``analyze`` executes it."""

    def counters(self, sql: str) -> Mapping[str, float]:
        """Execute a statement and return what it cost in counts that do not depend on time (unit → number)."""

    def transaction(self) -> AbstractContextManager[None]:
        """Commit at the end of the block, roll back when it raises."""

    def facts(self) -> Facts:
        """Say what this is."""

    def ping(self) -> bool:
        """Say whether the session still answers."""

    def cancel(self) -> None:
        """Stop the statement that runs, from another thread; nothing happens when there is none."""

    def reset(self) -> None:
        """Roll back what is open and forget session state, so that somebody else may use the connection."""

    def close(self) -> None:
        """End the session; may be called twice."""

    @property
    def raw(self) -> Any:
        """The connection of the driver's library, for what this port does not know."""


@dataclass(frozen=True, slots=True)
class Word:
    """How values of types that match ``types`` (a whole name, any case) are asked for, to be written as CSV and JSON.

    Each is an expression over ``{0}``, the value; None where the engine cannot write it as rows would be written.
    """

    types: str
    csv: str | None = "{0}"
    ndjson: str | None = "{0}"


class Guard(Protocol):
    """Makes sure that record batches of a system whose columns have no types hold the values that rows would."""

    def begins_again(self, connection: Connection, sql: str) -> bool:
        """Say whether a query gives its first rows at once, so that asking it for them costs nothing."""

    def guarded(self, sql: str, schema: Any) -> str:
        """Return the query with a last column more: 0 where a value is not of its column's type in ``schema``, else 1.

        raises: UnavailableError where that cannot be asked.
        """


class Preparing(Protocol):
    """Makes a session ready for a statement whose rows are to take little memory, in a process that does nothing else.

    Not ``frugal`` takes that back, for a statement that could not be executed with it.
    """

    def __call__(self, connection: Connection, sql: str, *, frugal: bool = True) -> None:
        """Do so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """One database system.

    ``schemes`` are the URL schemes that it answers to. ``extra`` is the extra of perftool that brings its library,
    None where nothing is missing. ``check`` raises UnavailableError (with the install line) without it. ``connect``
    opens a session. ``fault`` says what an exception of its library means; None for exceptions that are not its own.
    ``transient`` are the documented codes of what may work when the whole transaction is run again → meaning.
    ``words`` are how values have to be asked for so that ``copy_out`` writes what rows would be written as; empty where
    it does so anyway. ``guard`` is there where Arrow might change values, ``prepare_stream`` where a session can
    be made to take less memory. ``sqlalchemy_url`` gives the URL for SQLAlchemy's synchronous or asynchronous engine,
    None where there is none; ``engine_setup`` the arguments for connecting and the statements on each new connection
    that make its sessions what ``connect`` would open.
    raises from ``connect``: UnavailableError when the database cannot be reached or refuses; UsageError for a wrong
    address (a file that does not exist).
    """

    name: str
    schemes: tuple[str, ...]
    summary: str
    capabilities: Capabilities
    connect: Callable[[Address, Access], Connection]
    check: Callable[[], None]
    fault: Callable[[BaseException], Fault | None]
    transient: Mapping[str, str]
    extra: str | None = None
    words: Sequence[Word] = ()
    guard: Guard | None = None
    prepare_stream: Preparing | None = None
    sqlalchemy_url: Callable[[Address, Literal["sync", "async"]], Any] | None = None
    engine_setup: Callable[[Address, Access], tuple[Mapping[str, Any], Sequence[str]]] | None = None

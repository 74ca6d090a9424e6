"""SQLite, through the standard library: a dialect between would cost rows their speed and brings nothing here."""

from __future__ import annotations

import contextlib
import platform
import re
import sqlite3
import threading
from typing import TYPE_CHECKING, Any, Final, Literal

from perftool import discovery
from perftool.databases import sqlite_counting as counting
from perftool.databases.address import MEMORY
from perftool.databases.api import Capabilities, Driver, Facts, Plan
from perftool.databases.dbapi import Session
from perftool.databases.faults import StatementError
from perftool.databases.sqlite_faults import TRANSIENT, fault
from perftool.databases.sqlite_guard import SQLiteGuard
from perftool.databases.sqlite_opening import BUSY_S, must_exist, opened, pragma, uri_of
from perftool.databases.sqlite_sharing import FILES
from perftool.databases.sqlite_values import plain, stored
from perftool.databases.translating import Translator
from perftool.errors import PerftoolError, UnavailableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from perftool.databases.address import Address
    from perftool.databases.api import Access, Parameters

#: So many steps of SQLite's machine pass between looks at Ctrl-C: some milliseconds.
PATIENCE: Final = 1_000_000
_SETTING: Final = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")
#: Statements behind which a session is no longer as new.
_STATEFUL: Final = re.compile(r"\b(pragma|attach|detach|temp|temporary)\b", re.IGNORECASE)

CAPABILITIES: Final = Capabilities(
    read_only=True,
    cancel=True,
    server=False,
    transactions=True,
    isolation=True,
    arrow=True,
    copies=(),
    loads=("executemany",),
    counters=counting.units(),
    parameter="?",
    dialect="sqlite",
)


class SQLite(Session):
    """One connection to a SQLite file, or to a database in memory that is its alone."""

    capabilities = CAPABILITIES

    def __init__(self, address: Address, access: Access) -> None:
        if address.database != MEMORY:
            FILES.enter(address.database, access.connect_timeout_s)
        try:
            super().__init__(opened(address, access), address, access, fault)
        except BaseException:
            self._leave(address)
            raise
        self.begin_sql = "BEGIN IMMEDIATE" if access.write else "BEGIN"
        self._touched = False
        self._cancelling = threading.Lock()
        self._cancelled = self._cancelled_before = 0
        self._counted = 0
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    def _prepare(self) -> None:
        """Bring a new session into the state that was asked for."""
        self._raw.set_progress_handler(self._look_up, PATIENCE)
        for name, value in self.access.settings.items():
            self._set(name, value)
        if not self.access.write:
            self._plain("PRAGMA query_only = ON")
        self._touched = False

    def _set(self, name: str, value: str) -> None:
        known = self._raw.execute("SELECT 1 FROM pragma_pragma_list WHERE name = ?", (name.lower(),)).fetchone()
        if not _SETTING.fullmatch(name) or not known:
            names = tuple(row[0] for row in self._raw.execute("SELECT name FROM pragma_pragma_list"))
            raise discovery.unknown("SQLite pragma", name, names)
        try:
            answer = self.execute(pragma(name, value)).rows
        except StatementError as error:
            raise UsageError(f"{name} = {value!r}: {error.message}", hint=error.hint) from error
        if name.lower() == "journal_mode" and answer and str(answer[0][0]).lower() != value.lower():
            raise UsageError(
                f"{self.address.label}: journal_mode stays {answer[0][0]}, {value} was asked for",
                hint=None if self.access.write else "the journal mode is stored in the file: say --write",
            )

    def _look_up(self) -> int:
        """Let Python see Ctrl-C between two stretches of a long statement: what it raises here ends the statement."""
        return 0

    def _run(self, cursor: Any, sql: str, parameters: Parameters) -> None:
        if _STATEFUL.search(sql):
            self._touched = True
        self._begin()
        cursor.execute(sql, plain(parameters))

    def _run_many(self, cursor: Any, sql: str, rows: Iterable[Parameters]) -> None:
        self._begin()
        cursor.executemany(sql, map(plain, rows))

    def _begin(self) -> None:
        """Remember what was cancelled before the statement that comes."""
        with self._cancelling:
            self._cancelled_before = self._cancelled

    def _told(self, error: Exception, limit: Any) -> Exception | None:
        interrupted = getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_INTERRUPT
        if interrupted and self._cancelled == self._cancelled_before:
            # Nobody cancelled it: Ctrl-C did, and SQLite keeps what its callback raised to itself.
            raise KeyboardInterrupt from error
        return super()._told(error, limit)

    @contextlib.contextmanager
    def _guarded(self, timeout_s: float | None) -> Iterator[None]:
        # SQLite cannot be interrupted while it waits for a lock.
        shorter = timeout_s is not None and timeout_s < BUSY_S and "busy_timeout" not in self.access.settings
        with super()._guarded(timeout_s):
            if not shorter:
                yield
                return
            self._raw.execute(f"PRAGMA busy_timeout = {max(1, int((timeout_s or 0) * 1000))}").close()
            try:
                yield
            finally:
                self._raw.execute(f"PRAGMA busy_timeout = {int(BUSY_S * 1000)}").close()

    @contextlib.contextmanager
    def batches(self, sql: str, *, timeout_s: float | None = None) -> Iterator[Any]:
        """Run a query by ADBC, which has the file to itself meanwhile, and give its record batches.

        raises: UnavailableError where that cannot be, or what is asked of the session could not be kept.
        """
        from perftool.databases import adbc, sqlite_arrow

        adbc.dbapi_of("sqlite")
        if timeout_s is not None:
            raise UnavailableError("ADBC cannot stop a statement of SQLite in time")
        if self.address.database == MEMORY or self._touched or self._raw.in_transaction:
            raise UnavailableError("ADBC opens a session of its own, which would not see what is in this one")
        pragmas = tuple(pragma(name, value) for name, value in self.access.settings.items())
        if not self.access.write:
            pragmas += ("PRAGMA query_only = ON",)
        translator = Translator(sqlite_arrow.fault, self.address)
        with FILES.alone(self.address.database):
            self._raw.close()
            try:
                uri = uri_of(self.address, self.access)
                with sqlite_arrow.batches(
                    uri, sql, pragmas, lambda: self._cancelled > self._cancelled_before
                ) as reader:
                    yield reader
            except PerftoolError:
                raise
            except Exception as error:
                if told := translator.statement(error):
                    raise told from error
                raise
            finally:
                self._raw = opened(self.address, self.access)
                self._prepare()

    def _in_transaction(self) -> bool:
        return bool(self._raw.in_transaction)

    def explain(self, sql: str, *, analyze: bool = False) -> Plan:
        """Return SQLite's query plan; ``analyze`` adds what executing it cost, in counts."""
        return counting.plan(self, sql, self.counters(sql) if analyze else {})

    def counters(self, sql: str) -> Mapping[str, float]:
        """Execute a statement and return the steps of SQLite's machine; what it writes is rolled back."""
        self._counted += 1
        # A text of its own: SQLite counts what a prepared statement cost in all of its runs.
        text = f"{sql.rstrip().rstrip(';')}\n-- perftool {self._counted}"
        with self._undone():
            if "vm-steps/op" in self.capabilities.counters:
                return counting.steps(self, text)
            try:
                return counting.strides(self, text)
            finally:
                self._raw.set_progress_handler(self._look_up, PATIENCE)

    @contextlib.contextmanager
    def _undone(self) -> Iterator[None]:
        self._plain("SAVEPOINT perftool_counters")
        try:
            yield
        finally:
            self._plain("ROLLBACK TO perftool_counters")
            self._plain("RELEASE perftool_counters")

    def facts(self) -> Facts:
        """Say which SQLite this is, and which pragmas decide on durability and speed."""

        def asked(*names: str) -> dict[str, str]:
            rows = {name: self._raw.execute(f"PRAGMA {name}").fetchone() for name in names}
            return {name: stored(name, row[0]) for name, row in rows.items() if row}

        with self._guarded(None):
            durability = asked("journal_mode", "synchronous", "fullfsync", "wal_autocheckpoint")
            settings = asked("cache_size", "page_size", "mmap_size", "temp_store", "auto_vacuum")
        driver = f"sqlite3 of Python {platform.python_version()}"
        return Facts("SQLite", sqlite3.sqlite_version, driver, durability, settings)

    def cancel(self) -> None:
        """Stop the statement that runs; SQLite ignores it when there is none."""
        with self._cancelling, contextlib.suppress(sqlite3.ProgrammingError):
            self._cancelled += 1
            self._raw.interrupt()

    def close(self) -> None:
        """End the session; may be called twice."""
        if not self._closed:
            super().close()
            self._leave(self.address)

    @staticmethod
    def _leave(address: Address) -> None:
        if address.database != MEMORY:
            FILES.leave(address.database)

    def reset(self) -> None:
        """Roll back what is open; a file is opened again where a statement may have changed the session."""
        if self._raw.in_transaction:
            self._plain("ROLLBACK")
        if not self._touched:
            return
        if self.address.database != MEMORY:
            self._raw.close()
            self._raw = opened(self.address, self.access)
        else:
            self._clear()
        self._prepare()

    def _clear(self) -> None:
        """Drop what only this session sees: opening again would lose a database in memory."""
        self._plain("PRAGMA query_only = OFF")
        kinds = self.execute("SELECT type, name FROM sqlite_temp_schema WHERE type IN ('table', 'view')").rows
        for kind, name in kinds:
            self._plain(f"DROP {kind} temp.{self._quoted(name)}")
        for _, name, _ in self.execute("PRAGMA database_list").rows:
            if name not in ("main", "temp"):
                self._plain(f"DETACH {self._quoted(name)}")


def check() -> None:
    """Return: the standard library brings SQLite."""


def sqlalchemy_url(address: Address, way: Literal["sync", "async"]) -> Any:
    """Return the URL for SQLAlchemy's engines."""
    from sqlalchemy.engine import URL

    driver = "sqlite" if way == "sync" else "sqlite+aiosqlite"
    return URL.create(driver, database=address.database, query=dict(address.options))


def engine_setup(address: Address, access: Access) -> tuple[Mapping[str, Any], Sequence[str]]:
    """Return the pragmas of a new session."""
    if address.database != MEMORY and not access.write:
        must_exist(address.database)
    for name in access.settings:
        if not _SETTING.fullmatch(name):
            raise UsageError(f"{name!r} is no name of a pragma")
    wanted = {**access.settings, **({} if access.write else {"query_only": "ON"})}
    return {}, [pragma(name, value) for name, value in wanted.items()]


DRIVER = Driver(
    name="sqlite",
    schemes=("sqlite", "sqlite3"),
    summary="SQLite files, through Python's own library",
    capabilities=CAPABILITIES,
    connect=SQLite,
    check=check,
    fault=fault,
    guard=SQLiteGuard(),
    transient=TRANSIENT,
    sqlalchemy_url=sqlalchemy_url,
    engine_setup=engine_setup,
)

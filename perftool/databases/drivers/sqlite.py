"""SQLite, through the standard library: a dialect between would cost rows their speed and brings nothing here."""

from __future__ import annotations

import contextlib
import platform
import re
import sqlite3
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import quote

from perftool import discovery
from perftool.databases.address import MEMORY
from perftool.databases.api import Capabilities, Driver, Facts, Plan
from perftool.databases.dbapi import Session
from perftool.databases.faults import Fault, Kind
from perftool.databases.sqlite_sharing import FILES
from perftool.databases.sqlite_values import plain, stored
from perftool.databases.translating import Translator
from perftool.errors import PerftoolError, UnavailableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from perftool.databases.address import Address
    from perftool.databases.api import Access, Parameters

#: How long a statement waits for another's lock; ``busy_timeout`` among the settings changes it.
BUSY_S: Final = 5.0
#: Options of a URL that SQLite itself knows.
OPTIONS: Final = ("cache", "immutable", "nolock", "vfs")
#: So many steps of SQLite's machine pass between looks at Ctrl-C: some milliseconds.
PATIENCE: Final = 1_000_000
#: Steps between two calls where the progress handler has to count.
STRIDE: Final = 100
_SETTING: Final = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")
_VALUE: Final = re.compile(r"-?[\w.]+")
#: Statements behind which a session is no longer as new.
_STATEFUL: Final = re.compile(r"\b(pragma|attach|detach|temp|temporary)\b", re.IGNORECASE)

#: source: sqlite.org, "Result and Error Codes"; primary codes by their low byte.
_KINDS: Final[Mapping[int, Kind]] = {
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_PROTOCOL: "busy",
    sqlite3.SQLITE_INTERRUPT: "cancelled",
    sqlite3.SQLITE_READONLY: "read-only",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_CANTOPEN: "refused",
    sqlite3.SQLITE_NOTADB: "refused",
}
TRANSIENT: Final[Mapping[str, str]] = {
    "SQLITE_BUSY": "another connection holds the lock",
    "SQLITE_BUSY_RECOVERY": "another connection recovers the write-ahead log",
    "SQLITE_BUSY_SNAPSHOT": "another connection wrote since this transaction read",
    "SQLITE_BUSY_TIMEOUT": "another connection held the lock for too long",
    "SQLITE_LOCKED_SHAREDCACHE": "a connection that shares the cache holds the lock",
    "SQLITE_PROTOCOL": "connections raced for the write-ahead log",
}


def fault(error: BaseException) -> Fault | None:
    """Say what an exception of ``sqlite3``, or of SQLAlchemy around it, means, by its code."""
    error = getattr(error, "orig", None) or error
    if isinstance(error, OverflowError):
        return Fault("statement", "", "an integer has more than 64 bits")
    if not isinstance(error, sqlite3.Error | sqlite3.Warning):
        return None
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        # The library's own: a closed connection, wrong parameters, two statements in one.
        closed = isinstance(error, sqlite3.ProgrammingError) and "closed" in str(error)
        return Fault("lost" if closed else "statement", "", str(error))
    name = str(getattr(error, "sqlite_errorname", code))
    kind: Kind = "conflict" if name == "SQLITE_BUSY_SNAPSHOT" else _KINDS.get(code & 0xFF, "statement")
    return Fault(kind, name, str(error), name in TRANSIENT)


def _counted() -> tuple[str, ...]:
    with contextlib.closing(sqlite3.connect(MEMORY)) as raw:
        known = raw.execute("SELECT 1 FROM pragma_module_list WHERE name = 'sqlite_stmt'").fetchone()
    return ("vm-steps/op", "fullscan-steps/op", "sorts/op", "autoindexes/op") if known else ("progress-steps/op",)


CAPABILITIES: Final = Capabilities(
    read_only=True,
    cancel=True,
    server=False,
    transactions=True,
    isolation=True,
    arrow=True,
    copies=(),
    loads=("executemany",),
    counters=_counted(),
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
        self._interrupted = False
        self._stopped = False
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
        answer = self.execute(f"PRAGMA {name} = {_literal(value)}").rows
        if name.lower() == "journal_mode" and answer and str(answer[0][0]).lower() != value.lower():
            raise UsageError(
                f"{self.address.label}: journal_mode stays {answer[0][0]}, {value} was asked for",
                hint=None if self.access.write else "the journal mode is stored in the file: say --write",
            )

    def _look_up(self) -> int:
        """Let Python see Ctrl-C between two stretches of a long statement; it raises here, and SQLite drops that."""
        try:
            return 0
        except KeyboardInterrupt:
            self._interrupted = True
            return 1

    def _run(self, cursor: Any, sql: str, parameters: Parameters) -> None:
        if _STATEFUL.search(sql):
            self._touched = True
        cursor.execute(sql, plain(parameters))

    def _run_many(self, cursor: Any, sql: str, rows: Iterable[Parameters]) -> None:
        cursor.executemany(sql, map(plain, rows))

    def _told(self, error: Exception, limit: Any) -> Exception | None:
        if self._interrupted:
            self._interrupted = False
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

        adbc.library("sqlite")
        if timeout_s is not None:
            raise UnavailableError("ADBC cannot stop a statement of SQLite in time")
        if self.address.database == MEMORY or self._touched or self._raw.in_transaction:
            raise UnavailableError("ADBC opens a session of its own, which would not see what is in this one")
        pragmas = tuple(_pragma(name, value) for name, value in self.access.settings.items())
        if not self.access.write:
            pragmas += ("PRAGMA query_only = ON",)
        translator = Translator(sqlite_arrow.fault, self.address)
        self._stopped = False
        with FILES.alone(self.address.database):
            self._raw.close()
            try:
                uri = uri_of(self.address, self.access)
                with sqlite_arrow.batches(uri, sql, pragmas, lambda: self._stopped) as reader:
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
        rows = self.execute(f"EXPLAIN QUERY PLAN {sql}").rows
        depth: dict[int, int] = {0: -1}
        lines = []
        for id_, parent, _, detail in rows:
            depth[id_] = depth.get(parent, -1) + 1
            lines.append("  " * depth[id_] + detail)
        if analyze:
            lines += [f"{unit}: {count:g}" for unit, count in self.counters(sql).items()]
        tree = [{"id": row[0], "parent": row[1], "detail": row[3]} for row in rows]
        return Plan("\n".join(lines), tree, analyze)

    def counters(self, sql: str) -> Mapping[str, float]:
        """Execute a statement and return the steps of SQLite's machine; what it writes is rolled back."""
        with self._undone():
            return self._steps(sql) if "vm-steps/op" in self.capabilities.counters else self._strides(sql)

    @contextlib.contextmanager
    def _undone(self) -> Iterator[None]:
        self._plain("SAVEPOINT perftool_counters")
        try:
            yield
        finally:
            self._plain("ROLLBACK TO perftool_counters")
            self._plain("RELEASE perftool_counters")

    def _steps(self, sql: str) -> dict[str, float]:
        """Ask SQLite's own table of prepared statements, where this text stands alone: it ends in a number."""
        self._counts = getattr(self, "_counts", 0) + 1
        text = f"{sql.rstrip().rstrip(';')}\n-- perftool {self._counts}"
        self.execute(text)
        found = self.execute("SELECT nstep, nscan, nsort, naidx FROM sqlite_stmt WHERE sql = ?", (text,)).rows
        return dict(zip(self.capabilities.counters, map(float, found[0]), strict=True)) if found else {}

    def _strides(self, sql: str) -> dict[str, float]:
        count = 0

        def stride() -> int:
            nonlocal count
            count += 1
            return 0

        self._raw.set_progress_handler(stride, STRIDE)
        try:
            self.execute(sql)
        finally:
            self._raw.set_progress_handler(self._look_up, PATIENCE)
        return {self.capabilities.counters[0]: float(count * STRIDE)}

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
        self._stopped = True
        with contextlib.suppress(sqlite3.ProgrammingError):
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


def _literal(value: str) -> str:
    return value if _VALUE.fullmatch(value) else "'" + value.replace("'", "''") + "'"


def _pragma(name: str, value: str) -> str:
    text = value if _VALUE.fullmatch(value) else "'" + value.replace("'", "''") + "'"
    return f"PRAGMA {name} = {text}"


def uri_of(address: Address, access: Access) -> str:
    """Return what SQLite opens: never a file that is not there, unless it may write."""
    if address.database == MEMORY:
        return MEMORY
    mode = "mode=rwc" if access.write else "mode=ro"
    query = "&".join([mode, *(f"{name}={quote(value)}" for name, value in address.options.items())])
    return f"file:{quote(address.database)}?{query}"


def opened(address: Address, access: Access) -> sqlite3.Connection:
    """Open the file, read-only without ``write``; a file that does not exist is made only with it."""
    unknown = [name for name in (*address.options, *address.secrets) if name not in OPTIONS]
    if unknown:
        raise discovery.unknown("option of a sqlite URL", unknown[0], OPTIONS)
    path = address.database
    if path != MEMORY and not access.write:
        _must_exist(path)
    uri = uri_of(address, access)
    translator = Translator(fault, address)
    raw = None
    try:
        raw = sqlite3.connect(uri, uri=True, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        # The first look into the file is what finds that it is none.
        raw.execute("PRAGMA schema_version").close()
    except sqlite3.Error as error:
        if raw is not None:
            raw.close()
        if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_NOTADB:
            raise UsageError(f"{path} is no SQLite database") from error
        hint = "does its folder exist, and may you read it?"
        raise translator.connecting(error, hint=hint) or error from error
    return raw


def _must_exist(path: str) -> None:
    from pathlib import Path

    if not Path(path).exists():
        raise UsageError(f"no such file: {path}", hint="--write makes a new database")
    if Path(path).is_dir():
        raise UsageError(f"{path} is a folder, not a SQLite database")


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
        _must_exist(address.database)
    for name in access.settings:
        if not _SETTING.fullmatch(name):
            raise UsageError(f"{name!r} is no name of a pragma")
    wanted = {**access.settings, **({} if access.write else {"query_only": "ON"})}
    return {}, [f"PRAGMA {name} = {_literal(value)}" for name, value in wanted.items()]


DRIVER = Driver(
    name="sqlite",
    schemes=("sqlite", "sqlite3"),
    summary="SQLite files, through Python's own library",
    capabilities=CAPABILITIES,
    connect=SQLite,
    check=check,
    fault=fault,
    transient=TRANSIENT,
    sqlalchemy_url=sqlalchemy_url,
    engine_setup=engine_setup,
)

"""DuckDB through its own library: its SQLAlchemy dialects lag behind it, and know no Arrow, appender or profile."""

from __future__ import annotations

import contextlib
import re
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from perftool import discovery
from perftool.databases import arrow
from perftool.databases.address import MEMORY
from perftool.databases.api import Capabilities, Column, Driver, Facts, Plan, Result
from perftool.databases.dbapi import Session
from perftool.databases.duckdb_faults import TRANSIENT, fault
from perftool.databases.duckdb_profile import counts, lines
from perftool.databases.duckdb_session import Cursor, opened, reader_of
from perftool.databases.duckdb_streaming import prepare_stream
from perftool.databases.duckdb_wording import WORDS
from perftool.databases.faults import StatementError
from perftool.errors import InputError, PerftoolError, UsageError, missing_extra

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from perftool.databases.address import Address
    from perftool.databases.api import Access, Parameters, Row

#: Statements behind which a session is no longer as new.
_STATEFUL: Final = re.compile(r"\b(set|reset|pragma|attach|detach|use|temp|temporary|load|prepare)\b", re.IGNORECASE)
_ASSIGNED: Final = re.compile(r"\b(?:set|pragma)\s+(?:(?:global|session|local)\s+)?([a-z_]+)\s*(?:=|\bto\b)", re.I)
_SETTING: Final = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")


def _loads() -> tuple[str, ...]:
    """Return the ways that the version installed has, the fastest first; its appender takes rows since 2.0."""
    try:
        older = int(version("duckdb").split(".")[0]) < 2
    except PackageNotFoundError:
        older = False
    return ("arrow", "executemany") if older else ("append_rows", "arrow", "executemany")


CAPABILITIES: Final = Capabilities(
    read_only=True,
    cancel=True,
    server=False,
    transactions=True,
    isolation=True,
    arrow=True,
    copies=("csv", "ndjson"),
    loads=_loads(),
    counters=("rows-scanned/op", "rows-processed/op"),
    parameter="?",
    dialect="duckdb",
)


class DuckDB(Session):
    """One connection to the instance of a file that this process has, or to a database in memory that is its alone."""

    capabilities = CAPABILITIES

    def __init__(self, address: Address, access: Access) -> None:
        super().__init__(opened(address, access), address, access, fault)
        self._touched = False
        self._assigned: set[str] = set()
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    def _prepare(self) -> None:
        """Bring a new session into the state that was asked for; it never installs what it lacks."""
        self._plain("SET autoinstall_known_extensions = false")
        self._plain("SET autoload_known_extensions = false")
        for name, value in self.access.settings.items():
            self._set(name, value)
        self._touched = False

    def _set(self, name: str, value: str) -> None:
        known = {row[0] for row in self.execute("SELECT name FROM duckdb_settings()").rows}
        if not _SETTING.fullmatch(name) or name.lower() not in known:
            raise discovery.unknown("DuckDB setting", name, tuple(sorted(known)))
        try:
            self._plain(f"SET {name} = '{value.replace(chr(39), chr(39) * 2)}'")
        except InputError as error:
            raise UsageError(f"{name} = {value!r}: {error.message}") from error

    # The connection is its own cursor: DuckDB's cursors are sessions with transactions of their own.

    def _cursor(self) -> Any:
        return Cursor(self._raw)

    def _run(self, cursor: Any, sql: str, parameters: Parameters) -> None:
        if _STATEFUL.search(sql):
            self._touched = True
            self._assigned.update(name.lower() for name in _ASSIGNED.findall(sql))
        super()._run(cursor, sql, parameters)

    def _run_many(self, cursor: Any, sql: str, rows: Iterable[Parameters]) -> None:
        if listed := list(rows):
            cursor.executemany(sql, listed)

    def _result(self, cursor: Any) -> Result:
        columns, rows = self._columns(cursor), cursor.fetchall()
        names = [column.name for column in columns]
        # What gives no rows gives one of these instead.
        if names in (["Success"], ["Count"]) and cursor.counted():
            return Result((), [], rows[0][0] if rows and names == ["Count"] else None)
        return Result(columns, rows)

    def _columns(self, cursor: Any) -> tuple[Column, ...]:
        return tuple(Column(entry[0], str(entry[1])) for entry in cursor.description or ())

    def _told(self, error: Exception, limit: Any) -> Exception | None:
        if "module 'pytz'" in str(error):
            # Its library makes moments with a time zone by that package only.
            return missing_extra("pytz", "duckdb")
        return super()._told(error, limit)

    # Arrow, and the engine's own formats

    @contextlib.contextmanager
    def batches(self, sql: str, *, timeout_s: float | None = None) -> Iterator[Any]:
        """Run one statement and give its rows as Arrow record batches; leaving the block early stops it."""
        arrow.pyarrow()
        with self._guarded(timeout_s):
            cursor = self._cursor()
            try:
                with contextlib.closing(reader_of(self._raw, sql, 10_000)) as reader:
                    yield reader
            finally:
                cursor.close()

    @contextlib.contextmanager
    def copy_out(self, sql: str, form: str, *, timeout_s: float | None = None) -> Iterator[Iterator[bytes]]:
        """Let DuckDB write CSV or NDJSON into a pipe that is read here."""
        from perftool.databases.duckdb_copy import copied

        if form not in self.capabilities.copies:
            raise self._no_copy(form)
        with self._guarded(timeout_s), copied(self._raw, sql, form) as chunks:
            yield chunks

    # Many rows in

    def _fastest(self) -> str:
        fastest = super()._fastest()
        return fastest if fastest != "arrow" or find_spec("pyarrow") else "executemany"

    def _load(self, way: str, table: str, columns: Sequence[str], rows: Iterable[Row], batch_rows: int) -> int:
        if way == "arrow":
            return self._load_arrow(table, columns, rows, batch_rows)
        if way == "append_rows":
            return self._append(table, columns, rows, batch_rows)
        return self._insert(table, columns, rows, batch_rows)

    def _load_arrow(self, table: str, columns: Sequence[str], rows: Iterable[Row], batch_rows: int) -> int:
        pa = arrow.pyarrow()
        names = ", ".join(self._quoted(name) for name in columns)
        with self._guarded(None):
            wanted = f"SELECT {names} FROM {self._table(table)} LIMIT 0"  # noqa: S608
            with contextlib.closing(reader_of(self._raw, wanted, 1)) as reader:
                types = [field.type for field in reader.schema]
        count = 0
        source = iter(rows)
        schema = None
        while first := list(islice(source, batch_rows)):
            try:
                schema = schema or arrow.schema_of(columns, types, first)
                batch = pa.Table.from_batches(arrow.batches(first, schema, batch_rows), schema)
            except StatementError:
                # Others than before: DuckDB converts what it can to the table's types.
                schema = arrow.schema_of(columns, types, first)
                batch = pa.Table.from_batches(arrow.batches(first, schema, batch_rows), schema)
            with self._guarded(None):
                self._raw.register("perftool_rows", batch)
                try:
                    self._raw.execute(f"INSERT INTO {self._table(table)} ({names}) SELECT * FROM perftool_rows")  # noqa: S608
                finally:
                    self._raw.unregister("perftool_rows")
            count += len(first)
        return count

    def _append(self, table: str, columns: Sequence[str], rows: Iterable[Row], batch_rows: int) -> int:
        count = 0
        source = iter(rows)
        while batch := list(islice(source, batch_rows)):
            with self._guarded(None), self._raw.appender(table, columns=list(columns)) as appender:
                appender.append_rows(batch)
            count += len(batch)
        return count

    # What statements cost

    def explain(self, sql: str, *, analyze: bool = False) -> Plan:
        """Return DuckDB's plan, with ``analyze`` as it was executed."""
        import json

        what = "ANALYZE, FORMAT JSON" if analyze else "FORMAT JSON"
        text = self.execute(f"EXPLAIN ({what}) {sql}").rows[0][1]
        tree = json.loads(text)
        return Plan("\n".join(lines(tree)), tree, analyze)

    def counters(self, sql: str) -> Mapping[str, float]:
        """Execute a statement in one thread and return how many rows it read and handed on; writes are rolled back."""
        threads = self.execute("SELECT current_setting('threads')").rows[0][0]
        self._plain("SET threads = 1")
        try:
            return dict(zip(self.capabilities.counters, counts(self._profiled(sql)), strict=True))
        finally:
            self._plain(f"SET threads = {threads}")

    def _profiled(self, sql: str) -> Any:
        """Execute and explain; DuckDB has no savepoints, so what would write cannot be undone in a transaction."""
        import duckdb

        with self._guarded(None):
            kinds = {statement.type for statement in self._raw.extract_statements(sql)}
        if kinds <= {duckdb.StatementType.SELECT}:
            return self.explain(sql, analyze=True).tree
        if self._open:
            raise UsageError("a statement that writes cannot be counted inside a transaction")
        self._plain("BEGIN")
        try:
            return self.explain(sql, analyze=True).tree
        finally:
            self._plain("ROLLBACK")

    def facts(self) -> Facts:
        """Say which DuckDB this is, and which settings decide on durability and speed."""
        import duckdb

        durable = ("wal_autocheckpoint", "checkpoint_threshold", "fsync_mode")
        wanted = (*durable, "threads", "memory_limit", "preserve_insertion_order")
        rows = self.execute("SELECT name, value FROM duckdb_settings()").rows
        found = {name: value for name, value in rows if name in wanted and value is not None}
        found_version = self.execute("SELECT version()").rows[0][0].removeprefix("v")
        return Facts(
            "DuckDB",
            found_version,
            f"duckdb {duckdb.__version__}",
            {name: found[name] for name in durable if name in found},
            {name: value for name, value in found.items() if name not in durable},
        )

    # The session

    def cancel(self) -> None:
        """Stop the statement that runs; DuckDB forgets it when there is none."""
        import duckdb

        with contextlib.suppress(duckdb.Error):
            self._raw.interrupt()

    def reset(self) -> None:
        """Roll back what is open; the session is opened again where a statement may have changed it."""
        self._open = False
        with contextlib.suppress(PerftoolError):
            self._plain("ROLLBACK")
        if not self._touched:
            return
        for name in self._assigned:
            with contextlib.suppress(PerftoolError):
                self._plain(f"RESET {name}")
        self._assigned.clear()
        if self.address.database == MEMORY:
            for (name,) in self.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").rows:
                self._plain(f"DROP TABLE temp.{self._quoted(name)}")
        else:
            fresh = opened(self.address, self.access)
            self._raw.close()
            self._raw = fresh
        self._prepare()


def check() -> None:
    """Say how to install DuckDB where it is missing."""
    if find_spec("duckdb") is None:
        raise missing_extra("duckdb", "duckdb")


DRIVER = Driver(
    name="duckdb",
    schemes=("duckdb",),
    summary="DuckDB files, through its own library",
    capabilities=CAPABILITIES,
    connect=DuckDB,
    check=check,
    fault=fault,
    transient=TRANSIENT,
    extra="duckdb",
    words=WORDS,
    prepare_stream=prepare_stream,
)

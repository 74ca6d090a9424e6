"""Sessions of PostgreSQL over psycopg 3.

psycopg itself, no dialect above it: COPY, chunked rows and cancelling are its own, and each statement costs less.
``perftool.databases.engines`` opens SQLAlchemy's engines by the same rules.

Without ``write`` a session is read-only by ``default_transaction_read_only``: a guard against accidents, which SQL that
switches it off passes. A role without rights to write is the one thing that is sure.
"""

from __future__ import annotations

import contextlib
import math
import re
from typing import TYPE_CHECKING, Any, ClassVar, Final

from perftool.databases import postgres_arrow, postgres_loading
from perftool.databases.api import Column, Plan, Result
from perftool.databases.dbapi import Session
from perftool.databases.faults import Fault, StatementError
from perftool.databases.postgres_connecting import READ_ONLY, connect, session_settings
from perftool.databases.postgres_counting import STEADY, counts, text_of
from perftool.databases.postgres_facts import CAPABILITIES, asking, told
from perftool.databases.postgres_faults import CANCELED, fault, placed
from perftool.databases.postgres_streams import COPIES, CopyStream, RowStream, copies, refuse_copy
from perftool.databases.postgres_values import all_rows
from perftool.databases.server_limit import ServerLimit
from perftool.errors import PerftoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from perftool.databases.address import Address
    from perftool.databases.api import Access, Capabilities, Facts, Parameters, Row

#: Statements behind which a session is no longer as new.
_STATEFUL: Final = re.compile(
    r"set|listen|\btemp|declare|prepare|\bload\b|advisory|discard|nextval|\bdo\b|\bcall\b|create|authorization",
    re.IGNORECASE,
)
#: DISCARD ALL would take psycopg's own prepared statements with it, behind its back.
_RESET: Final = (
    "SET SESSION AUTHORIZATION DEFAULT; RESET ALL; CLOSE ALL; UNLISTEN *; SELECT pg_advisory_unlock_all();"
    " DISCARD TEMP; DISCARD SEQUENCES"
)


class PostgresSession(Session):
    """One session of a PostgreSQL server."""

    capabilities: ClassVar[Capabilities] = CAPABILITIES

    def __init__(self, address: Address, access: Access) -> None:
        raw, self._startup = connect(address, access)
        super().__init__(raw, address, access, fault)
        self._touched = False
        self._reading: Callable[[], None] | None = None
        self._stopped = False
        self._stop_batches: Callable[[], None] | None = None
        self._allowed: float | None = None
        self._unsure = False
        try:
            self._settle()
        except BaseException:
            self.close()
            raise

    def _settle(self) -> None:
        """Set what the start could not; servers from 14 on say whether it could."""
        if self._startup and (self.access.write or self._raw.info.parameter_status(READ_ONLY) == "on"):
            return
        # A server or pooler that let the settings fall forgets them at each reset.
        self._startup = False
        for name, value in session_settings(self.access).items():
            self._cursor().execute("SELECT set_config(%s, %s, false)", (name, value))

    @property
    def raw(self) -> Any:
        """The connection of psycopg; who uses it may leave anything behind."""
        self._touched = True
        return self._raw

    @property
    def connection(self) -> Any:
        """The connection of psycopg, for streams."""
        return self._raw

    # Statements

    def _cursor(self) -> Any:
        if self._reading is not None:
            message = f"{self.address.label}: a result of this connection is still being read"
            raise StatementError(Fault("statement", "", message), hint="leave its block first, or use another")
        return self._raw.cursor()

    def _run(self, cursor: Any, sql: str, parameters: Parameters) -> None:
        if _STATEFUL.search(sql):
            self._touched = True
        refuse_copy(sql, self.address)
        self._stopped = False
        cursor.execute(sql, parameters or None)

    def _result(self, cursor: Any) -> Result:
        if cursor.description is None:
            return super()._result(cursor)
        return Result(self._columns(cursor), all_rows(self._raw, cursor))

    def _columns(self, cursor: Any) -> tuple[Column, ...]:
        return tuple(Column(entry.name, _shown(entry.type_display)) for entry in cursor.description or ())

    columns_of = _columns

    def stream(
        self, sql: str, parameters: Parameters = (), *, chunk_rows: int = 1000, timeout_s: float | None = None
    ) -> RowStream:
        """Run one statement and return its rows as they come."""
        if _STATEFUL.search(sql):
            self._touched = True
        return RowStream(self, sql, parameters, chunk_rows=chunk_rows, timeout_s=timeout_s)

    def copy_out(self, sql: str, form: str, *, timeout_s: float | None = None) -> CopyStream:
        """Run one query and return an iterator of bytes that the server formatted."""
        command = copies(sql, form) if form in COPIES else None
        if command is None:
            raise self._no_copy(form)
        with placed(command.index(sql.rstrip().rstrip(";"))):
            return CopyStream(self, command, timeout_s=timeout_s)

    @contextlib.contextmanager
    def batches(self, sql: str, *, timeout_s: float | None = None) -> Iterator[Any]:
        """Run one query by ADBC, in a session of its own, and return a ``pyarrow.RecordBatchReader``."""

        def cancelling(stop: Callable[[], None] | None) -> None:
            self._stop_batches = stop

        limit = ServerLimit(self, timeout_s) if timeout_s is not None else None
        with (
            self.translated(limit),
            postgres_arrow.batches(
                self.address, self.access, sql, timeout_s=timeout_s, cancelling=cancelling
            ) as reader,
        ):
            yield reader

    @contextlib.contextmanager
    def translated(self, limit: Any) -> Iterator[None]:
        """Translate what psycopg raises in the block."""
        try:
            yield
        except PerftoolError:
            raise
        except Exception as error:
            if found := self._told(error, limit):
                raise found from error
            raise

    def _told(self, error: Exception, limit: Any) -> Exception | None:
        stopped, self._stopped = self._stopped, False
        found = self.translator.statement(error)
        seconds = limit.seconds if isinstance(limit, ServerLimit) else None
        if found is None or found.fault.code != CANCELED or (not stopped and seconds is None):
            return found
        # The code is the same for both: who stopped the statement is known here, whatever language the server speaks.
        if stopped:
            return StatementError(Fault("cancelled", CANCELED, f"{self.address.label}: stopped by a request"))
        message = f"{self.address.label}: stopped after {seconds:g} s"
        return StatementError(Fault("timeout", CANCELED, message), hint="allow it more time, or look at its plan")

    # Limits

    def limit(self, timeout_s: float | None) -> ServerLimit | None:
        """Return a block that bounds a statement on the server, None where nothing has to be set."""
        if timeout_s is None and self._allowed is None and not self._unsure:
            return None
        return ServerLimit(self, timeout_s)

    _limit = limit

    def allow(self, seconds: float | None) -> None:
        """Let statements take so long from now on; it is set only when it changes."""
        inside = self._in_transaction()
        if (seconds == self._allowed and not self._unsure) or inside == "failed":
            return
        value = "DEFAULT" if seconds is None else str(max(1, math.ceil(seconds * 1000)))
        self._cursor().execute(f"SET statement_timeout TO {value}")
        # A transaction that is rolled back takes its settings with it.
        self._allowed, self._unsure = seconds, bool(inside)

    @contextlib.contextmanager
    def reading(self, stop: Callable[[], None]) -> Iterator[None]:
        """Keep others out while a result is read; ``stop`` ends that when the session is reset or closed before."""
        if self._reading is not None:
            self._cursor()
        self._reading, self._stopped = stop, False
        try:
            yield
        finally:
            self._reading = None

    @contextlib.contextmanager
    def kept(self, stopped: Callable[[], bool]) -> Iterator[None]:
        """Keep a transaction alive when the statement of the block is stopped before its end."""
        if not self._in_transaction():
            yield
            return
        self._raw.execute("SAVEPOINT perftool_reading")
        try:
            yield
        finally:
            if not self._raw.closed:
                if stopped() and self._in_transaction() == "failed":
                    self._raw.execute("ROLLBACK TO perftool_reading")
                if self._in_transaction() == "open":
                    self._raw.execute("RELEASE perftool_reading")

    def _in_transaction(self) -> str:  # type: ignore[override]
        """Return "open" or "failed" inside a transaction, "" outside."""
        status = self._raw.info.transaction_status.name
        return {"INTRANS": "open", "INERROR": "failed"}.get(status, "")

    def _plain(self, sql: str) -> None:
        # The server answers the end of a failed transaction with a rollback, and without an error.
        if sql == self.commit_sql and self._in_transaction() == "failed":
            message = f"{self.address.label}: a statement of this transaction failed, so all of it was rolled back"
            raise StatementError(Fault("statement", "25P02", message))
        super()._plain(sql)

    # Many rows in

    def _load(self, way: str, table: str, columns: Sequence[str], rows: Iterable[Row], batch_rows: int) -> int:
        if way == "executemany":
            return self._insert(table, columns, rows, batch_rows)
        place, names = self._table(table), ", ".join(self._quoted(name) for name in columns)
        with self._guarded(None), self._cursor() as cursor:
            if way == "multi-values":
                return postgres_loading.many_values(cursor, place, columns, names, rows, batch_rows)
            return postgres_loading.copied(cursor, place, columns, names, rows, binary=way == "copy-binary")

    # What it costs

    def explain(self, sql: str, *, analyze: bool = False) -> Plan:
        """Return the plan of a statement; ``analyze`` executes it, and rolls back what it wrote."""
        if not analyze:
            lines = self._explained("EXPLAIN", sql)
            tree = self._explained("EXPLAIN (FORMAT JSON)", sql)[0][0][0]
            return Plan("\n".join(row[0] for row in lines), tree)
        with self._undone():
            tree = self._explained("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)", sql)[0][0][0]
        return Plan(text_of(tree), tree, analyzed=True)

    def _explained(self, command: str, sql: str) -> list[Row]:
        with placed(len(command) + 1):
            return self.execute(f"{command} {sql}").rows

    def counters(self, sql: str) -> Mapping[str, float]:
        """Execute a statement and return blocks and rows; what it writes is rolled back.

        It runs twice: the first run fills caches of the catalogue, and sets what readers leave in a table.
        """
        command = "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, SUMMARY OFF, FORMAT JSON)"
        with self._undone():
            self._plain("; ".join([*(f"SET LOCAL {setting}" for setting in STEADY), "SAVEPOINT perftool_counting"]))
            self._explained(command, sql)
            self._plain("ROLLBACK TO perftool_counting")
            return counts(self._explained(command, sql)[0][0][0])

    @contextlib.contextmanager
    def _undone(self) -> Iterator[None]:
        """Undo what the block does, inside a transaction as well."""
        nested = bool(self._in_transaction())
        self._plain("SAVEPOINT perftool_undone" if nested else "BEGIN")
        try:
            yield
        finally:
            if not self._raw.closed:
                self._plain("ROLLBACK TO perftool_undone" if nested else "ROLLBACK")

    # The session

    def facts(self) -> Facts:
        """Say which server this is, and which of its settings decide on durability and speed."""
        sql, parameters = asking()
        found: dict[str, str] = dict(self.execute(sql, parameters).rows)
        return told(self._raw.info.parameter_status("server_version") or "", found)

    def ping(self) -> bool:
        """Say whether the session still answers."""
        return not self._raw.closed and super().ping()

    def cancel(self) -> None:
        """Ask the server, over a connection of its own, to stop the statement that runs."""
        import psycopg

        self._stopped = True
        if self._stop_batches is not None:
            self._stop_batches()
            return
        # A server that is gone runs nothing.
        with contextlib.suppress(psycopg.Error):
            self._raw.cancel_safe(timeout=self.access.connect_timeout_s)

    def _end_reading(self) -> None:
        if self._reading is not None:
            with self.translated(None):
                self._reading()

    def close(self) -> None:
        """End the session; a statement that still runs is stopped."""
        with contextlib.suppress(PerftoolError):
            self._end_reading()
        super().close()

    def reset(self) -> None:
        """Roll back what is open, and forget settings, temporary tables, locks and prepared statements."""
        self._end_reading()
        self._stopped = False
        if self._in_transaction():
            self._plain(self.rollback_sql)
        if not (self._touched or self._unsure or self._allowed is not None):
            return
        with self._guarded(None), self._cursor() as cursor:
            cursor.execute(_RESET, prepare=False)
            prepared = cursor.execute("SELECT name FROM pg_prepared_statements WHERE from_sql").fetchall()
            for (name,) in prepared:
                cursor.execute(f"DEALLOCATE {self._quoted(name)}")
            if not self._startup:
                self._settle()
        self._allowed, self._unsure, self._touched = None, False, False


def _shown(name: str) -> str:
    """Return the name of a type, "" for one that psycopg knows by its number only."""
    return "" if name.isdigit() else name

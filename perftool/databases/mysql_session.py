"""Sessions of MariaDB and MySQL over PyMySQL.

PyMySQL itself, no dialect above it: streams, LOAD DATA and cancelling are its own, and each statement costs less.
``perftool.databases.engines`` opens SQLAlchemy's engines by the same rules. MariaDB is what the tests run on; what
differs in MySQL follows its documentation.

Without ``write`` a session is read-only by ``SET SESSION TRANSACTION READ ONLY``: a guard against accidents, which SQL
that switches it off passes. A user without rights to write is the one thing that is sure.
"""

from __future__ import annotations

import contextlib
import json
import re
from typing import TYPE_CHECKING, Any, ClassVar, Final

from perftool.databases import mysql_loading
from perftool.databases.api import Column, Plan, Result
from perftool.databases.faults import Fault, StatementError
from perftool.databases.mysql_connecting import connect
from perftool.databases.mysql_counting import PAGES, counted, pages, table
from perftool.databases.mysql_facts import CAPABILITIES, asking, told
from perftool.databases.mysql_faults import DEADLOCK, fault
from perftool.databases.mysql_streams import MySQLStream, ReadingSession
from perftool.databases.mysql_values import plain, type_name
from perftool.databases.server_limit import ServerLimit
from perftool.errors import PerftoolError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from perftool.databases.address import Address
    from perftool.databases.api import Access, Capabilities, Facts, Parameters, Row

#: Statements behind which a session is no longer as new.
_STATEFUL: Final = re.compile(
    r"(?:^|\*/|\n)\s*set\b|temporary|prepare|\block\b|get_lock|handler|\buse\b|@|\bcall\b|\bdo\b|create|\bbegin\b|start",
    re.IGNORECASE,
)
_LOCAL: Final = re.compile(r"(?:\s|--[^\n]*\n|/\*(?:[^*]|\*(?!/))*\*/)*load\s+(?:data|xml)\b.*?\blocal\b", re.I | re.S)
_IN_TRANSACTION: Final = 1


class MySQLSession(ReadingSession):
    """One session of a MariaDB or MySQL server."""

    capabilities: ClassVar[Capabilities] = CAPABILITIES
    begin_sql = "START TRANSACTION"
    quote = "`"

    def __init__(self, address: Address, access: Access) -> None:
        super().__init__(connect(address, access), address, access, fault)
        self.is_mariadb = "MariaDB" in self._raw.get_server_info()
        self._touched = False
        self._rolled_back = False
        self._allowed: float | None = None

    @property
    def raw(self) -> Any:
        """The connection of PyMySQL; who uses it may leave anything behind."""
        self._touched = True
        return self._raw

    # Statements

    def _run(self, cursor: Any, sql: str, parameters: Parameters) -> None:
        if _STATEFUL.search(sql):
            self._touched = True
        if _LOCAL.match(sql):
            message = f"{self.address.label}: LOAD DATA LOCAL reads files of this machine, and is refused here"
            raise StatementError(Fault("statement", "", message))
        try:
            super()._run(cursor, sql, plain(parameters))
        except (TypeError, ValueError, KeyError) as error:
            # PyMySQL puts parameters into the text as Python formats text.
            if not parameters:
                raise
            message = f"{self.address.label}: the parameters do not fit the statement: {error}"
            hint = "a parameter is %s, and a percent sign of the statement's own %%"
            raise StatementError(Fault("statement", "", message), hint=hint) from error

    def _run_many(self, cursor: Any, sql: str, rows: Iterable[Parameters]) -> None:
        super()._run_many(cursor, sql, map(plain, rows))

    def _columns(self, cursor: Any) -> tuple[Column, ...]:
        # The description does not tell bytes from text; the fields behind it do.
        fields = getattr(getattr(cursor, "_result", None), "fields", None) or ()
        sets = [getattr(field, "charsetnr", None) for field in fields] or [None] * len(cursor.description or ())
        return tuple(
            Column(entry[0], type_name(entry[1], character_set))
            for entry, character_set in zip(cursor.description or (), sets, strict=True)
        )

    def _result(self, cursor: Any) -> Result:
        if cursor.description is None:
            return Result((), [], cursor.rowcount if cursor.rowcount >= 0 else None)
        # What PyMySQL returns without rows is a tuple.
        return Result(self._columns(cursor), list(cursor.fetchall()))

    def stream(
        self, sql: str, parameters: Parameters = (), *, chunk_rows: int = 1000, timeout_s: float | None = None
    ) -> MySQLStream:
        """Run one statement and return its rows as they come."""
        return MySQLStream(self, sql, parameters, chunk_rows=chunk_rows, timeout_s=timeout_s)

    @contextlib.contextmanager
    def _guarded(self, timeout_s: float | None) -> Iterator[None]:
        try:
            with super()._guarded(timeout_s):
                yield
        except KeyboardInterrupt:
            # PyMySQL closes a connection that is interrupted; the server would not notice.
            self.cancel()
            raise

    def _told(self, error: Exception, limit: Any) -> Exception | None:
        told = super()._told(error, limit)
        if isinstance(told, StatementError):
            if told.fault.code == str(DEADLOCK) and self._open:
                self._rolled_back = True
            if told.fault.kind == "timeout" and isinstance(limit, ServerLimit):
                message = f"{self.address.label}: stopped after {limit.seconds:g} s"
                return StatementError(Fault("timeout", told.fault.code, message), hint=told.hint)
        return told

    # Limits

    def _limit(self, timeout_s: float | None) -> AbstractContextManager[Any] | None:
        # What MySQL has of its own bounds SELECT only.
        if not self.is_mariadb:
            return super()._limit(timeout_s)
        if timeout_s is None and self._allowed is None:
            return None
        return ServerLimit(self, timeout_s)

    def allow(self, seconds: float | None) -> None:
        """Let statements take so long from now on; it is set only when it changes."""
        if seconds == self._allowed:
            return
        value = "DEFAULT" if seconds is None else f"{max(seconds, 0.001):.6f}"
        with self._cursor() as cursor:
            cursor.execute(f"SET SESSION max_statement_time = {value}")
        self._allowed = seconds

    # Transactions

    def _in_transaction(self) -> bool:
        return self._open or bool(self._raw.server_status & _IN_TRANSACTION)

    def _plain(self, sql: str) -> None:
        if sql == self.begin_sql:
            self._rolled_back = False
        # The server has undone it all, and would commit what came afterwards.
        if sql == self.commit_sql and self._rolled_back:
            message = f"{self.address.label}: a deadlock rolled this transaction back"
            raise StatementError(Fault("conflict", str(DEADLOCK), message, transient=True))
        super()._plain(sql)

    # Many rows in

    def load(
        self, table: str, columns: Sequence[str], rows: Iterable[Row], *, way: str = "", batch_rows: int = 10_000
    ) -> int:
        """Insert ``rows`` by ``way``; without one by LOAD DATA where the server allows it."""
        if not way and not self.execute("SELECT @@local_infile").rows[0][0]:
            way = "executemany"
        return super().load(table, columns, rows, way=way, batch_rows=batch_rows)

    def _load(self, way: str, table: str, columns: Sequence[str], rows: Iterable[Row], batch_rows: int) -> int:
        if way == "executemany":
            return self._insert(table, columns, rows, batch_rows)
        names = [self._quoted(name) for name in columns]
        with self._guarded(None):
            return mysql_loading.loaded(self._raw, self.address.label, self._table(table), names, rows, batch_rows)

    # What it costs

    def explain(self, sql: str, *, analyze: bool = False) -> Plan:
        """Return the plan of a statement; ``analyze`` executes it, and rolls back what it wrote."""
        if not analyze:
            found = self.execute(f"EXPLAIN {sql}")
            tree = json.loads(self.execute(f"EXPLAIN FORMAT=JSON {sql}").rows[0][0])
            return Plan(table(found.columns, found.rows), tree)
        with self._undone():
            if not self.is_mariadb:
                return Plan(self.execute(f"EXPLAIN ANALYZE {sql}").rows[0][0], analyzed=True)
            text = self.execute(f"ANALYZE FORMAT=JSON {sql}").rows[0][0]
        return Plan(text, json.loads(text), analyzed=True)

    def counters(self, sql: str) -> Mapping[str, float]:
        """Execute a statement and return pages and calls of storage engines; what it writes is rolled back.

        MariaDB tells pages when it is asked to analyze, so the statement runs once more there. The first run, which
        fills caches, is not counted. Pages are the same each time once the server has purged what was written before.
        """
        analyze = f"ANALYZE FORMAT=JSON {sql}"
        with self._undone():
            self._drained(analyze if self.is_mariadb else sql)
        found: dict[str, float] = {}
        if self.is_mariadb:
            with self._undone():
                told = pages(json.loads(self.execute(analyze).rows[0][0]))
            found = {} if told is None else {PAGES: told}
        with self._undone():
            before = self._status()
            self._drained(sql)
            after = self._status()
        return {**found, **counted({name: after[name] - before.get(name, 0) for name in after})}

    def _drained(self, sql: str) -> None:
        with self.stream(sql) as rows:
            for _ in rows:
                pass

    def _status(self) -> dict[str, int]:
        sql = "SHOW SESSION STATUS WHERE Variable_name RLIKE '^(Handler_|Created_tmp_|Sort_rows)'"
        return {name: int(value) for name, value in self.execute(sql).rows}

    @contextlib.contextmanager
    def _undone(self) -> Iterator[None]:
        """Undo what the block does, inside a transaction as well."""
        nested = self._in_transaction()
        self._plain("SAVEPOINT perftool_undone" if nested else self.begin_sql)
        try:
            yield
        finally:
            with contextlib.suppress(PerftoolError):
                self._plain("ROLLBACK TO SAVEPOINT perftool_undone" if nested else self.rollback_sql)

    # The session

    def facts(self) -> Facts:
        """Say which server this is, and which of its settings decide on durability and speed."""
        sql, names = asking()
        return told(self._raw.get_server_info(), dict(self.execute(sql, names).rows))

    def ping(self) -> bool:
        """Say whether the session still answers."""
        return bool(self._raw.open) and super().ping()

    def cancel(self) -> None:
        """Ask the server, over a connection of its own, to stop the statement that runs."""
        # A server that is gone, or full, cannot be asked.
        import pymysql

        with (
            contextlib.suppress(PerftoolError, pymysql.MySQLError),
            contextlib.closing(connect(self.address, self.access)) as other,
            other.cursor() as cursor,
        ):
            cursor.execute(f"KILL QUERY {self._raw.thread_id()}")

    def reset(self) -> None:
        """Roll back what is open; the session is opened anew where a statement may have changed it."""
        if self._reading is not None:
            self._reading.close()
        if self._in_transaction():
            self._plain(self.rollback_sql)
        if self._touched or self._allowed is not None:
            self._end()
            self._raw = connect(self.address, self.access)
            self._touched, self._allowed = False, None

    def close(self) -> None:
        """End the session; a statement that still runs is stopped."""
        if self._closed:
            return
        self._closed = True
        if self._reading is not None:
            with contextlib.suppress(PerftoolError):
                self._reading.close()
        self._end()

    def _end(self) -> None:
        if self._raw.open:
            self._raw.close()

"""What sessions over a DB-API 2 library share: running statements, streams in chunks, inserts, transactions."""

from __future__ import annotations

import contextlib
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar

from perftool.databases.api import Column, Result
from perftool.databases.deadline import Deadline
from perftool.databases.translating import Translator
from perftool.errors import PerftoolError, UnavailableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from types import TracebackType

    from perftool.databases.address import Address
    from perftool.databases.api import Access, Capabilities, Parameters, Row, Stream
    from perftool.databases.faults import Fault


class Session:
    """A connection on top of ``raw``, a connection of a DB-API library that commits each statement by itself.

    Drivers derive from it and add what only their system knows (``explain``, ``counters``, ``facts`` …). The hooks,
    with an underscore, are what differs between libraries.
    """

    capabilities: ClassVar[Capabilities]
    #: How transactions begin, end and are undone.
    begin_sql = "BEGIN"
    commit_sql = "COMMIT"
    rollback_sql = "ROLLBACK"
    #: What encloses a name.
    quote = '"'

    def __init__(
        self, raw: Any, address: Address, access: Access, fault: Callable[[BaseException], Fault | None]
    ) -> None:
        self._raw = raw
        self.address = address
        self.access = access
        self.translator = Translator(fault, address)
        self._open = False
        self._closed = False

    @property
    def raw(self) -> Any:
        """The connection of the driver's library."""
        return self._raw

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.address.label}>"

    # Statements

    def execute(self, sql: str, parameters: Parameters = (), *, timeout_s: float | None = None) -> Result:
        """Run one statement and return all its rows."""
        with self._guarded(timeout_s):
            cursor = self._cursor()
            try:
                self._run(cursor, sql, parameters)
                return self._result(cursor)
            finally:
                cursor.close()

    def execute_many(self, sql: str, rows: Iterable[Parameters]) -> int:
        """Run one statement for each of ``rows``, all of them or none; returns the number of rows."""
        count = 0

        def counted() -> Iterator[Parameters]:
            nonlocal count
            for row in rows:
                count += 1
                yield row

        with self._all_or_nothing(), self._guarded(None):
            cursor = self._cursor()
            try:
                self._run_many(cursor, sql, counted())
            finally:
                cursor.close()
        return count

    def stream(
        self, sql: str, parameters: Parameters = (), *, chunk_rows: int = 1000, timeout_s: float | None = None
    ) -> Stream:
        """Run one statement and return its rows as they come."""
        return CursorStream(self, sql, parameters, chunk_rows=chunk_rows, timeout_s=timeout_s)

    def batches(self, sql: str, *, timeout_s: float | None = None) -> AbstractContextManager[Any]:
        """Refuse: this system gives no Arrow, unless its driver says otherwise."""
        del sql, timeout_s
        raise UnavailableError(f"{self.address.label}: no Arrow record batches from {self.address.scheme}")

    def copy_out(self, sql: str, form: str, *, timeout_s: float | None = None) -> AbstractContextManager[Any]:
        """Refuse: this engine formats nothing itself, unless its driver says otherwise."""
        del sql, timeout_s
        raise self._no_copy(form)

    def _no_copy(self, form: str) -> UnavailableError:
        known = ", ".join(self.capabilities.copies) or "nothing"
        return UnavailableError(f"{self.address.label}: the engine itself cannot write {form} (it writes {known})")

    # Many rows in

    def load(
        self, table: str, columns: Sequence[str], rows: Iterable[Row], *, way: str = "", batch_rows: int = 10_000
    ) -> int:
        """Insert ``rows`` by ``way``; all of them or none."""
        way = way or self._fastest()
        if way not in self.capabilities.loads:
            known = ", ".join(self.capabilities.loads) or "none"
            raise UsageError(f"{self.address.scheme} cannot load by {way!r}", hint=f"its ways: {known}")
        with self._all_or_nothing():
            return self._load(way, table, columns, rows, batch_rows)

    def _fastest(self) -> str:
        """Return the way to load that is taken where none is asked for."""
        return self.capabilities.loads[0]

    def _load(self, way: str, table: str, columns: Sequence[str], rows: Iterable[Row], batch_rows: int) -> int:
        """Insert by ``way``, inside a transaction; drivers that know others than "executemany" replace it."""
        del way
        return self._insert(table, columns, rows, batch_rows)

    def _insert(self, table: str, columns: Sequence[str], rows: Iterable[Row], batch_rows: int) -> int:
        """Insert by executemany, ``batch_rows`` a call."""
        sql = self._insert_sql(table, columns)
        count = 0
        source = iter(rows)
        while batch := list(islice(source, batch_rows)):
            with self._guarded(None):
                cursor = self._cursor()
                try:
                    self._run_many(cursor, sql, batch)
                finally:
                    cursor.close()
            count += len(batch)
        return count

    def _insert_sql(self, table: str, columns: Sequence[str]) -> str:
        names = ", ".join(self._quoted(name) for name in columns)
        marks = ", ".join([self.capabilities.parameter] * len(columns))
        return f"INSERT INTO {self._table(table)} ({names}) VALUES ({marks})"  # noqa: S608  names are quoted

    def _table(self, name: str) -> str:
        """Quote the name of a table, which may have a schema before a dot; one that has quotes is left as it is."""
        return name if self.quote in name else ".".join(self._quoted(part) for part in name.split("."))

    def _quoted(self, name: str) -> str:
        return self.quote + name.replace(self.quote, self.quote * 2) + self.quote

    # Transactions

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit at the end of the block, roll back when it raises."""
        self._plain(self.begin_sql)
        self._open = True
        try:
            yield
            self._plain(self.commit_sql)
        except BaseException:
            # What went wrong first is what counts: a session that is gone cannot roll back either.
            with contextlib.suppress(PerftoolError):
                self._plain(self.rollback_sql)
            raise
        finally:
            self._open = False

    def _in_transaction(self) -> bool:
        """Say whether a transaction is open."""
        return self._open

    def _all_or_nothing(self) -> AbstractContextManager[None]:
        return contextlib.nullcontext() if self._in_transaction() else self.transaction()

    def _plain(self, sql: str) -> None:
        """Run a statement without parameters or rows."""
        with self._guarded(None):
            cursor = self._cursor()
            try:
                cursor.execute(sql)
            finally:
                cursor.close()

    # The session

    def ping(self) -> bool:
        """Say whether the session still answers."""
        try:
            return bool(self.execute("SELECT 1").rows)
        except PerftoolError:
            return False

    def cancel(self) -> None:
        """Do nothing, where a statement cannot be stopped."""

    def close(self) -> None:
        """End the session; may be called twice."""
        if not self._closed:
            self._closed = True
            self._raw.close()

    # Hooks

    def _cursor(self) -> Any:
        """Return a new cursor."""
        return self._raw.cursor()

    def _stream_cursor(self) -> Any:
        """Return a cursor whose rows are not gathered by the client."""
        return self._cursor()

    def _run(self, cursor: Any, sql: str, parameters: Parameters) -> None:
        # Libraries that write %s for a parameter leave a % alone only when there are none.
        if parameters:
            cursor.execute(sql, parameters)
        else:
            cursor.execute(sql)

    def _run_many(self, cursor: Any, sql: str, rows: Iterable[Parameters]) -> None:
        cursor.executemany(sql, rows)

    def _result(self, cursor: Any) -> Result:
        if cursor.description is None:
            return Result((), [], cursor.rowcount if cursor.rowcount >= 0 else None)
        return Result(self._columns(cursor), cursor.fetchall())

    def _columns(self, cursor: Any) -> tuple[Column, ...]:
        """Return the columns of the cursor's result."""
        return tuple(Column(entry[0]) for entry in cursor.description or ())

    @contextlib.contextmanager
    def _guarded(self, timeout_s: float | None) -> Iterator[None]:
        """Translate what the library raises, and stop what takes longer than ``timeout_s``."""
        limit = self._limit(timeout_s)
        try:
            with limit or contextlib.nullcontext():
                yield
        except PerftoolError:
            raise
        except Exception as error:
            if told := self._told(error, limit):
                raise told from error
            raise

    def _told(self, error: Exception, limit: Any) -> Exception | None:
        """Return what to raise instead of ``error``, None where the library did not raise it."""
        expired = limit.seconds if isinstance(limit, Deadline) and limit.expired else None
        return self.translator.statement(error, timeout_s=expired)

    def _limit(self, timeout_s: float | None) -> AbstractContextManager[Any] | None:
        """Return a block that bounds a statement: by ``cancel`` from a timer where the system has no limit."""
        return None if timeout_s is None else Deadline(timeout_s, self.cancel)


class CursorStream:
    """Rows of a cursor in chunks. The statement runs from the beginning; the time-out counts until the last row."""

    path = "cursor"

    def __init__(
        self, session: Session, sql: str, parameters: Parameters, *, chunk_rows: int, timeout_s: float | None
    ) -> None:
        self._session = session
        self._chunk_rows = chunk_rows
        self._limit = session._limit(timeout_s)  # noqa: SLF001  the two are one thing
        self._stack = contextlib.ExitStack()
        self.columns: tuple[Column, ...] = ()
        with self._translated():
            if self._limit is not None:
                self._stack.enter_context(self._limit)
            self._cursor = session._stream_cursor()  # noqa: SLF001
            self._stack.callback(self._cursor.close)
            session._run(self._cursor, sql, parameters)  # noqa: SLF001
            self.columns = session._columns(self._cursor)  # noqa: SLF001

    def __iter__(self) -> Iterator[Sequence[Row]]:
        """Yield chunks: the first row alone, so that nobody waits for a chunk to fill."""
        size = 1
        while self.columns and (rows := self._fetch(size)):
            yield rows
            size = self._chunk_rows

    def _fetch(self, size: int) -> Sequence[Row]:
        with self._translated():
            rows: Sequence[Row] = self._cursor.fetchmany(size)
            if not rows:
                self._stack.close()
            return rows

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            told = self._session._told(error, self._limit)  # noqa: SLF001
            with contextlib.suppress(Exception):
                self._stack.close()
            if told:
                raise told from error
            raise

    def __enter__(self) -> CursorStream:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._translated():
            self._stack.close()

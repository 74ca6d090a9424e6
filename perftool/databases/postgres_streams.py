"""Results of PostgreSQL as they come: rows in chunks, and bytes that the server formats itself.

Rows come by libpq's chunked mode, not by a cursor of the server: that would plan for the first rows, run no parallel
workers, and take queries only; it was slower as well. The server sends when 8 KiB are full, whatever is asked.
"""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any, Final, Protocol

from perftool.databases.faults import Fault, StatementError
from perftool.databases.postgres_values import transformer

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from contextlib import AbstractContextManager
    from types import TracebackType

    from perftool.databases.address import Address
    from perftool.databases.api import Column, Parameters, Row

#: Rows that libpq hands over at a time; larger numbers were no faster.
TOGETHER: Final = 100
#: Bytes of a block that a copy yields.
BLOCK: Final = 1 << 16
_SPACE: Final = r"(?:\s|--[^\n]*\n|/\*(?:[^*]|\*(?!/))*\*/|\()*"
_QUERY: Final = re.compile(_SPACE + r"(?:select|with|values|table)\b", re.IGNORECASE)
_COPY: Final = re.compile(_SPACE + r"copy\b", re.IGNORECASE)
#: JSON has no raw control characters: with such a quote and delimiter nothing is ever quoted.
COPIES: Final = {
    "csv": "COPY (\n{sql}\n) TO STDOUT (FORMAT csv, HEADER)",
    "ndjson": "COPY (SELECT row_to_json(q) FROM (\n{sql}\n) AS q)"
    " TO STDOUT (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')",
}


def copies(sql: str, form: str) -> str | None:
    """Return the statement by which the server writes a result, None for what is no query."""
    return COPIES[form].format(sql=sql.rstrip().rstrip(";")) if _QUERY.match(sql) else None


def refuse_copy(sql: str, address: Address) -> None:
    """Refuse what would leave a session waiting for data that nobody sends or reads."""
    if _COPY.match(sql):
        hint = "a query can be written out, and rows loaded, by COPY: see perftool query stream"
        raise StatementError(Fault("statement", "", f"{address.label}: COPY gives no rows"), hint=hint)


class Readable(Protocol):
    """What reading needs of its session."""

    address: Address

    @property
    def connection(self) -> Any:
        """The connection of psycopg."""

    def columns_of(self, cursor: Any) -> tuple[Column, ...]:
        """Return the columns of a result."""

    def limit(self, timeout_s: float | None) -> AbstractContextManager[Any] | None:
        """Return a block that bounds a statement."""

    def kept(self, stopped: Callable[[], bool]) -> AbstractContextManager[None]:
        """Return a block whose statement, when it is ``stopped``, takes nothing else of its transaction with it."""

    def reading(self, stop: Callable[[], None]) -> AbstractContextManager[None]:
        """Return a block in which nothing else can run; ``stop`` ends it from outside."""

    def translated(self, limit: Any) -> AbstractContextManager[None]:
        """Return a block that translates what psycopg raises."""


class _Reading:
    """One statement under way; leaving early stops it on the server.

    Inside a transaction a savepoint keeps what was done before from the end of a statement that is stopped.
    """

    def __init__(self, session: Readable, timeout_s: float | None) -> None:
        import psycopg
        from psycopg import generators

        self._session = session
        self._limit = session.limit(timeout_s)
        self._closing = contextlib.ExitStack()
        self._stopped = False
        self._wait, self._libpq = session.connection.wait, session.connection.pgconn
        self._fetch, self._send = generators.fetch, generators.send
        self._bad = frozenset({psycopg.pq.ExecStatus.FATAL_ERROR, psycopg.pq.ExecStatus.BAD_RESPONSE})

    def _open(self) -> None:
        if self._limit is not None:
            self._closing.enter_context(self._limit)
        self._closing.enter_context(self._session.kept(lambda: self._stopped))
        self._closing.enter_context(self._session.reading(self._closing.close))
        self._closing.callback(self._stop)

    def _next(self) -> Any:
        """Return the next result of libpq, None at the end."""
        from psycopg import errors

        result = self._wait(self._fetch(self._libpq))
        if result is not None and result.status in self._bad:
            while self._wait(self._fetch(self._libpq)) is not None:
                pass
            raise errors.error_from_result(result, self._session.connection.info.encoding)
        return result

    def _stop(self) -> None:
        """Cancel what still runs, and read what is on its way."""
        from psycopg import OperationalError, pq

        if self._libpq.transaction_status != pq.TransactionStatus.ACTIVE:
            return
        self._stopped = True
        # A session that breaks here is found broken by whoever uses it next.
        with contextlib.suppress(OperationalError):
            self._session.connection.cancel_safe()
            self._drain()
            while (result := self._wait(self._fetch(self._libpq))) is not None:
                # An interrupt may come just when a COPY has begun: libpq repeats that until its data is read.
                if result.status == pq.ExecStatus.COPY_OUT:
                    self._drain_copy()

    def _drain(self) -> None:
        """Read what comes before the last results."""

    def _drain_copy(self) -> None:
        while True:
            size, _ = self._libpq.get_copy_data(1)
            if size < 0:
                return
            if not size:
                self._wait(self._readable())

    def _readable(self) -> Generator[Any, Any, None]:
        from psycopg.waiting import Wait

        while not (yield Wait.R):
            pass
        self._libpq.consume_input()

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Translate what psycopg raises, and leave nothing open then; what went wrong first is what counts."""
        import psycopg

        with self._session.translated(self._limit):
            try:
                yield
            except BaseException:
                with contextlib.suppress(psycopg.Error):
                    self._closing.close()
                raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._session.translated(None):
            self._closing.close()


class RowStream(_Reading):
    """Rows of one statement, a chunk at a time."""

    def __init__(
        self, session: Readable, sql: str, parameters: Parameters, *, chunk_rows: int, timeout_s: float | None
    ) -> None:
        from psycopg import capabilities

        super().__init__(session, timeout_s)
        self._chunk_rows = chunk_rows
        self._waiting: Any = None
        self.columns: tuple[Column, ...] = ()
        chunked = capabilities.has_stream_chunked()
        self.path = "chunked rows" if chunked else "single rows"
        refuse_copy(sql, session.address)
        with self._told():
            self._open()
            self._begin(sql, parameters, chunked=chunked)

    def _begin(self, sql: str, parameters: Parameters, *, chunked: bool) -> None:
        import psycopg

        connection = self._session.connection
        if parameters:
            with psycopg.ClientCursor(connection) as client:
                sql = client.mogrify(sql, parameters)
        self._libpq.send_query_params(sql.encode(connection.info.encoding), None)
        if chunked:
            self._libpq.set_chunked_rows_mode(min(TOGETHER, self._chunk_rows))
        else:
            self._libpq.set_single_row_mode()
        self._wait(self._send(self._libpq))
        self._transformer = transformer(connection, wide=False)
        self._waiting = self._next()
        if self._waiting is not None:
            self._transformer.set_pgresult(self._waiting)
            with connection.cursor() as cursor:
                cursor.pgresult = self._waiting
                self.columns = self._session.columns_of(cursor)

    def __iter__(self) -> Iterator[Sequence[Row]]:
        """Yield chunks; the first is what came first."""
        size = 1
        while chunk := self._gathered(size):
            yield chunk
            size = self._chunk_rows

    def _gathered(self, size: int) -> list[Row]:
        found: list[Row] = []
        with self._told():
            while len(found) < size:
                result, self._waiting = self._waiting or self._next(), None
                if result is None:
                    self._closing.close()
                    break
                if result.ntuples:
                    found += self._rows(result)
        return found

    def _rows(self, result: Any) -> list[Row]:
        from psycopg import DataError

        self._transformer.set_pgresult(result, set_loaders=False)
        try:
            rows: list[Row] = self._transformer.load_rows(0, result.ntuples, tuple)
        except DataError:
            self._transformer = transformer(self._session.connection, wide=True)
            self._transformer.set_pgresult(result)
            rows = self._transformer.load_rows(0, result.ntuples, tuple)
        return rows

    def __enter__(self) -> RowStream:
        return self


class CopyStream(_Reading):
    """Bytes that the server formats.

    libpq hands over a line at a time; asking it directly takes half of what psycopg's own copy does.
    """

    def __init__(self, session: Readable, command: str, *, timeout_s: float | None) -> None:
        super().__init__(session, timeout_s)
        # There is nothing to read before the server has agreed.
        self._ended = True
        with self._told():
            self._open()
            self._libpq.send_query(command.encode(session.connection.info.encoding))
            self._wait(self._send(self._libpq))
            self._next()
            self._ended = False

    def _line(self) -> Any:
        """Return the next line, None at the end."""
        while not self._ended:
            size, line = self._libpq.get_copy_data(1)
            if size > 0:
                return line
            if size < 0:
                self._ended = True
            else:
                self._wait(self._readable())
        return None

    def _drain(self) -> None:
        while self._line() is not None:
            pass

    def _blocks(self) -> Iterator[bytes]:
        """Yield what comes in larger blocks, the first as soon as it is there."""
        block, enough = bytearray(), 1
        while True:
            with self._told():
                while len(block) < enough and (line := self._line()) is not None:
                    block += line
                if not block:
                    while self._next() is not None:
                        pass
                    self._closing.close()
                    return
            yield bytes(block)
            block.clear()
            enough = BLOCK

    def __enter__(self) -> Iterator[bytes]:
        return self._blocks()

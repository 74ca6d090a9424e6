"""Results of MariaDB and MySQL as they come, and the sessions that read them."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from perftool.databases.dbapi import CursorStream, Session
from perftool.databases.faults import Fault, StatementError
from perftool.databases.mysql_faults import CANCELED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.databases.api import Parameters, Row


class ReadingSession(Session):
    """A session that runs nothing else while a result is read from it: PyMySQL would read that to its end first."""

    _reading: MySQLStream | None = None

    @property
    def connection(self) -> Any:
        """The connection of PyMySQL, for streams."""
        return self._raw

    def _cursor(self) -> Any:
        if self._reading is not None:
            message = f"{self.address.label}: a result of this connection is still being read"
            raise StatementError(Fault("statement", "", message), hint="leave its block first, or use another")
        return self._raw.cursor()

    def _stream_cursor(self) -> Any:
        from pymysql.cursors import SSCursor

        self._cursor().close()
        return self._raw.cursor(SSCursor)

    def read_by(self, stream: MySQLStream | None) -> None:
        """Keep others out while ``stream`` is read."""
        self._reading = stream

    def settle(self) -> None:
        """Take in a cancellation that came too late for its statement, so that it does not hit the next."""
        try:
            self._plain("DO 0")
        except StatementError as error:
            if error.fault.code != str(CANCELED):
                raise


class MySQLStream(CursorStream):
    """Rows that the client does not gather; leaving early stops the statement, whose rest would have to be read."""

    path = "unbuffered cursor"

    def __init__(
        self, session: ReadingSession, sql: str, parameters: Parameters, *, chunk_rows: int, timeout_s: float | None
    ) -> None:
        self._ended = False
        self._of = session
        super().__init__(session, sql, parameters, chunk_rows=chunk_rows, timeout_s=timeout_s)
        self._stack.callback(self._leave)
        session.read_by(self)

    def _fetch(self, size: int) -> Sequence[Row]:
        with self._translated():
            try:
                rows: Sequence[Row] = self._cursor.fetchmany(size)
                # A procedure gives a result for each query in it; the first is what was asked for.
                if not rows:
                    self._drain()
            except Exception:
                self._ended = True
                raise
            self._ended = self._ended or not rows
        if not rows:
            self.close()
        return rows

    def _drain(self) -> None:
        """Read the rest of this result, and those behind it, without keeping them."""
        more = True
        while more:
            for _ in self._cursor.fetchall_unbuffered():
                pass
            more = bool(self._cursor.nextset())

    def close(self) -> None:
        """Stop reading, and the statement where it still runs."""
        with self._translated():
            self._stack.close()

    def _leave(self) -> None:
        import pymysql

        self._of.read_by(None)
        if not self._ended:
            self._ended = True
            self._of.cancel()
            if self._of.connection.open:
                # Reads what is on its way, up to the word that the statement was stopped.
                with contextlib.suppress(pymysql.MySQLError):
                    self._drain()
                with contextlib.suppress(pymysql.MySQLError):
                    self._cursor.close()
                self._of.settle()
        if not self._of.connection.open and (result := getattr(self._cursor, "_result", None)) is not None:
            # PyMySQL would read the rest from a connection that is gone.
            result.unbuffered_active = False

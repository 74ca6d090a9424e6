"""One query of a batch on its way: a connection waited for, the statement run, cancelled when it has to end."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Final

from perftool.databases.faults import fault_of
from perftool.errors import PerftoolError, UnavailableError
from perftool.queries.batch_lines import Line
from perftool.queries.batch_requests import of_table
from perftool.queries.run import streams
from perftool.queries.values import Meter

if TYPE_CHECKING:
    from collections.abc import Callable

    from perftool.databases.api import Connection
    from perftool.databases.retry import Retrier
    from perftool.model.database import QueryStatus
    from perftool.queries.batch_lines import Rows
    from perftool.queries.batch_requests import Query
    from perftool.queries.batch_shapes import Shapes
    from perftool.queries.batch_sources import Source, Sources

_METER: Final = Meter()
_CHUNK_ROWS: Final = 1000
_STATUSES: Final[dict[str, QueryStatus]] = {"timeout": "timeout", "cancelled": "cancelled"}


class Attempt:
    """Runs one query; other threads may cancel it at any time. ``stop`` is set when the whole batch ends."""

    def __init__(
        self,
        query: Query,
        timeout_s: float | None,
        rows: Rows | None,
        *,
        now: Callable[[], float],
        stop: threading.Event,
        shapes: Shapes,
    ) -> None:
        self.query = query
        self.wait_s = self.execution_s = 0.0
        self.tries = self.rows = self.size = 0
        self.affected: int | None = None
        self.skipped = self.reached = False
        self.unreached: UnavailableError | None = None
        self._timeout_s = timeout_s if query.timeout_s is None else query.timeout_s
        self._kept = rows
        self._shapes = shapes
        self._now = now
        self._stop = stop
        self._asked = now()
        self._began: float | None = None
        self._connection: Connection | None = None
        self._overdue = False
        self._lock = threading.Lock()

    def cancel(self) -> None:
        """Stop the statement, if it runs."""
        with self._lock:
            # A server that is gone has stopped it already.
            if self._connection is not None:
                with contextlib.suppress(PerftoolError):
                    self._connection.cancel()

    def give_up_after(self, now: float, grace_s: float) -> None:
        """Cancel the statement when it runs longer than it may, whatever the database does about it."""
        began, limit = self._began, self._timeout_s
        if began is not None and limit is not None and now - began > limit + grace_s and not self._overdue:
            self._overdue = True
            self.cancel()

    def line(self, sources: Sources, retrier: Retrier) -> Line:
        """Run the query and say what came of it; what cannot be run says why."""
        query = self.query
        name = label = ""
        try:
            source = sources.find(query.source)
            name, label = source.name, source.database.label
            refused = source.refused(self._asked)
            if refused is not None:
                raise refused
            self._run(source, retrier)
        except PerftoolError as error:
            if isinstance(error, UnavailableError):
                self.unreached = error
            return self._failed(name or sources.called(query.source), label, error)
        return Line(
            number=query.number,
            id=query.id,
            source=name,
            status="skipped" if self.skipped else "ok",
            rows=self.rows,
            affected=self.affected,
            bytes=self.size,
            wait_s=self.wait_s,
            execution_s=self.execution_s,
            retries=self.tries - 1,
        )

    def _failed(self, name: str, label: str, error: PerftoolError) -> Line:
        fault = fault_of(error)
        message = error.message.removeprefix(f"{label}: ")
        status: QueryStatus = _STATUSES.get(fault.kind, "failed") if fault is not None else "failed"
        if self._stop.is_set() and fault is not None and fault.kind in ("cancelled", "timeout"):
            status = "cancelled"
        elif status == "cancelled" and self._overdue:
            status = "timeout"
        return Line(
            number=self.query.number,
            id=self.query.id,
            source=name,
            status=status,
            wait_s=self.wait_s,
            execution_s=self.execution_s,
            retries=max(self.tries - 1, 0),
            error=message,
            code=fault.code if fault is not None else "",
        )

    def _run(self, source: Source, retrier: Retrier) -> None:
        query = self.query
        sql = query.sql or of_table(query.table, source.database.driver.capabilities.dialect)

        def once(connection: Connection) -> None:
            self.wait_s += self._now() - self._asked
            self.reached = True
            source.look(connection)
            began = self._now()
            with self._lock:
                self._connection, self._began = connection, began
            try:
                self.skipped = self._stop.is_set()
                if not self.skipped:
                    self._execute(connection, sql)
            finally:
                # From here on a cancellation would hit whoever has the connection next.
                with self._lock:
                    self._connection = self._began = None
                self._asked = self._now()
                self.execution_s = self._asked - began

        def trying() -> None:
            self.tries += 1

        try:
            retrier.run_alone(source.database, once, trying=trying)
        except PerftoolError as error:
            now = self._now()
            if not self.reached:
                self.wait_s = now - self._asked
            source.refuse(error, now=now, took_s=now - self._asked)
            raise

    def _execute(self, connection: Connection, sql: str) -> None:
        self.rows = self.size = 0
        if self._kept is not None:
            self._kept.clear()
        key = self._shapes.key(sql)
        if self._shapes.few(key) or not streams(sql):
            result = connection.execute(sql, self.query.parameters, timeout_s=self._timeout_s)
            self.affected = result.affected
            self._take(result.rows)
            columns = result.columns
        else:
            with connection.stream(
                sql, self.query.parameters, chunk_rows=_CHUNK_ROWS, timeout_s=self._timeout_s
            ) as stream:
                for chunk in stream:
                    self._take(list(chunk))
                columns = stream.columns
        self._shapes.saw(key, self.rows)
        if self._kept is not None:
            self._kept.columns = columns

    def _take(self, rows: list[tuple[object, ...]]) -> None:
        self.rows += len(rows)
        if self._kept is not None:
            self._kept.add(rows)
            self.size = self._kept.size
        elif rows:
            self.size += len(_METER.encoded(rows)) - 1

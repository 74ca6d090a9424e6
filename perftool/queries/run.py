"""Run statements one after the other, time each part of it, and keep the first rows."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal

from perftool.databases.faults import ConnectionLostError, StatementError
from perftool.errors import UsageError
from perftool.events import Progress
from perftool.model.database import DatabaseFacts
from perftool.model.query import QueryResult
from perftool.queries import pointing
from perftool.queries.values import plain_rows
from perftool.sql.fingerprint import fingerprint
from perftool.sql.kinds import kind_of_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.clock import Clock
    from perftool.databases import Database
    from perftool.databases.api import Column, Connection, Parameters, Row
    from perftool.databases.faults import Fault
    from perftool.events import Listener
    from perftool.model.database import QueryStatus
    from perftool.model.diagnostic import Diagnostic
    from perftool.model.query import Value
    from perftool.queries.requests import Statement

Explain = Literal["", "plan", "analyze"]

# A cursor on a server takes what only reads; a word too many here costs no more than the stream.
_CHANGES: Final = re.compile(r"\b(?:insert|update|delete|merge|replace|into|call)\b", re.IGNORECASE)
_CHUNK_ROWS: Final = 1000


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How statements are run: ``limit`` rows of each are kept, each runs ``repeats`` times, a round after the other.

    ``transaction``: all of a round in one; else each commits by itself. ``go_on``: a statement that failed keeps none
    behind it from running.
    """

    limit: int = 20
    repeats: int = 1
    explain: Explain = ""
    counters: bool = False
    parameters: Parameters = ()
    timeout_s: float | None = None
    transaction: bool = False
    go_on: bool = True


@dataclass
class Times:
    """Seconds of each part, one for each run."""

    first_row: list[float] = field(default_factory=list)
    fetch: list[float] = field(default_factory=list)
    format: list[float] = field(default_factory=list)
    total: list[float] = field(default_factory=list)


@dataclass
class Executed:
    """What came of one statement so far."""

    statement: Statement
    times: Times = field(default_factory=Times)
    status: QueryStatus = "skipped"
    columns: tuple[tuple[str, str], ...] = ()
    rows: int = 0
    shown: tuple[tuple[Value, ...], ...] = ()
    affected: int | None = None
    fault: Fault | None = None
    plan: str = ""
    counters: dict[str, float] = field(default_factory=dict)

    def result(self, dialect: str) -> QueryResult:
        """Return it as the report has it."""
        return QueryResult(
            name=self.statement.place,
            digest=fingerprint(self.statement.sql, dialect),
            status=self.status,
            columns=self.columns,
            rows=self.rows,
            shown=self.shown,
            affected=self.affected,
            repeats=len(self.times.total),
            error=self.fault.message if self.fault is not None else "",
            code=self.fault.code if self.fault is not None else "",
            plan=self.plan,
            counters=self.counters,
        )


class Run:
    """One run of statements on one database; what is done stands in it at any time, also when it was interrupted."""

    def __init__(
        self, database: Database, statements: Sequence[Statement], asked: Asked, clock: Clock, listener: Listener
    ) -> None:
        self.executed = [Executed(one) for one in statements]
        self.connect_s: list[float] = []
        self.wait_s: list[float] = []
        self.lost: ConnectionLostError | None = None
        self.diagnostics: list[Diagnostic] = []
        self.stopped = False
        self.facts = unknown(database)
        self._database = database
        self._asked = asked
        self._clock = clock
        self._listener = listener
        self._connection: Connection | None = None

    def run(self) -> None:
        """Run every round.

        raises: UnavailableError when the database cannot be reached, ConnectionLostError when it is lost on the way.
        """
        began = self._clock.monotonic()
        with self._database.connect():
            # The pool is empty: this is what opening takes.
            self.connect_s.append(self._clock.monotonic() - began)
        self.facts = self._database.facts()
        for number in range(self._asked.repeats):
            self._round(number)
            if self.stopped or all(one.fault is not None for one in self.executed):
                return

    def cancel(self) -> None:
        """Stop what runs, from another thread: it ends as cancelled, and nothing begins behind it."""
        self.stopped = True
        connection = self._connection
        if connection is not None:
            connection.cancel()

    def _round(self, number: int) -> None:
        began = self._clock.monotonic()
        with self._database.connect() as connection:
            self.wait_s.append(self._clock.monotonic() - began)
            self._connection = connection
            try:
                if self._asked.transaction:
                    with contextlib.suppress(_Undone), connection.transaction():
                        self._all(connection, number)
                else:
                    self._all(connection, number)
            finally:
                self._connection = None
            if self.lost is not None:
                # The pool must not give it to the next one.
                raise self.lost

    def _all(self, connection: Connection, number: int) -> None:
        total = self._asked.repeats * len(self.executed)
        for done, one in enumerate(self.executed, number * len(self.executed)):
            if self.stopped:
                return
            self._listener.progress(Progress(done=done, total=total, activity=one.statement.place))
            if one.fault is None:
                self._one(connection, one)
            if one.fault is not None and (not self._asked.go_on or self.lost is not None):
                self.stopped = True
                if self._asked.transaction:
                    raise _Undone

    def _one(self, connection: Connection, one: Executed) -> None:
        try:
            if self._asked.explain:
                plan = connection.explain(one.statement.sql, analyze=self._asked.explain == "analyze")
                one.plan = plan.text
            else:
                self._execute(connection, one)
            if self._asked.counters and not one.counters:
                one.counters = dict(connection.counters(one.statement.sql))
        except StatementError as error:
            # The report says once which database it is about.
            message = error.fault.message.removeprefix(f"{self._database.label}: ")
            one.fault = replace(error.fault, message=message)
            one.status = _STATUSES.get(one.fault.kind, "failed")
            self.diagnostics.append(pointing.diagnostic(one.statement, one.fault, hint=error.hint))
            if isinstance(error, ConnectionLostError):
                self.lost = error
        else:
            one.status = "ok"

    def _execute(self, connection: Connection, one: Executed) -> None:
        now = self._clock.monotonic
        began = now()
        if streams(one.statement.sql):
            columns, kept, rows, first = self._streamed(connection, one.statement.sql)
            affected = None
        else:
            result = connection.execute(one.statement.sql, self._asked.parameters, timeout_s=self._asked.timeout_s)
            first = now()
            columns, kept, rows = result.columns, result.rows[: self._asked.limit], len(result.rows)
            affected = result.affected
        fetched = now()
        shown = tuple(map(tuple, plain_rows(kept)))
        formatted = now()
        one.columns = tuple((column.name, column.type) for column in columns)
        one.rows, one.shown, one.affected = rows, shown, affected
        one.times.first_row.append(first - began)
        one.times.fetch.append(fetched - first)
        one.times.format.append(formatted - fetched)
        one.times.total.append(fetched - began)

    def _streamed(self, connection: Connection, sql: str) -> tuple[tuple[Column, ...], list[Row], int, float]:
        """Read all rows and keep the first; a result of any size takes the memory of a chunk."""
        limit = self._asked.limit
        kept: list[Row] = []
        rows = 0
        first = 0.0
        with connection.stream(
            sql, self._asked.parameters, chunk_rows=_CHUNK_ROWS, timeout_s=self._asked.timeout_s
        ) as stream:
            for chunk in stream:
                first = first or self._clock.monotonic()
                rows += len(chunk)
                if len(kept) < limit:
                    kept += chunk[: limit - len(kept)]
            return stream.columns, kept, rows, first or self._clock.monotonic()


_STATUSES: Final[dict[str, QueryStatus]] = {"timeout": "timeout", "cancelled": "cancelled"}


class _Undone(Exception):  # noqa: N818 - no error: it ends a transaction without committing it
    """Rolls back what statements did before one that failed."""


def unknown(database: Database) -> DatabaseFacts:
    """Return the facts of a database that was never reached."""
    return DatabaseFacts(label=database.label, system=database.driver.name, version="", driver="")


def streams(sql: str) -> bool:
    """Say whether a statement's rows can be read as they come: it only reads."""
    return kind_of_text(sql) in ("SELECT", "VALUES") and _CHANGES.search(sql) is None


def check(asked: Asked, statements: Sequence[Statement]) -> None:
    """Refuse what cannot be meant. raises: UsageError."""
    if asked.parameters and len(statements) > 1:
        raise UsageError("--param is for one statement", hint="name one statement, or write the values into the file")
    if asked.parameters and (asked.explain or asked.counters):
        raise UsageError("--param goes with neither --explain nor --counters", hint="write the values into the SQL")

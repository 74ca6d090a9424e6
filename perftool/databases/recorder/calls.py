"""What is noted around the calls of a DB-API module: the same for every module, however it is entered."""

from __future__ import annotations

import functools
import sys
import threading
from itertools import chain, compress, count, islice
from time import perf_counter_ns

TYPE_CHECKING = False  # typing would cost the target 10 ms
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from .ledger import Ledger, Run

#: Of many rows that are iterated over, the first ones and then one in so many at most are timed.
_EACH, _FIRST = 256, 24
_depth = threading.local()


class Calls:
    """Makes functions that do what others do, and note it.

    ``connection_of`` leads from a cursor to its connection; ``inside`` says whether that is in a transaction, None
    where it cannot be known; ``text_of`` makes text of what is executed.
    """

    def __init__(
        self,
        ledger: Ledger,
        system: str,
        inside: Callable[[Any], bool | None],
        connection_of: Callable[[Any], Any] = lambda cursor: cursor.connection,
        text_of: Callable[[Any, Any], str] = lambda _cursor, text: text if isinstance(text, str) else str(text),
    ) -> None:
        self.ledger, self.system = ledger, system
        self._inside, self._connection_of, self._text_of = inside, connection_of, text_of
        self._runs: dict[int, Run | None] = {}

    def execute(self, original: Callable[..., Any], *, many: bool = False) -> Callable[..., Any]:
        """Return ``execute`` or ``executemany`` that notes each statement."""

        @functools.wraps(original)
        def execute(cursor: Any, *arguments: Any, **named: Any) -> Any:
            if self._silent(cursor):
                return original(cursor, *arguments, **named)
            began, failed, _depth.inside = perf_counter_ns(), True, True
            try:
                found = original(cursor, *arguments, **named)
                failed = False
            finally:
                _depth.inside = False
                self.ran(cursor, arguments, named, began, many=many, failed=failed)
            return found

        return execute

    def awaited_execute(self, original: Callable[..., Any], *, many: bool = False) -> Callable[..., Any]:
        """Return the same for a function that is awaited."""

        @functools.wraps(original)
        def execute(cursor: Any, *arguments: Any, **named: Any) -> Any:
            if self._silent(cursor):
                return original(cursor, *arguments, **named)
            return awaited(cursor, arguments, named)

        async def awaited(cursor: Any, arguments: Any, named: Any) -> Any:
            began, failed = perf_counter_ns(), True
            try:
                found = await original(cursor, *arguments, **named)
                failed = False
            finally:
                self.ran(cursor, arguments, named, began, many=many, failed=failed)
            return found

        return execute

    def ran(self, cursor: Any, arguments: Any, named: Any, began: int, *, many: bool, failed: bool) -> None:
        """Note a statement with what its function was called with."""
        given = (*arguments, *named.values())
        connection = self._connection_of(cursor)
        reads = not failed and getattr(cursor, "description", None) is not None
        changed = 0 if reads or failed else getattr(cursor, "rowcount", 0)
        run = self.ledger.ran(
            self._text_of(cursor, given[0]) if given else "",
            given[1] if len(given) > 1 and not many else None,
            self.system,
            id(connection),
            began,
            many=many,
            rows=changed if isinstance(changed, int) and changed > 0 else 0,
            failed=failed,
            inside=self._inside(connection),
            frame=sys._getframe(2),
        )
        self._keep(cursor, run if reads else None)

    def fetch(self, original: Callable[..., Any], *, one: bool = False) -> Callable[..., Any]:
        """Return ``fetchone``, ``fetchmany`` or ``fetchall`` that notes the rows."""

        @functools.wraps(original)
        def fetch(cursor: Any, *arguments: Any, **named: Any) -> Any:
            run = self._run(cursor)
            if run is None or getattr(_depth, "inside", False):
                return original(cursor, *arguments, **named)
            began, _depth.inside = perf_counter_ns(), True
            try:
                rows = original(cursor, *arguments, **named)
            finally:
                _depth.inside = False
            self._fetched(run, began, rows, one=one)
            return rows

        return fetch

    def awaited_fetch(self, original: Callable[..., Any], *, one: bool = False) -> Callable[..., Any]:
        """Return the same for a function that is awaited."""

        @functools.wraps(original)
        async def fetch(cursor: Any, *arguments: Any, **named: Any) -> Any:
            run = self._run(cursor)
            began = perf_counter_ns()
            rows = await original(cursor, *arguments, **named)
            if run is not None:
                self._fetched(run, began, rows, one=one)
            return rows

        return fetch

    def iterate(self, iterator: Callable[[Any], Iterator[Any]]) -> Callable[..., Any]:
        """Return ``__iter__`` whose rows are counted; of many only some are timed, so that none gets slow."""

        def iterate(cursor: Any) -> Any:
            rows = iterator(cursor)
            run = self._run(cursor)
            if run is None or getattr(_depth, "iterated", None) is cursor:
                return rows
            return chain.from_iterable(self._pieces(run, rows))

        return iterate

    def ending(self, original: Callable[..., Any], *, closes: bool = False) -> Callable[..., Any]:
        """Return ``commit``, ``rollback`` or ``close`` of a connection."""

        @functools.wraps(original)
        def end(connection: Any, *arguments: Any, **named: Any) -> Any:
            self.ledger.end(id(connection), real=self._inside(connection) is not False)
            if closes:
                self.ledger.holding.give(id(connection))
            return original(connection, *arguments, **named)

        return end

    def opened(self, connection: Any) -> None:
        """Note that the program opened a connection itself."""
        frame = sys._getframe(3)
        if _of_sqlalchemy(frame):
            return
        self.ledger.holding.take(id(connection), self.ledger.sites.stack(frame), "own")

    def _pieces(self, run: Run, rows: Iterator[Any]) -> Iterator[Any]:
        # Rows go from C to C: a function of Python's for each would take as long as a row does. The counter is asked
        # after each row, so that it has as many as were given. Who iterates over a cursor twice gets the cursor itself.
        counter = count(1)
        _depth.iterated = rows
        counted = compress(rows, counter)
        _depth.iterated = None
        told, booked, ns, head = 0, 0, 0, run.head
        try:
            while True:
                size = 1 if told < _FIRST else min(_EACH, told)
                began = perf_counter_ns()
                try:
                    row = next(counted)
                except StopIteration:
                    ns += perf_counter_ns() - began
                    return
                ns += (perf_counter_ns() - began) * size
                told += size
                if told <= _FIRST:
                    if head is not None:
                        head.take((row,))
                    yield (row,)
                else:
                    yield (row,)
                    yield islice(counted, size - 1)
                    with self.ledger.lock:
                        self.ledger.add(run, ns, told - booked)
                        ns, booked = 0, told
                        if head is not None:
                            head.seen = told
        finally:
            seen = next(counter) - 1
            with self.ledger.lock:
                self.ledger.add(run, ns, seen - booked)
                if head is not None:
                    head.seen = seen

    def _fetched(self, run: Run, began: int, rows: Any, *, one: bool) -> None:
        if one:
            rows = () if rows is None else (rows,)
        self.ledger.fetched(run, began, rows if isinstance(rows, (list, tuple)) else ())

    def _silent(self, cursor: Any) -> bool:
        """Say whether somebody else notes this call: SQLAlchemy, which is listened to, or another call around it."""
        return (
            getattr(_depth, "inside", False)
            or _of_sqlalchemy(sys._getframe(2))
            or getattr(self._connection_of(cursor), "_perftool_quiet", False)
        )

    def _keep(self, cursor: Any, run: Run | None) -> None:
        try:
            cursor._perftool_run = run
        except AttributeError:
            # A cursor that takes no attributes; the newest are known.
            if len(self._runs) > 256:
                self._runs.clear()
            self._runs[id(cursor)] = run

    def _run(self, cursor: Any) -> Run | None:
        run: Run | None = getattr(cursor, "_perftool_run", None)
        return run if run is not None or not self._runs else self._runs.get(id(cursor))


def _of_sqlalchemy(frame: Any) -> bool:
    # psycopg looks up types of the database when SQLAlchemy connects.
    return str(frame.f_globals.get("__name__", "")).startswith(("sqlalchemy.", "psycopg._typeinfo"))

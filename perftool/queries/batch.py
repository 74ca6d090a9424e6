"""Run many queries on one or several databases at once, each with an outcome of its own."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from perftool.databases.retry import Retrier
from perftool.errors import PerftoolError, UnavailableError
from perftool.events import Progress
from perftool.queries.batch_attempt import Attempt
from perftool.queries.batch_lines import Line, Rows
from perftool.queries.batch_shapes import Shapes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.clock import Clock
    from perftool.events import Listener
    from perftool.queries.batch_lines import Sink
    from perftool.queries.batch_requests import Query
    from perftool.queries.batch_sources import Sources
    from perftool.queries.batch_totals import Totals

_LOOK_S: Final = 0.1
#: What a server is given beyond a query's time before it is told to stop.
_GRACE_S: Final = 1.0
_LOOKS: Final = 5
#: How long queries that were cancelled may take to end.
PATIENCE_S: Final = 10.0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How a batch runs: ``jobs`` queries at a time, ``rate`` of them a second at most (0: any), each for ``timeout_s``.

    ``rows``: the rows are part of the results. ``stop_on_error``: the first that fails ends the batch.
    """

    jobs: int = 4
    rate: float = 0.0
    timeout_s: float | None = None
    rows: bool = False
    stop_on_error: bool = False


class Batch:
    """One batch: ``jobs`` threads take queries, run them and write what came of them; one thread watches.

    The thread that calls ``run`` hears Ctrl-C.
    """

    def __init__(
        self,
        queries: Iterator[Query],
        sources: Sources,
        plan: Plan,
        sink: Sink,
        totals: Totals,
        *,
        clock: Clock,
        listener: Listener,
        known: int | None = None,
    ) -> None:
        self.plan = plan
        self.sources = sources
        self.totals = totals
        self.retrier = Retrier()
        self._queries = queries
        self._sink = sink
        self._now = clock.monotonic
        self._listener = listener
        self._known = known
        self._reading = threading.Lock()
        self._telling = threading.Lock()
        self._stop = threading.Event()
        self._ended = threading.Event()
        self._working = plan.jobs
        self._due = 0.0
        self._fatal: BaseException | None = None
        self._attempts: dict[int, Attempt] = {}
        #: Queries that were read and have no line yet, by thread.
        self._in_hand: dict[int, int] = {}
        self._shapes = Shapes()
        self._reached = False
        self._unreached: UnavailableError | None = None

    def run(self) -> None:
        """Run all queries.

        raises: KeyboardInterrupt after Ctrl-C, OutputError or BrokenPipeError when results cannot be written, and
        what reading raises; what was begun has been cancelled and told before.
        """
        threads = [
            threading.Thread(target=self._work, name=f"perftool-query-{number}", daemon=True)
            for number in range(self.plan.jobs)
        ]
        interrupted = False
        try:
            for thread in threads:
                thread.start()
            self._watch()
        except KeyboardInterrupt:
            interrupted = self.totals.interrupted = True
            self.stop("")
            self._wind_down()
        with contextlib.suppress(BrokenPipeError):
            self._sink.finish()
        if self._fatal is not None:
            raise self._fatal
        if interrupted:
            raise KeyboardInterrupt

    def unreachable(self) -> PerftoolError | None:
        """Return what kept every query from a database; None where one of them had a connection."""
        return self._unreached if not self._reached else None

    def stop(self, reason: str) -> None:
        """Begin nothing more, and cancel what runs."""
        if not self._stop.is_set():
            self.totals.stopped = reason
            self._stop.set()

    def _watch(self) -> None:
        # Not by joining threads: a join that Ctrl-C interrupts takes its thread for ended ever after (Python 3.11).
        while not self._ended.wait(_LOOK_S):
            if self._stop.is_set():
                self._wind_down()
                return
            now = self._now()
            for attempt in list(self._attempts.values()):
                attempt.give_up_after(now, _GRACE_S)
            self._tell()
            try:
                self._sink.tick(now)
            except (PerftoolError, BrokenPipeError) as error:
                self._end(error)

    def _wind_down(self) -> None:
        """Cancel what runs until nothing does: what had just not begun is cancelled in the next turn.

        A thread that waits for input has nothing in hand and is left alone; one whose results nobody reads, after a
        while.
        """
        until = self._now() + PATIENCE_S
        idle = 0
        while idle <= _LOOKS and self._now() < until:
            for attempt in list(self._attempts.values()):
                attempt.cancel()
            if self._ended.wait(_LOOK_S):
                return
            # Whoever has just read a query has it in hand by the next look.
            idle = 0 if self._in_hand else idle + 1

    def _tell(self) -> None:
        done, failed = self.totals.done, self.totals.failed
        activity = "queries" + (f", {failed:,} failed" if failed else "")
        self._listener.progress(Progress(done=done, total=self._known, activity=activity))

    def _work(self) -> None:
        try:
            number = threading.get_ident()
            while (query := self._taken()) is not None:
                rows = Rows() if self.plan.rows else None
                self._finish(self._outcome(query, rows), rows)
                self._in_hand.pop(number, None)
        except BaseException as error:  # noqa: BLE001 - the thread that waits raises it
            self._end(error)
        finally:
            with self._telling:
                self._working -= 1
                if not self._working:
                    self._ended.set()

    def _end(self, error: BaseException) -> None:
        """End the batch for what is no query's fault."""
        with self._telling:
            self._fatal = self._fatal or error
        self.stop(f"{error}" if isinstance(error, PerftoolError) else "it cannot go on")

    def _taken(self) -> Query | None:
        """Return the next query when it may begin, None when there is none or the batch stops."""
        with self._reading:
            if self._stop.is_set():
                return None
            query = next(self._queries, None)
            if query is None:
                return None
            self._in_hand[threading.get_ident()] = query.number
            due = 0.0
            if self.plan.rate:
                # Evenly: time that nobody used is not made up for by a burst.
                self._due = due = max(self._now(), self._due + 1 / self.plan.rate)
            while not self._sink.room(query.number, _LOOK_S) and not self._stop.is_set():
                pass
        if due:
            self._stop.wait(max(0.0, due - self._now()))
        return query

    def _outcome(self, query: Query, rows: Rows | None) -> Line:
        if self._stop.is_set():
            return Line(query.number, query.id, self.sources.called(query.source), "skipped")
        if query.problem:
            return Line(query.number, query.id, "", "failed", error=query.problem)
        attempt = Attempt(query, self.plan.timeout_s, rows, now=self._now, stop=self._stop, shapes=self._shapes)
        number = threading.get_ident()
        self._attempts[number] = attempt
        try:
            line = attempt.line(self.sources, self.retrier)
        finally:
            del self._attempts[number]
        self._reached = self._reached or attempt.reached
        self._unreached = self._unreached or attempt.unreached
        return line

    def _finish(self, line: Line, rows: Rows | None) -> None:
        now = self._now()
        if line.status != "ok" and rows is not None:
            rows.clear()
        with self._telling:
            self.totals.take(line, now)
        self._sink.write(line, rows, now)
        if self.plan.stop_on_error and line.status in ("failed", "timeout"):
            self.stop(f"stopped because {line.id} failed")

"""Stream a statement's rows into a sink: flat memory, whole records, and a clear end whatever happens."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from perftool.databases.faults import ConnectionLostError, StatementError, fault_of
from perftool.errors import OutputError, PerftoolError
from perftool.events import Progress
from perftool.queries import paths
from perftool.queries.compression import compressor
from perftool.queries.record_batches import ShapeError
from perftool.queries.sinks import ConsumerGoneError, Packing
from perftool.queries.watching import GoneWatch

if TYPE_CHECKING:
    from perftool.clock import Clock
    from perftool.databases.api import Connection, Driver
    from perftool.events import Listener
    from perftool.queries.paths import ColumnTypes, Question, Source
    from perftool.queries.sinks import Sink

_TELL_S: Final = 0.1
#: Longest time for which rows that came are held back to be written together.
_LINGER_S: Final = 0.05


@dataclass(kw_only=True)
class Streamed:
    """What a stream did; times in seconds. ``stopped`` says why it ended before its last row, "" where it did not.

    ``kept`` is the name of a partial file.
    """

    path: str = ""
    columns: ColumnTypes = ()
    rows: int = 0
    size: int = 0
    seconds: float = 0.0
    first_row_s: float | None = None
    fallbacks: list[str] = field(default_factory=list)
    stopped: str = ""
    kept: str = ""


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How a stream is written: compression and its level, and whether a partial file is kept when it breaks."""

    compression: str = ""
    level: int | None = None
    keep_partial: bool = False


def stream(
    connection: Connection,
    driver: Driver,
    question: Question,
    sink: Sink,
    manner: Manner,
    done: Streamed,
    *,
    clock: Clock,
    listener: Listener,
) -> None:
    """Write the rows that ``question`` asks for to ``sink``, and keep account in ``done``, whatever happens.

    A reader that goes away ends it quietly, and stops the statement. raises: StatementError, OutputError and
    KeyboardInterrupt, with nothing half-written but in a sink that is lasting, where the format's own mark of an
    error is the end.
    """
    run = _Run(question, sink, manner, done, clock, listener)
    began = clock.monotonic()
    with GoneWatch(sink.descriptor, connection.cancel) as watch:
        try:
            run.all(connection, driver)
            sink.commit()
        except ConsumerGoneError:
            run.discard()
            done.stopped = f"the reader of {sink.name} has gone"
        except BaseException as error:
            if watch.noticed and not isinstance(error, (KeyboardInterrupt, SystemExit)):
                run.discard()
                done.stopped = f"the reader of {sink.name} has gone"
            else:
                run.broke(error)
                raise
        finally:
            run.count()
            done.seconds = clock.monotonic() - began


class _Run:
    def __init__(
        self, question: Question, sink: Sink, manner: Manner, done: Streamed, clock: Clock, listener: Listener
    ) -> None:
        self.question = question
        self.sink = sink
        self.manner = manner
        self.done = done
        self.clock = clock
        self.listener = listener
        self.packing = Packing(sink, compressor(manner.compression, manner.level))
        self.began = clock.monotonic()
        self._told = self.began
        self._sent = self.began
        self._source: Source | None = None
        self._way = ""
        self._frugal = True

    def all(self, connection: Connection, driver: Driver) -> None:
        """Take the first way that leads to the end."""
        ways, reasons = paths.candidates(self.question, driver.capabilities)
        self.done.fallbacks = reasons
        if driver.prepare_stream is not None:
            driver.prepare_stream(connection, self.question.sql)
        while True:
            try:
                with paths.opened(connection, driver, self.question, ways, reasons) as source:
                    self._pump(source)
            except (ShapeError, StatementError) as error:
                if self._begin_freely(connection, driver, error):
                    continue
                if not self._begin_again(ways, reasons, error):
                    raise
                ways = [paths.CURSOR]
            else:
                return

    def _begin_freely(self, connection: Connection, driver: Driver, error: PerftoolError) -> bool:
        """Say whether the rows may be had with the memory that the database takes by itself."""
        fault = fault_of(error)
        if fault is None or fault.kind != "full" or driver.prepare_stream is None or not self._frugal:
            return False
        if self.packing.begun and self.sink.lasting:
            return False
        self._frugal = False
        driver.prepare_stream(connection, self.question.sql, frugal=False)
        if self.packing.begun:
            self.packing.restart(compressor(self.manner.compression, self.manner.level))
        return True

    def _begin_again(self, ways: list[str], reasons: list[str], error: PerftoolError) -> bool:
        """Say whether the rows may be had by the cursor, from the beginning: what is written can be taken back."""
        fault = fault_of(error)
        about_values = fault is None or fault.kind == "statement"
        taken = self._way
        if self.sink.lasting or not about_values or taken in ("", paths.CURSOR) or paths.CURSOR not in ways:
            return False
        if isinstance(error, ConnectionLostError):
            return False
        reasons.append(f"{taken}: {error.message}")
        self.packing.restart(compressor(self.manner.compression, self.manner.level))
        return True

    def _pump(self, source: Source) -> None:
        done, packing = self.done, self.packing
        self._source = source
        self._way = source.path
        done.path = source.path if source.detail in ("", source.path) else f"{source.path} ({source.detail})"
        done.columns = source.columns
        now = self.clock.monotonic()
        done.first_row_s = now - self.began
        for piece in source.pieces:
            now = self.clock.monotonic()
            size = packing.size
            packing.write(piece, now=now - self._sent >= _LINGER_S)
            if packing.size > size:
                self._sent = now
            if now - self._told >= _TELL_S:
                self._told = now
                self._tell(now)
        packing.finish()

    def count(self) -> None:
        """Take down how far it came."""
        self.done.rows = self._source.rows() if self._source is not None else 0
        self.done.size = self.packing.size

    def _tell(self, now: float) -> None:
        from perftool.units.display import format_bytes

        self.count()
        size, seconds = self.packing.size, max(now - self.began, 1e-9)
        activity = (
            f"rows  {format_bytes(size)}, {format_bytes(size / seconds)}/s, {self.done.rows / seconds:,.0f} rows/s"
        )
        self.listener.progress(Progress(self.done.rows, None, activity))

    def discard(self) -> None:
        """Take back what was written, where that can be done."""
        self.done.kept = self.sink.discard(keep=self.manner.keep_partial)

    def broke(self, error: BaseException) -> None:
        """End what cannot be taken back with the format's mark of an error."""
        mark = self.question.form.broken
        if self.sink.lasting and mark is not None and self.done.path and not isinstance(error, OutputError):
            message = error.message if isinstance(error, PerftoolError) else "interrupted"
            self.count()
            try:
                self.packing.write(mark(message, self.done.rows if self.packing.begun else 0))
                self.packing.finish()
            except (OutputError, ConsumerGoneError):
                # It broke a second time: the first is what is told.
                pass
        self.discard()

"""Carry out ``perftool query stream``."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from perftool.cli import session
from perftool.cli.database_opening import DatabaseRequest, opened, seconds
from perftool.cli.output import OutputOptions, check, emit
from perftool.cli.streams import silence
from perftool.clock import SystemClock
from perftool.errors import EXIT_OK, OutputError, PerftoolError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from perftool.config.schema import Settings
    from perftool.databases import Database
    from perftool.model.query import StreamPayload
    from perftool.queries.format import Format
    from perftool.queries.requests import Statement
    from perftool.queries.sinks import Sink
    from perftool.queries.streaming import Manner, Streamed


@dataclass(frozen=True, kw_only=True)
class Request:
    """What the command line asked for; ``to`` is None for standard output, "" stands for not said elsewhere."""

    database: DatabaseRequest
    given: str
    form: str = ""
    to: str | None = None
    compression: str = ""
    level: int | None = None
    chunk_rows: int = 1000
    path: str = ""
    timeout: str | None = None
    keep_partial: bool = False


def run(request: Request, output: OutputOptions) -> int:
    """Stream the rows, show the report beside them, and return the exit code."""
    from perftool.model.database import PoolSettings
    from perftool.queries import requests

    check(output, "query-stream")
    to_stdout = request.to in (None, "-")
    if to_stdout and output.formats:
        raise UsageError("--format would mix the report with the rows", hint="--to FILE, or -o REPORT")
    configured = session.settings()
    form, manner = _form(request)
    with opened(request.database, configured, PoolSettings(maximum=1)) as database:
        dialect = database.driver.capabilities.dialect
        found = requests.statements((request.given,), dialect, root=configured.root, stdin=sys.stdin.buffer)
        if len(found) > 1:
            raise UsageError(f"{len(found)} statements; one has rows to stream", hint="perftool query batch runs many")
        made = _streamed(request, database, found[0], form, manner, quiet=output.quiet)
    if made.stopped:
        silence(sys.stdout)
        return EXIT_OK
    return _show(made, found[0], configured, output, to_stdout=to_stdout)


def _form(request: Request) -> tuple[Format, Manner]:
    """Return format and compression: what was said, else what the suffix of the target says."""
    from perftool.queries import compression
    from perftool.queries import format as formats
    from perftool.queries.sinks import is_url
    from perftool.queries.streaming import Manner

    said = request.compression
    if said not in ("", "none", *compression.KINDS):
        raise UsageError(f"--compress {said}: no such compression", hint="known: gzip, zstd, none")
    name, packed = compression.split(request.to or "")
    if said:
        packed = "" if said == "none" else said
    if request.form:
        form = formats.load(request.form)
    elif request.to in (None, "-"):
        form = formats.load("ndjson")
    else:
        path = name.partition("?")[0] if is_url(name) else name
        form = formats.for_suffix(os.path.splitext(path)[1])
    if packed and form.packed:
        raise UsageError(f"{form.name} compresses by itself", hint="--compress none, and no suffix of a compression")
    if request.level is not None and not packed:
        raise UsageError("--level is for a compression", hint="--compress gzip or zstd")
    compression.compressor(packed, request.level)
    return form, Manner(compression=packed, level=request.level, keep_partial=request.keep_partial)


def _streamed(
    request: Request, database: Database, statement: Statement, form: Format, manner: Manner, *, quiet: bool
) -> StreamPayload:
    from perftool.cli.progress import ProgressLine
    from perftool.machine.peak import PeakMemory
    from perftool.queries import stream_figures
    from perftool.queries.giving import check_statement
    from perftool.queries.interrupting import interruptible
    from perftool.queries.paths import Question, candidates, load
    from perftool.queries.streaming import Streamed, stream

    done = Streamed()
    memory = PeakMemory()
    facts = database.facts()
    question = Question(
        sql=statement.sql,
        form=form,
        path=request.path,
        chunk_rows=request.chunk_rows,
        timeout_s=seconds("--timeout", request.timeout),
    )
    check_statement(statement.sql)
    ways, _ = candidates(question, database.driver.capabilities)
    # Read when Arrow is imported. Its own pools keep what they once had: Parquet took twice the memory with them.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    load(form, ways[0])
    with database.connect() as connection, ProgressLine(quiet=quiet) as line, _sink(request) as sink, _terminated():
        question = replace(question, lasting=sink.lasting)
        memory.start()
        cpu = time.process_time()

        def work() -> None:
            stream(connection, database.driver, question, sink, manner, done, clock=SystemClock(), listener=line)

        try:
            interruptible(work, connection.cancel)
        except PerftoolError as error:
            raise _told(error, done, sink) from error
        cpu = time.process_time() - cpu
    return stream_figures.payload(
        done,
        facts,
        form=form.name,
        to=_shown(sink.name),
        manner=manner,
        chunk_rows=request.chunk_rows,
        cpu_s=cpu,
        peak_bytes=memory.extra_bytes(),
    )


@contextlib.contextmanager
def _sink(request: Request) -> Iterator[Sink]:
    """Open what is written to; what was not committed goes at the end."""
    from perftool.queries.sinks import PipeSink, opened

    sink: Sink
    if request.to is None or request.to == "-":
        sys.stdout.flush()
        sink = PipeSink(sys.stdout.buffer)
    else:
        sink = opened(request.to)
    try:
        yield sink
    finally:
        # Where the worker thread was left alone, nobody else does.
        sink.discard(keep=request.keep_partial)


@contextlib.contextmanager
def _terminated() -> Iterator[None]:
    """Let SIGTERM end the stream as Ctrl-C does."""

    def hear(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, hear)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _told(error: PerftoolError, done: Streamed, sink: Sink) -> PerftoolError:
    """Say how far the stream came, and what became of what was written."""
    if done.kept:
        error.message += f" (after {done.rows:,} rows, which are in {done.kept})"
    elif sink.lasting and done.rows:
        error.message += f" (after {done.rows:,} rows)"
    elif done.rows:
        error.message += f" (after {done.rows:,} rows; {sink.name} was not written)"
    return error


def _shown(name: str) -> str:
    """Return a file's name as reports may hold it: no folder outside the current one."""
    return os.path.basename(name) if os.path.isabs(name) else name


def _show(
    made: StreamPayload, statement: Statement, configured: Settings, output: OutputOptions, *, to_stdout: bool
) -> int:
    from perftool.queries import stream_figures
    from perftool.store import reports

    report = reports.build(
        made,
        stream_figures.verdict(made),
        session.environment(configured),
        created=SystemClock().now(),
        measurements=stream_figures.measurements(made, statement.place),
    )
    unsaved, steps = None, []
    try:
        saved = reports.save_run(
            report, configured.report_folder, "query-stream", keep=configured.report.keep, latest=False
        )
        steps.append(f"report  {os.path.relpath(saved)}")
    except OutputError as error:
        unsaved = error
    output = replace(output, next_steps=steps)
    if to_stdout:
        # Standard output holds the rows; the report goes where progress went.
        with contextlib.redirect_stdout(sys.stderr):
            code = emit(report, output)
    else:
        code = emit(report, output)
    if unsaved is not None:
        raise unsaved
    return code

"""Carry out ``perftool batch``: inputs and results opened, the run, its report."""

from __future__ import annotations

import contextlib
import signal
import sys
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import msgspec

from perftool import discovery
from perftool.batch import reading
from perftool.batch.api import ENGINES, OPERATIONS, ReadOptions, Settings
from perftool.batch.lines import Csv, Ndjson, Sink
from perftool.batch.resuming import Resumed, read
from perftool.batch.runner import Plan, Run
from perftool.batch.totals import Totals
from perftool.cli import session
from perftool.cli.batch_input import standard_input
from perftool.cli.output import OutputOptions, check, emit
from perftool.cli.progress import ProgressLine
from perftool.clock import SystemClock
from perftool.errors import EXIT_INTERRUPTED, OutputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import FrameType

    from perftool.batch.api import Operation
    from perftool.batch.lines import Form
    from perftool.batch.reading import Place
    from perftool.config.schema import Settings as Configured
    from perftool.model.report import Report
    from perftool.workers.api import Executor

SMALL: Final = 256 << 10
"""Bytes of input below which starting processes costs more than they save."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What the command line asked for beside settings."""

    paths: tuple[str, ...]
    operation: str = "validate"
    to: str = ""
    tokens: bool = False
    engine: str = "sqlglot"
    input_format: str = ""
    results: str | None = None
    resume: bool = False


def run(request: Request, flags: Mapping[str, Any], output: OutputOptions) -> int:
    """Work the batch and show its report; return the exit code."""
    _check(request, output)
    configured = session.settings(flags)
    wanted = configured.batch
    settings = _settings(request, wanted.dialect)
    options = ReadOptions(
        dialect=settings.dialect,
        max_statement=wanted.max_statement,
        field=wanted.field,
        column=wanted.column,
        id=wanted.id,
    )
    plan = Plan(
        salt=blake2b(msgspec.msgpack.encode(settings), digest_size=16).digest(),
        ordered=wanted.order == "input",
        dedupe=wanted.dedupe,
        remember=wanted.remember,
        retry=wanted.retry,
        most_errors=wanted.max_errors if wanted.max_errors >= 0 else None,
    )
    with ProgressLine(quiet=output.quiet) as line, contextlib.ExitStack() as opened:
        places = _places(request, configured, opened)
        form = _form(request, wanted.results_format, _operation(settings.operation))
        sink, resumed = _results(request, form, places, opened)
        totals = Totals(SystemClock().monotonic(), resumed.statuses, options.tap)
        executor = opened.enter_context(_executor(settings, configured, places))
        for note in executor.notes if _is_set(configured, "batch.timeout") or wanted.retry else ():
            line.note(note)
        batch = Run(executor, sink, totals, line, plan, resumed)
        with contextlib.suppress(KeyboardInterrupt), _interruptible(batch, totals):
            batch.run(reading.records(places, options, request.input_format))
        report = _report(settings, configured, totals, executor, plan)
    code = _shown(report, request, replace(output, strict=wanted.strict))
    return EXIT_INTERRUPTED if totals.interrupted else code


def _check(request: Request, output: OutputOptions) -> None:
    check(output, "batch")
    if not request.paths:
        raise UsageError("nothing to read", hint="name files or folders, or - for standard input")
    if request.paths.count("-") > 1:
        raise UsageError("standard input is named twice, and can be read once", hint="name - once")
    if "" in request.paths:
        raise UsageError("a path is empty", hint=". is the current folder; is a variable of the shell not set?")
    if request.tokens and request.operation != "tokenize":
        raise UsageError("--tokens is for tokenize", hint="--op tokenize --tokens")
    if request.results is None and request.resume:
        raise UsageError("--resume needs a results file", hint="--results FILE")
    if request.results is None and output.formats:
        raise UsageError("--format would mix the report with the results", hint="--results FILE, or -o REPORT")
    if request.input_format:
        reading.load(request.input_format)


def _settings(request: Request, dialect: str) -> Settings:
    """Return what workers are told; raises: UsageError for what does not exist or does not fit."""
    from perftool.sql.dialects import canonical

    operation = _operation(request.operation)
    discovery.load(ENGINES, request.engine, "ENGINE", what="engine")
    if request.engine not in operation.engines:
        fitting = ", ".join(n for n in discovery.names(OPERATIONS) if request.engine in _operation(n).engines)
        raise UsageError(
            f"{request.operation} needs sqlglot's trees", hint=f"--engine {request.engine} is for {fitting}"
        )
    if (request.operation == "transpile") != bool(request.to):
        raise UsageError("transpile needs --to, and nothing else takes it", hint="--op transpile --to duckdb")
    return Settings(
        operation=operation.name,
        dialect=canonical(dialect),
        to=canonical(request.to),
        engine=request.engine,
        tokens=request.tokens,
    )


def _operation(name: str) -> Operation:
    return cast("Operation", discovery.load(OPERATIONS, name, "OPERATION", what="operation"))


def _places(request: Request, configured: Configured, opened: contextlib.ExitStack) -> list[Place]:
    found: list[Place] = []
    for path in request.paths:
        if path == "-":
            place = opened.enter_context(standard_input(request.input_format or "sql"))
            found.append(reading.Place(place, "-"))
        else:
            found += reading.places([Path(path)], configured.root)
    return found


def _results(
    request: Request, form: Form, places: Sequence[Place], opened: contextlib.ExitStack
) -> tuple[Sink, Resumed]:
    """Return where results go, and what an earlier run has written there."""
    name = request.results or "standard output"
    if request.results is None:
        return Sink(sys.stdout.buffer, form, name=name), Resumed()
    path = Path(request.results)
    if any(path.exists() and place.path.exists() and path.samefile(place.path) for place in places):
        raise UsageError(f"{name} is read and written", hint="name another file for --results")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not request.resume or not path.exists():
            return Sink(opened.enter_context(path.open("wb")), form, name=name), Resumed()
        file = opened.enter_context(path.open("r+b"))
        resumed = read(file, form, name)
        opened.callback(resumed.close)
        file.truncate(resumed.end)
        file.seek(resumed.end)
    except OSError as error:
        raise OutputError(f"cannot write {name}: {(error.strerror or str(error)).lower()}") from error
    return Sink(file, form, name=name, fresh=not resumed.end), resumed


def _form(request: Request, named: str, operation: Operation) -> Form:
    is_csv = named == "csv" or (named == "auto" and (request.results or "").lower().endswith(".csv"))
    return Csv(operation.columns) if is_csv else Ndjson()


@contextlib.contextmanager
def _executor(settings: Settings, configured: Configured, places: Sequence[Place]) -> Iterator[Executor]:
    """Give workers in processes of their own, or none where there is little to do."""
    from perftool.cli.crew import crew
    from perftool.sql.warm import settled_gc
    from perftool.workers.api import Job

    job = Job("perftool.batch.worker:make", msgspec.to_builtins(settings))
    asked = configured.workers.jobs or configured.workers.max_memory or _is_set(configured, "batch.timeout")
    if not asked and sum(_size(place) for place in places) < SMALL:
        from perftool.workers.inline import InlineExecutor

        with settled_gc(), InlineExecutor(job) as inline:
            yield inline
        return
    with settled_gc(), crew(job, configured, timeout_s=configured.batch.timeout) as made:
        yield made


def _is_set(configured: Configured, name: str) -> bool:
    return configured.origin(name) != "default"


def _size(place: Place) -> int:
    """Return the bytes of a file; a pipe may give any number."""
    try:
        return place.path.stat().st_size if place.path.is_file() else SMALL
    except OSError:
        return 0


@contextlib.contextmanager
def _interruptible(batch: Run, totals: Totals) -> Iterator[None]:
    """End the batch in order with the first Ctrl-C or SIGTERM; the second ends it at once."""

    def hear(_number: int, _frame: FrameType | None) -> None:
        if totals.interrupted:
            raise KeyboardInterrupt
        batch.interrupt()

    before = {number: signal.signal(number, hear) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _report(settings: Settings, configured: Configured, totals: Totals, executor: Executor, plan: Plan) -> Report:
    from perftool.store import reports
    from perftool.workers.metrics import measurements

    metrics = executor.metrics()
    payload = totals.payload(
        settings,
        dedupe=plan.dedupe,
        workers=metrics.workers,
        second_opinions=int(metrics.counters.get("second_opinions", 0)),
    )
    return reports.build(
        payload,
        totals.verdict(most_errors=plan.most_errors, strict=configured.batch.strict),
        session.environment(configured),
        created=SystemClock().now(),
        measurements=[
            *totals.measurements(settings),
            *totals.stages.measurements(totals.distinct, metrics),
            *measurements(metrics, "batch"),
        ],
    )


def _shown(report: Report, request: Request, output: OutputOptions) -> int:
    if request.results is not None:
        return emit(report, output)
    # Standard output holds the results; the report goes where progress went.
    with contextlib.redirect_stdout(sys.stderr):
        return emit(report, output)

"""Carry out ``perftool query batch``."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Literal, cast

from perftool.cli import session
from perftool.cli.database_opening import DatabaseRequest, opened, pool_settings, seconds
from perftool.cli.database_signals import terminable
from perftool.cli.output import OutputOptions, check, emit
from perftool.cli.streams import silence
from perftool.clock import SystemClock
from perftool.errors import EXIT_INTERRUPTED, EXIT_OK, OutputError, PerftoolError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from perftool.config.schema import Settings
    from perftool.databases import Database
    from perftool.model.report import Report
    from perftool.queries.batch import Batch, Plan
    from perftool.queries.batch_requests import Form, Query, Reading
    from perftool.queries.batch_sources import Sources

#: A name before an equals sign, which a URL may hold too, but never before its colon or slash.
_NAMED: Final = re.compile(r"(?P<name>[A-Za-z0-9_.-]+)=(?P<url>.+)", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Request:
    """What the command line asked for."""

    files: tuple[str, ...]
    sources: tuple[str, ...] = ()
    input_format: str = ""
    to: str | None = None
    rows: bool = False
    order: str = "finished"
    jobs: int = 4
    rate: str | None = None
    timeout: str | None = None
    profile: str | None = None
    stop_on_error: bool = False
    pool_size: int | None = None
    pool_timeout: str | None = None
    database: DatabaseRequest = field(default_factory=lambda: DatabaseRequest(url=""))


def run(request: Request, output: OutputOptions) -> int:
    """Run the batch, show its report and return the exit code."""
    from perftool.cli.progress import ProgressLine
    from perftool.queries.batch import Batch
    from perftool.queries.batch_lines import Sink
    from perftool.queries.batch_requests import Reading
    from perftool.queries.batch_totals import Totals

    _check(request, output)
    plan = _plan(request)
    configured = session.settings(profile=request.profile)
    began = SystemClock().now()
    with contextlib.ExitStack() as scope:
        sources = _sources(request, configured)
        scope.callback(sources.close)
        queries = _queries(request, Reading(sources.dialect), configured)
        sink = Sink(_results(request, scope), name=request.to or "standard output", ordered=request.order == "input")
        line = scope.enter_context(ProgressLine(quiet=output.quiet))
        totals = Totals(SystemClock().monotonic())
        batch = Batch(queries, sources, plan, sink, totals, clock=SystemClock(), listener=line)
        failure = _worked(batch)
        if isinstance(failure, BrokenPipeError):
            silence(sys.stdout)
            return EXIT_OK
        report = _report(batch, request, configured, began)
    code = _show(report, request, configured, output)
    if failure is not None:
        raise failure
    return EXIT_INTERRUPTED if totals.interrupted else code


def _worked(batch: Batch) -> Exception | None:
    """Run the batch; return what kept it from its end, if there is still something to report."""
    with terminable():
        try:
            batch.run()
        except KeyboardInterrupt:
            return None
        except (PerftoolError, BrokenPipeError) as error:
            if not batch.totals.done:
                raise
            return error
    return batch.unreachable()


def _check(request: Request, output: OutputOptions) -> None:
    check(output, "query-batch")
    if not request.files:
        raise UsageError("nothing to read", hint="perftool query batch queries.ndjson --source shop.db")
    if request.files.count("-") > 1:
        raise UsageError("standard input is named twice, and can be read once", hint="name - once")
    if request.order not in ("finished", "input"):
        raise UsageError(f"--order {request.order}: neither finished nor input")
    if request.rows and request.to is None:
        raise UsageError("--rows belong into results", hint="--to results.ndjson, or --to - for standard output")
    if request.to == "-" and output.formats:
        raise UsageError("--format would mix the report with the results", hint="--to FILE, or -o REPORT")
    for name in request.files:
        if request.to not in (None, "-") and name != "-" and _same(name, request.to):
            raise UsageError(f"{name} is read and written", hint="name another file for --to")


def _same(one: str, other: str) -> bool:
    return os.path.exists(one) and os.path.exists(other) and os.path.samefile(one, other)


def _plan(request: Request) -> Plan:
    from perftool.queries.batch import Plan

    return Plan(
        jobs=request.jobs,
        rate=_rate(request.rate),
        timeout_s=seconds("--timeout", request.timeout),
        rows=request.rows,
        stop_on_error=request.stop_on_error,
    )


def _rate(text: str | None) -> float:
    """Read queries per second: 50, 0.5, 50/s, 30/min."""
    if text is None:
        return 0.0
    found = re.fullmatch(r"\s*([0-9]*\.?[0-9]+)\s*(?:/\s*(s|min|h))?\s*", text)
    rate = float(found[1]) / {"min": 60, "h": 3600}.get(found[2], 1) if found else 0.0
    if rate <= 0:
        raise UsageError(f"--rate {text!r} is no rate", hint="--rate 50 is 50 queries a second; 30/min")
    return rate


def _sources(request: Request, configured: Settings) -> Sources:
    from perftool.queries.batch_sources import Sources

    pool = pool_settings(configured, at_least=request.jobs, size=request.pool_size, timeout=request.pool_timeout)

    def open_url(url: str) -> Database:
        return opened(replace(request.database, url=url), configured, pool)

    named: dict[str, str] = {}
    for given in request.sources:
        found = _NAMED.fullmatch(given)
        name, url = (found["name"], found["url"]) if found else (given, given)
        if name in named:
            raise UsageError(f"two sources are called {name!r}" if found else "a source is given twice")
        named[name] = url
    for one in configured.databases:
        named.setdefault(one.name, f"@{one.name}")
    return Sources(open_url, named)


def _queries(request: Request, reading: Reading, configured: Settings) -> Iterator[Query]:
    """Return all queries; files that are not there are told before anything runs."""
    from perftool.queries.batch_requests import form_of
    from perftool.sql.files import shown

    asked = request.input_format
    if asked not in ("", "json", "ndjson", "sql"):
        raise UsageError(f"--input-format {asked}: neither json, ndjson nor sql")
    inputs: list[tuple[Path | None, str, Form]] = []
    for name in request.files:
        if name == "-":
            inputs.append((None, "stdin", cast("Form", asked or "ndjson")))
            continue
        path = Path(name)
        if not path.exists():
            raise UsageError(f"no such file: {name}")
        inputs.append((path, shown(path, configured.root), cast("Form", asked) if asked else form_of(name)))

    def walk() -> Iterator[Query]:
        for path, name, form in inputs:
            if path is None:
                yield from reading.stream(_standard_input(), name, form)
            else:
                yield from reading.file(path, name, form)

    return walk()


def _standard_input() -> BinaryIO:
    """Return standard input with a buffer of its own: a thread may still wait for it when Python ends."""
    try:
        return open(sys.stdin.fileno(), "rb", closefd=False)
    except OSError:
        # A stand-in without a descriptor.
        return sys.stdin.buffer


def _results(request: Request, scope: contextlib.ExitStack) -> BinaryIO | None:
    if request.to is None:
        return None
    if request.to == "-":
        # Without a buffer, whose lock a thread that waits for the reader would hold when Python ends.
        return cast("BinaryIO", getattr(sys.stdout.buffer, "raw", sys.stdout.buffer))
    path = Path(request.to)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return scope.enter_context(path.open("wb"))
    except OSError as error:
        raise OutputError(f"cannot write {path}: {(error.strerror or str(error)).lower()}") from error


def _report(batch: Batch, request: Request, configured: Settings, began: datetime) -> Report:
    from perftool.sql.files import shown
    from perftool.store import reports

    to = "" if request.to is None else "standard output" if request.to == "-" else request.to
    payload = batch.totals.payload(
        batch.sources.facts(),
        batch.sources.figures(),
        retries=batch.retrier.figures(),
        concurrency=batch.plan.jobs,
        rate=batch.plan.rate,
        to=shown(Path(to), configured.root) if request.to not in (None, "-") else to,
        order=cast("Literal['finished', 'input']", request.order),
    )
    return reports.build(
        payload,
        batch.totals.verdict(),
        session.environment(configured),
        created=began,
        measurements=batch.totals.measurements(),
    )


def _show(report: Report, request: Request, configured: Settings, output: OutputOptions) -> int:
    from perftool.store import reports

    unsaved, steps = None, []
    try:
        saved = reports.save_run(
            report, configured.report_folder, "query-batch", keep=configured.report.keep, latest=False
        )
        steps.append(f"report   {os.path.relpath(saved)}")
    except OutputError as error:
        unsaved = error
    if request.to not in (None, "-"):
        steps.append(f"results  {request.to}")
    told = replace(output, next_steps=steps)
    if request.to == "-":
        # Standard output holds the results; the report goes where progress went.
        with contextlib.redirect_stdout(sys.stderr):
            code = emit(report, told)
    else:
        code = emit(report, told)
    if unsaved is not None:
        raise unsaved
    return code

"""Carry out ``perftool query run``."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from perftool.cli import session
from perftool.cli.database_opening import DatabaseRequest, opened, seconds
from perftool.cli.database_signals import terminable
from perftool.cli.output import OutputOptions, check, emit
from perftool.clock import SystemClock
from perftool.errors import EXIT_INTERRUPTED, OutputError, PerftoolError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from perftool.config.schema import Settings
    from perftool.databases import Database
    from perftool.model.query import QueryPayload
    from perftool.model.report import Report
    from perftool.queries.requests import Statement
    from perftool.queries.run import Asked, Explain, Run


@dataclass(frozen=True, kw_only=True)
class Request:
    """What the command line asked for."""

    database: DatabaseRequest
    given: tuple[str, ...]
    limit: int = 20
    repeat: int = 1
    explain: str | None = None
    counters: bool = False
    parameters: tuple[str, ...] = ()
    timeout: str | None = None
    profile: str | None = None
    transaction: bool = False


def run(request: Request, output: OutputOptions) -> int:
    """Run the statements, show what came of them, keep the report without its rows; return the exit code."""
    from perftool.cli.progress import ProgressLine
    from perftool.model.database import PoolSettings
    from perftool.queries import requests
    from perftool.queries.interrupting import interruptible
    from perftool.queries.run import Run
    from perftool.queries.run import check as check_asked

    check(output, "query")
    if not request.given:
        raise UsageError("nothing to run", hint="perftool query run DATABASE 'SELECT 1', or a file, or - for stdin")
    asked = _asked(request)
    configured = session.settings(profile=request.profile)
    began = SystemClock().now()
    with opened(request.database, configured, PoolSettings(maximum=1)) as database, ProgressLine(quiet=True) as line:
        dialect = database.driver.capabilities.dialect
        statements = requests.statements(request.given, dialect, root=configured.root, stdin=sys.stdin.buffer)
        check_asked(asked, statements)
        work = Run(database, statements, asked, SystemClock(), line)
        interrupted, lost = False, None
        try:
            with terminable():
                interruptible(work.run, work.cancel)
        except KeyboardInterrupt:
            interrupted = True
        except PerftoolError as error:
            if not any(one.status == "ok" for one in work.executed):
                raise
            lost = error
        report = _report(work, database, asked, configured, began, interrupted=interrupted)
    code = _show(report, statements, configured, output)
    if lost is not None:
        raise lost
    return EXIT_INTERRUPTED if interrupted else code


def _asked(request: Request) -> Asked:
    from perftool.queries.run import Asked

    explain = request.explain or ""
    if explain not in ("", "plan", "analyze"):
        raise UsageError(f"--explain={explain}: neither plan nor analyze", hint="--explain=analyze runs the statement")
    if explain and request.repeat > 1:
        raise UsageError("--explain tells of one run: --repeat has nothing to repeat")
    return Asked(
        limit=request.limit,
        repeats=request.repeat,
        explain=cast("Explain", explain),
        counters=request.counters,
        parameters=tuple(_value(text) for text in request.parameters),
        timeout_s=seconds("--timeout", request.timeout),
        transaction=request.transaction,
        go_on=not request.database.write and not request.transaction,
    )


def _value(text: str) -> Any:
    """Read a parameter: a JSON number, true, false or null, a quoted text; anything else is the text itself."""
    import msgspec

    try:
        found = msgspec.json.decode(text.encode("utf-8", "surrogateescape"))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return text
    return text if isinstance(found, list | dict) else found


def _report(
    work: Run, database: Database, asked: Asked, configured: Settings, began: datetime, *, interrupted: bool
) -> Report:
    from perftool.model.query import QueryPayload
    from perftool.queries import run_figures
    from perftool.store import reports

    dialect = database.driver.capabilities.dialect
    payload = QueryPayload(
        database=work.facts,
        results=tuple(one.result(dialect) for one in work.executed),
        write=database.access.write,
        row_limit=asked.limit,
        pool=database.figures(),
    )
    return reports.build(
        payload,
        run_figures.verdict(work, database.label, interrupted=interrupted),
        session.environment(configured),
        created=began,
        measurements=run_figures.measurements(work),
        diagnostics=work.diagnostics,
    )


def _show(report: Report, statements: Sequence[Statement], configured: Settings, output: OutputOptions) -> int:
    from perftool.queries.pointing import quote
    from perftool.store import reports

    unsaved, steps = None, []
    try:
        saved = reports.save_run(
            _without_rows(report), configured.report_folder, "query", keep=configured.report.keep, latest=False
        )
        steps.append(f"report  {os.path.relpath(saved)}")
    except OutputError as error:
        unsaved = error

    def line(path: str, start: int, _end: int) -> str | None:
        return quote(statements, path, start)

    code = emit(report, replace(output, next_steps=steps, source=line))
    if unsaved is not None:
        raise unsaved
    return code


def _without_rows(report: Report) -> Report:
    """Return the report as it is kept: what was in the database is shown, and stays there."""
    from msgspec.structs import replace as with_changes

    payload = cast("QueryPayload", report.payload)
    results = tuple(with_changes(one, shown=()) for one in payload.results)
    return with_changes(report, payload=with_changes(payload, results=results))

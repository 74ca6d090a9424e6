"""Carry out ``perftool profile sql``."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from perftool.cli import profile_capturing, session
from perftool.cli.output import OutputOptions, check, emit
from perftool.errors import EXIT_OK, InputError, OutputError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from perftool.cli.profile_capturing import Run
    from perftool.config.schema import Settings
    from perftool.model.environment import Activity
    from perftool.model.report import Report
    from perftool.profiling.statements import Ran
    from perftool.profiling.targets import Target


@dataclass(frozen=True, kw_only=True)
class Request:
    """What the command line asked for; ``ignored`` are codes or names of findings."""

    target: tuple[str, ...]
    top: int
    order: str
    ignored: tuple[str, ...]


def run(request: Request, children: bool | None, output: OutputOptions) -> int:
    """Run the target, say which SQL it ran, and return the exit code; the target's own code is perftool's."""
    from perftool.machine import activity
    from perftool.profiling import statements
    from perftool.profiling.api import Options
    from perftool.profiling.targets import Surroundings, resolve

    check(output, "statements")
    _check(request)
    settings = session.settings({} if children is None else {"profiling.children": children})
    target = resolve(request.target, Surroundings(sys.executable, os.environ.get("PATH", os.defpath)))
    watch = activity.Watch()
    watch.start()
    with profile_capturing.run_under(target, [statements.ENGINE], Options(children=settings.profiling.children)) as (
        done,
        folder,
    ):
        ran = _collected(folder, settings)
        report = _report(request, target, ran, done, settings, watch.stop())
        _show(report, target, settings, output)
    return EXIT_OK


def _check(request: Request) -> None:
    """Make sure that only findings that there are can be ignored.

    raises: UsageError.
    """
    from perftool.profiling.statement_findings import NAMES

    known = {*NAMES, *NAMES.values()}
    for one in request.ignored:
        if one not in known:
            listed = ", ".join(f"{code} {name}" for code, name in NAMES.items())
            raise UsageError(f"--ignore {one}: no such finding", hint=f"known: {listed}")


def _collected(folder: Path, settings: Settings) -> Ran:
    """Return what the target's processes left.

    raises: InputError when they left nothing, or had no room for it.
    """
    from perftool.profiling import launching, statements

    try:
        return statements.collect(folder, str(settings.root))
    except InputError as error:
        if not launching.is_full(folder):
            raise
        message = f"nothing was recorded: no room for temporary files in {folder.parent}"
        raise InputError(message, hint="TMPDIR=FOLDER perftool profile …") from error


def _report(request: Request, target: Target, ran: Ran, done: Run, settings: Settings, seen: Activity) -> Report:
    from perftool.clock import SystemClock
    from perftool.profiling import statement_findings, statements_report
    from perftool.store import reports

    found = statement_findings.findings(ran, str(settings.root), frozenset(request.ignored))
    payload = statements_report.payload(
        ran,
        target.label,
        seconds=done.seconds,
        exit_code=done.ended.status if done.ended is not None else None,
        order=request.order,
        shown=request.top,
    )
    return reports.build(
        payload,
        statements_report.verdict(payload, found),
        session.target_environment(settings, target.python, seen),
        created=SystemClock().now(),
        measurements=statements_report.measurements(payload),
        diagnostics=found,
        warnings=[*done.doubts, *statements_report.doubts(ran)],
    )


def _show(report: Report, target: Target, settings: Settings, output: OutputOptions) -> None:
    """Save the report and show it: where standard output is the target's, only to a person.

    raises: OutputError once it was shown, when it could not be saved.
    """
    from perftool.store import reports

    steps, unsaved = [], None
    try:
        stem = f"profile-sql-{target.stem}"
        saved = reports.save_run(report, settings.report_folder, stem, keep=settings.report.keep, latest=False)
        name = os.path.relpath(saved)
        steps = [f"report   {name}", f"next     perftool compare {name} AFTER.json: fails when more statements are run"]
    except OutputError as error:
        unsaved = error
    elsewhere = contextlib.nullcontext() if sys.stdout.isatty() else contextlib.redirect_stdout(sys.stderr)
    with elsewhere:
        emit(report, replace(output, next_steps=steps, judge=False))
    if unsaved is not None:
        raise unsaved

"""Carry out ``perftool tune settings``."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from perftool.cli import session
from perftool.cli.output import OutputOptions, check, emit
from perftool.clock import SystemClock
from perftool.errors import EXIT_INTERRUPTED, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from perftool.bench.databases.statements import Query
    from perftool.config.schema import Settings
    from perftool.databases import Database
    from perftool.model.environment import Activity
    from perftool.tune.settings import Plan, Tried


@dataclass(frozen=True, kw_only=True)
class Request:
    """What the command line asked for; ``write`` is the name of the profile, None for none."""

    url: str
    workload: Path
    settings: tuple[str, ...]
    rounds: int
    min_effect: str
    durability: bool
    stored: bool
    commit: bool
    more: tuple[str, ...]
    timeout: str | None
    seed: int
    write: str | None
    replace: bool
    profile: str | None = None


def run(request: Request, output: OutputOptions) -> int:
    """Try, judge, write the profile of what won, show the report and return the exit code."""
    from perftool.bench.databases import statements
    from perftool.cli.database_opening import DatabaseRequest, opened
    from perftool.tune import settings_profile as writing_profile
    from perftool.tune import writing

    check(output, "tune")
    settings = session.settings(profile=request.profile)
    if not request.workload.exists():
        raise UsageError(f"--workload {request.workload}: no such file or folder")
    queries = statements.queries(request.workload)
    path = None
    if request.write is not None:
        path = writing.place(request.write, settings.root)
        writing.check(path, replace=request.replace)
    how = _plan(request)
    began = SystemClock().now()
    with opened(DatabaseRequest(url=request.url, settings=request.settings), settings) as database:
        in_use = dict(database.access.settings)
        tried, seen = _tried(database, queries, request, how, quiet=output.quiet)
    written = ""
    if path is not None and tried.complete and tried.chosen:
        writing_profile.write(path, tried, in_use=in_use, facts=_facts(tried, began, len(queries)))
        written = f"profiles/{path.name}"
    code = _show(tried, written, settings, seen, output, began)
    return code if tried.complete else EXIT_INTERRUPTED


def _plan(request: Request) -> Plan:
    from perftool.bench.databases.settings_grid import own
    from perftool.cli.database_opening import seconds
    from perftool.cli.option_values import read
    from perftool.config.kinds import Fraction
    from perftool.machine.processor import usable_cores
    from perftool.tune.settings import Plan

    return Plan(
        rounds=request.rounds,
        minimum_effect=read("--min-effect", request.min_effect, Fraction()),
        durability=request.durability,
        stored=request.stored,
        commit=request.commit,
        more=tuple(own(text) for text in request.more),
        cores=usable_cores(),
        timeout_s=seconds("--timeout", request.timeout),
    )


def _tried(
    database: Database, queries: Sequence[Query], request: Request, how: Plan, *, quiet: bool
) -> tuple[Tried, Activity]:
    import random
    import tempfile
    from pathlib import Path

    from perftool.cli.progress import ProgressLine
    from perftool.machine import activity
    from perftool.tune.settings import tune

    watch = activity.Watch()
    watch.start()
    with (
        tempfile.TemporaryDirectory(prefix="perftool-", ignore_cleanup_errors=True) as folder,
        ProgressLine(quiet=quiet) as line,
    ):
        tried = tune(
            database,
            queries,
            request.workload.name,
            how,
            Path(folder),
            random=random.Random(request.seed),  # noqa: S311 - an order, not a secret
            clock=SystemClock(),
            listener=line,
        )
    return tried, watch.stop()


def _facts(tried: Tried, began: datetime, queries: int) -> list[str]:
    rounds = max(len(one.values) for one in tried.measurements)
    (facts,) = tried.payload.databases
    durability = ", ".join(f"{name}={value}" for name, value in facts.durability.items())
    counted = f"{queries} statement{'s' if queries != 1 else ''}, {rounds} rounds"
    return [
        f"Measured by perftool tune settings on {began.date().isoformat()}: {counted},",
        f"{facts.system} {facts.version} ({durability}).",
    ]


def _show(
    tried: Tried,
    written: str,
    settings: Settings,
    seen: Activity,
    output: OutputOptions,
    began: datetime,
) -> int:
    from msgspec.structs import replace as with_changes

    from perftool.errors import OutputError
    from perftool.machine import activity, environment
    from perftool.store import reports

    captured = environment.capture(label=settings.label or None, project=settings.root)
    report = reports.build(
        with_changes(tried.payload, written=written),
        tried.verdict,
        with_changes(captured, activity=seen),
        created=began,
        measurements=tried.measurements,
        warnings=[*activity.doubts(seen, captured.cpu.cores_usable), *tried.warnings],
    )
    unsaved = None
    steps = []
    try:
        stem = f"tune-settings-{tried.driver}"
        saved = reports.save_run(report, settings.report_folder, stem, keep=settings.report.keep, latest=False)
        steps.append(f"report   {os.path.relpath(saved)}")
    except OutputError as error:
        unsaved = error
    if written:
        name = os.path.basename(written).removesuffix(".toml")
        steps.append(f"profile  {written}")
        steps.append(f"next     perftool query run DATABASE … --profile {name}")
    elif tried.chosen:
        steps.append("next     the same with --write NAME keeps it as a profile")
    code = emit(report, replace(output, next_steps=steps))
    if unsaved is not None:
        raise unsaved
    return code

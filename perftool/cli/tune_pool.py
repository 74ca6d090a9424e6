"""Carry out ``perftool tune pool``."""

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
    from perftool.databases.api import Driver
    from perftool.model.environment import Activity
    from perftool.tune.pool import Plan, Tried


@dataclass(frozen=True, kw_only=True)
class Request:
    """What the command line asked for; ``write`` is the name of the profile, None for none."""

    url: str
    workload: Path
    sizes: str
    threads: int | None
    rate: float | None
    duration: str
    rounds: int
    min_effect: str
    commit: bool
    settings: tuple[str, ...]
    timeout: str | None
    seed: int
    write: str | None
    replace: bool


def run(request: Request, output: OutputOptions) -> int:
    """Drive, judge, write the profile, show the report and return the exit code."""
    from perftool.bench.databases import statements
    from perftool.cli.database_opening import DatabaseRequest, opened
    from perftool.tune import pool_profile, writing

    check(output, "tune")
    settings = session.settings()
    if not request.workload.exists():
        raise UsageError(f"--workload {request.workload}: no such file or folder")
    queries = statements.queries(request.workload)
    how = _plan(request)
    path = None
    if request.write is not None:
        path = writing.place(request.write, settings.root)
        writing.check(path, replace=request.replace)
    began = SystemClock().now()
    with opened(
        DatabaseRequest(url=request.url, write=request.commit, settings=request.settings), settings
    ) as database:
        driver = database.driver
        tried, seen = _tried(database, queries, request, how, quiet=output.quiet)
    written = ""
    if path is not None and tried.complete:
        pool_profile.write(path, tried.payload, facts=_facts(tried, began, how))
        written = f"profiles/{path.name}"
    code = _show(tried, written, settings, seen, output, began, driver)
    return code if tried.complete else EXIT_INTERRUPTED


def _plan(request: Request) -> Plan:
    from perftool.cli.database_opening import seconds
    from perftool.cli.option_values import read
    from perftool.config.kinds import Fraction
    from perftool.machine.processor import usable_cores
    from perftool.tune.pool import Plan

    sizes = _sizes(request.sizes)
    return Plan(
        sizes=sizes,
        threads=request.threads or max(sizes),
        rounds=request.rounds,
        duration_s=seconds("--duration", request.duration) or 1.0,
        arrival_rate=request.rate,
        minimum_effect=read("--min-effect", request.min_effect, Fraction()),
        cores=usable_cores(),
        commit=request.commit,
        timeout_s=seconds("--timeout", request.timeout),
    )


def _sizes(text: str) -> tuple[int, ...]:
    try:
        sizes = sorted({int(part) for part in text.split(",")})
    except ValueError as error:
        raise UsageError(f"--sizes {text!r}: not a list of numbers", hint="--sizes 1,2,4,8,16") from error
    if sizes[0] < 1 or sizes[-1] > _MOST:
        raise UsageError(f"--sizes {text!r}: sizes are from 1 to {_MOST:,}")
    return tuple(sizes)


_MOST = 1000


def _tried(
    database: Database, queries: Sequence[Query], request: Request, how: Plan, *, quiet: bool
) -> tuple[Tried, Activity]:
    import random

    from perftool.cli.progress import ProgressLine
    from perftool.machine import activity
    from perftool.tune.pool import tune

    watch = activity.Watch()
    watch.start()
    with ProgressLine(quiet=quiet) as line:
        tried = tune(
            database,
            queries,
            request.workload.name,
            how,
            random=random.Random(request.seed),  # noqa: S311 - an order, not a secret
            clock=SystemClock(),
            listener=line,
        )
    return tried, watch.stop()


def _facts(tried: Tried, began: datetime, how: Plan) -> list[str]:
    (facts,) = tried.payload.databases
    return [
        f"Measured by perftool tune pool on {began.date().isoformat()}: {how.threads} threads, {how.rounds} rounds of "
        f"{how.duration_s:g} s, {facts.system} {facts.version}.",
    ]


def _show(
    tried: Tried,
    written: str,
    settings: Settings,
    seen: Activity,
    output: OutputOptions,
    began: datetime,
    driver: Driver,
) -> int:
    from msgspec.structs import replace as with_changes

    from perftool.errors import OutputError
    from perftool.machine import activity, environment
    from perftool.store import reports

    captured = environment.capture(label=settings.label or None, project=settings.root)
    # A server on this machine is part of what is measured, not somebody else's load.
    others = [] if driver.capabilities.server else activity.doubts(seen, captured.cpu.cores_usable)
    report = reports.build(
        with_changes(tried.payload, written=written),
        tried.verdict,
        with_changes(captured, activity=seen),
        created=began,
        measurements=tried.measurements,
        warnings=[*others, *tried.warnings],
    )
    unsaved = None
    steps = []
    try:
        stem = f"tune-pool-{driver.name}"
        saved = reports.save_run(report, settings.report_folder, stem, keep=settings.report.keep, latest=False)
        steps.append(f"report   {os.path.relpath(saved)}")
    except OutputError as error:
        unsaved = error
    if written:
        name = os.path.basename(written).removesuffix(".toml")
        steps.append(f"profile  {written}")
        steps.append(f"next     perftool query batch --profile {name} …")
    else:
        steps.append("next     the same with --write NAME keeps it as a profile")
    code = emit(report, replace(output, next_steps=steps))
    if unsaved is not None:
        raise unsaved
    return code

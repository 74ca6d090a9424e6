"""Carry out ``perftool tune gc``."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from perftool.cli import session
from perftool.cli.output import OutputOptions, check, emit
from perftool.clock import SystemClock
from perftool.errors import EXIT_INTERRUPTED, UsageError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from perftool.config.schema import Settings
    from perftool.model.environment import Activity
    from perftool.profiling.targets import Target
    from perftool.tune.collector import Plan, Tried


@dataclass(frozen=True, kw_only=True)
class Request:
    """What the command line asked for; ``write`` is the name of the profile, "" for the usual one, None for none."""

    target: tuple[str, ...]
    rounds: int
    min_effect: str
    max_memory: str
    timeout: str | None
    ignore_failure: bool
    seed: int
    write: str | None
    replace: bool


def run(request: Request, output: OutputOptions) -> int:
    """Try, judge, write the profile of what won, show the report and return the exit code."""
    from perftool.profiling.targets import Surroundings, resolve
    from perftool.tune import writing

    check(output, "tune")
    if not request.target:
        raise UsageError("nothing to run", hint="perftool tune gc script.py")
    settings = session.settings()
    how = _plan(request)
    target = resolve(request.target, Surroundings(sys.executable, os.environ.get("PATH", os.defpath)))
    path = None
    if request.write is not None:
        path = writing.place(request.write or writing.name_for(target.stem), settings.root)
        writing.check(path, replace=request.replace)
    began = SystemClock().now()
    tried, seen = _tried(target, how, request.seed, quiet=output.quiet)
    written = _written(path, tried, began) if path is not None and tried.complete else ""
    code = _show(tried, written, settings, target, seen, output, began)
    return code if tried.complete else EXIT_INTERRUPTED


def _plan(request: Request) -> Plan:
    from perftool.cli.option_values import read
    from perftool.config.kinds import Duration, Fraction
    from perftool.tune.collector import Plan

    return Plan(
        rounds=request.rounds,
        minimum_effect=read("--min-effect", request.min_effect, Fraction()),
        most_memory=read("--max-memory", request.max_memory, Fraction()),
        timeout_s=read("--timeout", request.timeout, Duration()) if request.timeout is not None else None,
        ignore_failure=request.ignore_failure,
    )


def _tried(target: Target, how: Plan, seed: int, *, quiet: bool) -> tuple[Tried, Activity]:
    import random

    from perftool.cli.progress import ProgressLine
    from perftool.machine import activity
    from perftool.profiling import launching
    from perftool.tune.collector import tune

    watch = activity.Watch()
    watch.start()
    with launching.spool() as folder, ProgressLine(quiet=quiet) as line:
        tried = tune(
            target.command,
            target.label,
            how,
            os.environ,
            folder,
            random=random.Random(seed),  # noqa: S311 - an order, not a secret
            clock=SystemClock(),
            listener=line,
        )
    return tried, watch.stop()


def _written(path: Path, tried: Tried, began: datetime) -> str:
    """Write the profile of what won; "" where that is what is in use: there is nothing to write down."""
    from perftool.tune import writing

    if tried.payload.winner == tried.payload.candidates[0].name:
        return ""
    rounds = max(len(m.values) for m in tried.measurements)
    python = ".".join(map(str, sys.version_info[:3]))
    facts = [f"Measured by perftool tune gc on {began.date().isoformat()}, {rounds} rounds, Python {python}."]
    writing.write(path, tried.setting, tried.payload, facts=facts)
    return f"profiles/{path.name}"


def _show(
    tried: Tried,
    written: str,
    settings: Settings,
    target: Target,
    seen: Activity,
    output: OutputOptions,
    began: datetime,
) -> int:
    from msgspec.structs import replace as with_changes

    from perftool.errors import OutputError
    from perftool.machine import activity
    from perftool.store import reports

    captured = session.target_environment(settings, target.python, seen)
    report = reports.build(
        with_changes(tried.payload, written=written),
        tried.verdict,
        captured,
        created=began,
        measurements=tried.measurements,
        warnings=[*activity.doubts(seen, captured.cpu.cores_usable), *tried.warnings],
    )
    unsaved = None
    steps = []
    try:
        saved = reports.save_run(
            report, settings.report_folder, f"tune-gc-{target.stem}", keep=settings.report.keep, latest=False
        )
        steps.append(f"report   {os.path.relpath(saved)}")
    except OutputError as error:
        unsaved = error
    if written:
        name = os.path.basename(written).removesuffix(".toml")
        steps.append(f"profile  {written}")
        steps.append(f'next     perftool.profiling.collector.apply("{name}") once everything is imported')
    code = emit(report, replace(output, next_steps=steps))
    if unsaved is not None:
        raise unsaved
    return code

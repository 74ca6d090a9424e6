"""``perftool bench --vs``: prepare two sides, measure them in turn, judge the pairs."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from perftool.clock import SystemClock
from perftool.model.comparison import ComparisonPayload

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from perftool.bench.targets import Selection
    from perftool.cli.bench_vs_job import Job
    from perftool.cli.bench_vs_measuring import Sides, Taken
    from perftool.cli.output import OutputOptions
    from perftool.model.environment import Activity
    from perftool.model.paired import Side
    from perftool.model.report import Report
    from perftool.revisions.api import Prepared


def finish(job: Job, shape: OutputOptions) -> int:
    """Run the job, store and show the report, and return the exit code."""
    from perftool.cli import bench_run
    from perftool.cli.output import emit
    from perftool.errors import EXIT_INTERRUPTED

    report, selection = run(job, quiet=shape.quiet)
    saved, unsaved = bench_run.save(report, replace(selection, stem=f"{selection.stem}-vs"), job.settings)
    code = emit(report, replace(shape, next_steps=_next_steps(saved, report, job)))
    if unsaved is not None:
        raise unsaved
    assert isinstance(report.payload, ComparisonPayload)
    complete = report.payload.run is None or bench_run.finished(report)
    return code if complete else EXIT_INTERRUPTED


def _next_steps(saved: Path | None, report: Report, job: Job) -> list[str]:
    steps = []
    if job.explain is None and report.verdict.outcome in {"fail", "warn"}:
        steps.append("culprit the same perftool bench with --explain")
    if saved is not None:
        steps = [f"report  {os.path.relpath(saved)}", *steps]
        steps.append("next    perftool show latest -o comparison.html · perftool compare latest --fail-over 5%")
    return steps


def run(job: Job, *, quiet: bool) -> tuple[Report, Selection]:
    """Prepare both sides, measure on them what is selected, and return the judged report."""
    from perftool.cli import bench_vs_measuring as measuring
    from perftool.cli.progress import ProgressLine
    from perftool.machine.activity import Watch
    from perftool.revisions.opening import opened

    clock = SystemClock()
    began = clock.now()
    with (
        ProgressLine(quiet=quiet) as line,
        opened(job.request, variables=dict(os.environ), clock=clock, listener=line) as prepared,
    ):
        selection = measuring.selected(job, prepared)
        sides = _distinct(_side(prepared[0], job), _side(prepared[1], job))
        watch = Watch()
        watch.start()
        if job.commands:
            taken = measuring.commands(job, prepared, sides, clock=clock, listener=line)
        else:
            taken = measuring.cases(job, selection, prepared, sides, clock=clock, listener=line)
        seen = watch.stop()
        taken = measuring.captured(job, selection, prepared, taken, listener=line)
        report = _report(job, taken, sides, prepared, seen, began)
        if job.explain is not None:
            from perftool.cli import bench_vs_explaining as culprit

            report = culprit.explained(report, taken, culprit.Sides(job, selection, prepared, line), job.explain)
    return report, selection


def _side(prepared: Prepared, job: Job) -> Side:
    """Describe a side for the report: the interpreter that is measured, its packages, the revision."""
    from perftool.machine import environment
    from perftool.machine.interpreter import describe_python
    from perftool.model.paired import Side

    described = describe_python(prepared.python, environment.DEFAULT_PACKAGES)
    captured = environment.capture(label=job.settings.label or None, project=None, python=described)
    # An environment of its own is listed whole: what setup resolved may differ. A shared one is told as always.
    packages = dict(sorted(prepared.packages.items())) if prepared.setup else captured.packages
    return Side(
        name=prepared.name,
        label=prepared.label,
        environment=msgspec.structs.replace(captured, source=prepared.source, packages=packages),
        setup=prepared.setup,
        setup_s=prepared.setup_s,
        dependencies=prepared.dependencies,
        overlaid=prepared.overlaid,
    )


def _distinct(base: Side, now: Side) -> Sides:
    """Return both sides under different labels: columns are known by them."""
    if base.label == now.label:
        base = msgspec.structs.replace(base, label=f"{base.label} (base)")
    return base, now


def _report(
    job: Job, taken: Taken, sides: Sides, prepared: Sequence[Prepared], seen: Activity, began: datetime
) -> Report:
    from perftool.cli.judging import compared
    from perftool.compare.reported import measured
    from perftool.machine import activity
    from perftool.store.reports import timestamp

    here = msgspec.structs.replace(sides[1].environment, activity=seen)
    inputs = measured(taken.measurements, sides, timestamp(began))
    report = compared(inputs, job.settings, here, paired=True, run=taken.run)
    doubts = (
        *(warning for side in prepared for warning in side.warnings),
        *activity.doubts(seen, here.cpu.cores_usable),
        *taken.doubts,
    )
    return msgspec.structs.replace(
        report, created=timestamp(began), measurements=tuple(taken.measurements), warnings=(*doubts, *report.warnings)
    )

"""``perftool bench --vs``: prepare two sides, measure them in turn, judge the pairs."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from perftool.clock import SystemClock
from perftool.errors import UsageError
from perftool.model.comparison import ComparisonPayload

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from perftool.bench.api import Case
    from perftool.bench.pair import Pair
    from perftool.bench.pairing import Judge, PairRun
    from perftool.bench.record import Record
    from perftool.bench.schedule import Plan
    from perftool.bench.server import Server
    from perftool.bench.settings import RunSettings
    from perftool.bench.targets import Selection
    from perftool.cli.output import OutputOptions
    from perftool.config.schema import Settings
    from perftool.model.environment import Activity
    from perftool.model.paired import Side
    from perftool.model.report import Report
    from perftool.revisions.api import Prepared, Request

    Start = Callable[[int], Server]
    Sides = tuple[Side, Side]


@dataclass(frozen=True, slots=True)
class Job:
    """What to do: the sides to prepare, how to select and measure cases, when to stop."""

    request: Request
    select: Callable[[Start], Selection]
    settings: Settings
    how: RunSettings
    plan: Plan


def check(
    *, sided: bool, adaptive: bool, max_time: str | None, baseline: str | None, commands: Sequence[str] | None
) -> None:
    """Refuse options that do not go together.

    raises: UsageError.
    """
    alone = "--adaptive" if adaptive else "--max-time" if max_time is not None else ""
    if not sided and alone:
        raise UsageError(f"{alone} is for runs of two sides", hint="perftool bench --vs main " + alone)
    if sided and baseline is not None:
        raise UsageError("--vs and --baseline are two bases to compare with", hint="leave one of them out")
    if sided and commands:
        raise UsageError("--vs measures functions and SQL, not --command", hint="put the call into a bench_*.py file")


def job(
    settings: Settings, targets: Sequence[str] | None, *, vs: str | None, vs_python: str | None, adaptive: bool
) -> Job:
    """Return what the settings say is to be done."""
    from perftool.cli import bench_run

    when = plan(settings, adaptive=adaptive)
    # Single latencies cost as much again and are rarely what two revisions are compared for: only if asked for.
    latency = settings.bench.latency and settings.origin("bench.latency") != "default"
    how = replace(bench_run.run_settings(settings), blocks=when.blocks, samples=settings.vs.samples, latency=latency)
    return Job(
        request=request(settings, targets, vs=vs, vs_python=vs_python),
        select=lambda start: bench_run.selection(targets, settings, start, only_commands=False),
        settings=settings,
        how=how,
        plan=when,
    )


def finish(job: Job, shape: OutputOptions) -> int:
    """Run the job, store and show the report, and return the exit code."""
    from perftool.cli import bench_run
    from perftool.cli.output import emit
    from perftool.errors import EXIT_INTERRUPTED

    report, selection = run(job, quiet=shape.quiet)
    saved, unsaved = bench_run.save(report, replace(selection, stem=f"{selection.stem}-vs"), job.settings)
    code = emit(report, replace(shape, next_steps=_next_steps(saved)))
    if unsaved is not None:
        raise unsaved
    assert isinstance(report.payload, ComparisonPayload)
    complete = report.payload.run is None or report.payload.run.complete
    return code if complete else EXIT_INTERRUPTED


def _next_steps(saved: Path | None) -> list[str]:
    if saved is None:
        return []
    return [
        f"report  {os.path.relpath(saved)}",
        "next    perftool show latest --format html -o comparison.html · perftool compare latest --fail-over 5%",
    ]


def request(settings: Settings, targets: Sequence[str] | None, *, vs: str | None, vs_python: str | None) -> Request:
    """Return what to prepare.

    raises: UsageError when both a revision and an interpreter are to differ.
    """
    from perftool.revisions.api import Request

    if vs is not None and vs_python is not None:
        raise UsageError(
            "--vs and --vs-python together change two things at once",
            hint="compare the revisions in one interpreter: --vs REV --python PATH",
        )
    named = [Path(target.partition("::")[0]) for target in targets or settings.bench.suites if target]
    return Request(
        root=settings.root,
        folder=Path.cwd(),
        vs=vs,
        vs_python=vs_python,
        python=settings.bench.python or sys.executable,
        setup=settings.vs.setup,
        files=settings.vs.files,
        targets=tuple(path for path in named if path.exists()),  # the others are suites
        cache=settings.root / ".perftool" / "vs",
    )


def plan(settings: Settings, *, adaptive: bool) -> Plan:
    """Return how many blocks to take and when to look at them."""
    from perftool.bench.schedule import Plan
    from perftool.compare import looks

    section = settings.vs
    budget = section.max_time or None
    if not adaptive:
        return Plan(section.blocks, budget_s=budget)
    if section.most_blocks < section.blocks:
        raise UsageError(
            f"--adaptive first looks after {section.blocks} blocks and ends after {section.most_blocks}",
            hint="raise bench.vs.most_blocks",
        )
    numbers = looks.planned(section.blocks, section.most_blocks)
    return Plan(numbers[-1], numbers, looks.levels(numbers, settings.compare.alpha), budget)


def run(job: Job, *, quiet: bool) -> tuple[Report, Selection]:
    """Prepare both sides, measure on them what is selected, and return the judged report."""
    from perftool.bench.pairing import PairRunner
    from perftool.cli.progress import ProgressLine
    from perftool.machine.activity import Watch
    from perftool.revisions.opening import opened

    clock = SystemClock()
    began = clock.now()
    with (
        ProgressLine(quiet=quiet) as line,
        opened(job.request, variables=dict(os.environ), clock=clock, listener=line) as prepared,
    ):
        starts = (_start(prepared[0]), _start(prepared[1]))
        selection = job.select(starts[1])
        sides = _distinct(_side(prepared[0], job), _side(prepared[1], job))
        if job.how.memory:
            from perftool.bench.measuring import require_memray

            for start in starts:
                require_memray(start, job.how.timeout_s)
        judge = _judge(sides, job) if job.plan.looks else None
        counters = (_counter(prepared[0]), _counter(prepared[1])) if job.how.instructions else None
        watch = Watch()
        watch.start()
        runner = PairRunner(job.how, starts, job.plan, clock=clock, listener=line, judge=judge, counters=counters)
        done = runner.run([_beside(case, job.request) for case in selection.cases])
        seen = watch.stop()
    return _report(job, done, selection, sides, prepared, seen, began), selection


def _start(side: Prepared) -> Start:
    from perftool.bench.server import factory

    return factory(side.python, side.variables, fork=hasattr(os, "fork"), folder=side.folder)


def _counter(side: Prepared) -> Start:
    from perftool.bench import counting

    return counting.servers(side.python, side.variables, folder=side.folder)


def _beside(case: Case, request: Request) -> Case:
    """Name a file of the project relative to the working directory: each side has its own there."""
    if case.file is None:
        return replace(case, installed=True)
    path = Path(os.path.abspath(case.file))
    if not path.is_relative_to(os.path.abspath(request.root)):
        return case
    return replace(case, file=os.path.relpath(path, request.folder))


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
    )


def _distinct(base: Side, now: Side) -> Sides:
    """Return both sides under different labels: columns are known by them."""
    if base.label == now.label:
        base = msgspec.structs.replace(base, label=f"{base.label} (base)")
    return base, now


def _judge(sides: Sides, job: Job) -> Judge:
    from perftool.bench import paired
    from perftool.cli.judging import decided
    from perftool.compare import looks
    from perftool.compare.reported import measured

    confidences = looks.levels(job.plan.looks, round(1 - job.settings.compare.confidence, 12))

    def judge(pairs: Sequence[Pair[Record]], number: int) -> tuple[int, int]:
        inputs = measured(paired.both_sides(pairs), sides, "")
        return decided(inputs, job.settings, job.plan.levels[number], 1 - confidences[number])

    return judge


def _report(
    job: Job,
    done: PairRun,
    selection: Selection,
    sides: Sides,
    prepared: Sequence[Prepared],
    seen: Activity,
    began: datetime,
) -> Report:
    from perftool.bench import paired
    from perftool.cli.judging import compared
    from perftool.compare.reported import measured
    from perftool.machine import activity
    from perftool.store.reports import timestamp

    facts = paired.facts(done, job.how, sides, skipped=selection.skipped, profile=job.settings.profile or None)
    values = paired.both_sides(done.pairs)
    here = msgspec.structs.replace(sides[1].environment, activity=seen)
    report = compared(measured(values, sides, timestamp(began)), job.settings, here, paired=True, run=facts)
    builds = (sides[0].environment.python, sides[1].environment.python)
    doubts = (
        *(warning for side in prepared for warning in side.warnings),
        *activity.doubts(seen, here.cpu.cores_usable),
        *paired.doubtful(done, facts, builds),
    )
    return msgspec.structs.replace(
        report, created=timestamp(began), measurements=tuple(values), warnings=(*doubts, *report.warnings)
    )

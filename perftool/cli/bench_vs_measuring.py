"""Measure functions and SQL, or whole commands, on two sides that stand ready."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from perftool.bench.api import Case
    from perftool.bench.server import Server
    from perftool.bench.targets import Selection
    from perftool.cli.bench_vs_job import Job
    from perftool.clock import Clock
    from perftool.events import Listener
    from perftool.model.measurement import Measurement
    from perftool.model.paired import PairedRun, Side
    from perftool.model.verdict import ReportWarning
    from perftool.revisions.api import Prepared, Request

    Start = Callable[[int], Server]
    Sides = tuple[Side, Side]
    Ready = tuple[Prepared, Prepared]


@dataclass(frozen=True, slots=True)
class Taken:
    """What was measured of both sides, as a report holds it."""

    measurements: Sequence[Measurement]
    run: PairedRun
    doubts: Sequence[ReportWarning]


def selected(job: Job, prepared: Ready) -> Selection:
    """Return what is to be measured, as the side under test lists it.

    raises: UsageError or UnavailableError when that cannot be measured.
    """
    starts = (_start(prepared[0]), _start(prepared[1]))
    selection = job.select(starts[1])
    if selection.cases and job.how.memory:
        from perftool.bench.measuring import require_memray

        for start in starts:
            require_memray(start, job.how.timeout_s)
    return selection


def cases(job: Job, selection: Selection, prepared: Ready, sides: Sides, *, clock: Clock, listener: Listener) -> Taken:
    """Measure the selected functions and statements."""
    from perftool.bench import paired
    from perftool.bench.pairing import PairRunner

    runner = PairRunner(
        job.how,
        (_start(prepared[0]), _start(prepared[1])),
        job.plan,
        clock=clock,
        listener=listener,
        judge=_judge(sides, job, paired.both_sides),
        counters=(_counter(prepared[0]), _counter(prepared[1])) if job.how.instructions else None,
    )
    done = runner.run([_beside(case, job.request) for case in selection.cases])
    facts = paired.facts(done, job.how, sides, skipped=selection.skipped, profile=job.settings.profile or None)
    builds = (sides[0].environment.python, sides[1].environment.python)
    return Taken(paired.both_sides(done.pairs), facts, paired.doubtful(done, facts, builds))


def commands(job: Job, prepared: Ready, sides: Sides, *, clock: Clock, listener: Listener) -> Taken:
    """Measure the commands of the job."""
    from perftool.bench.processes import paired
    from perftool.bench.processes.api import Place
    from perftool.bench.processes.pairing import CommandPairRunner, How

    assert job.command_settings is not None
    how = How(job.command_settings, job.plan, samples=job.how.samples, seed=job.how.seed)
    base, now = (Place(side.folder, side.variables, home=side.home, tree=side.tree) for side in prepared)
    judge = _judge(sides, job, paired.both_sides)
    done = CommandPairRunner(how, (base, now), clock=clock, listener=listener, judge=judge).run(job.commands)
    facts = paired.facts(done, how, sides, profile=job.settings.profile or None)
    return Taken(paired.both_sides(done.pairs), facts, paired.doubtful(done, (base, now)))


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


def _judge(
    sides: Sides, job: Job, both_sides: Callable[[Any], Sequence[Measurement]]
) -> Callable[[Any, int], tuple[int, int]] | None:
    """Return what decides at a look of the plan, None for a plan without; ``both_sides`` measures the pairs."""
    if not job.plan.looks:
        return None
    from perftool.cli.judging import decided
    from perftool.compare import looks
    from perftool.compare.reported import measured

    confidences = looks.levels(job.plan.looks, round(1 - job.settings.compare.confidence, 12))

    def judge(pairs: Any, number: int) -> tuple[int, int]:
        inputs = measured(both_sides(pairs), sides, "")
        return decided(inputs, job.settings, job.plan.levels[number], 1 - confidences[number])

    return judge

"""Measure functions and SQL, or whole commands, on two sides that stand ready."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from perftool.bench.api import Case
    from perftool.bench.captures import Measure
    from perftool.bench.server import Server
    from perftool.bench.targets import Selection
    from perftool.cli.bench_captures import Added
    from perftool.cli.bench_vs_job import Job
    from perftool.cli.capture_files import Profile
    from perftool.clock import Clock
    from perftool.events import Listener
    from perftool.model.measurement import Measurement
    from perftool.model.paired import PairedRun, Side
    from perftool.model.verdict import ReportWarning
    from perftool.revisions.api import Prepared

    Start = Callable[[int], Server]
    Sides = tuple[Side, Side]
    Ready = tuple[Prepared, Prepared]


@dataclass(frozen=True, slots=True)
class Taken:
    """What was measured of both sides, as a report holds it, and the profiles that were taken beside it."""

    measurements: Sequence[Measurement]
    run: PairedRun
    doubts: Sequence[ReportWarning]
    profiles: Sequence[Profile] = ()


def selected(job: Job, prepared: Ready) -> Selection:
    """Return what is to be measured, as the side under test lists it.

    raises: UsageError or UnavailableError when that cannot be measured.
    """
    starts = (_start(prepared[0]), _start(prepared[1]))
    selection = with_lost(job.select(starts[1]), lambda: job.select(starts[0]))
    recorded = "memory" in job.settings.bench.capture
    if selection.cases and (job.how.memory or recorded):
        from perftool.bench.measuring import require_memray

        for start in starts:
            require_memray(start, job.how.timeout_s, option="--mem" if job.how.memory else "--capture memory")
    return selection


def with_lost(now: Selection, base: Callable[[], Selection]) -> Selection:
    """Return ``now`` with the benchmarks of files that only the ``base`` can import: they are lost, not left out."""
    from perftool.bench.targets import full_name
    from perftool.errors import PerftoolError

    if not now.skipped:
        return now
    try:
        before = base()
    except PerftoolError:
        return now
    suites, known = {one.suite for one in now.skipped}, {full_name(case) for case in now.cases}
    lost = [case for case in before.cases if case.suite in suites and full_name(case) not in known]
    told, on_both = {case.suite for case in lost}, {(one.suite, one.case) for one in before.skipped}
    skipped = [one for one in now.skipped if one.suite not in told or (one.suite, one.case) in on_both]
    return replace(now, cases=[*now.cases, *lost], skipped=skipped)


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
    done = runner.run(located(job, selection.cases, prepared))
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


def captured(job: Job, selection: Selection, prepared: Ready, taken: Taken, *, listener: Listener) -> Taken:
    """Add profiles of both sides, where they are asked for."""
    from perftool.cli import bench_captures

    measures = bench_captures.wanted(job.settings)
    if not measures or not taken.run.complete:
        return taken
    from msgspec.structs import replace as with_changes

    added = profiled(job, selection, prepared, taken.measurements, measures, listener=listener)
    added.keep(job.settings.capture_folder, sided=True)
    run = with_changes(taken.run, captures=tuple(added.references))
    return replace(taken, run=run, doubts=[*taken.doubts, *added.doubts], profiles=added.profiles)


def profiled(
    job: Job,
    selection: Selection,
    prepared: Ready,
    measurements: Sequence[Measurement],
    measures: Sequence[Measure],
    *,
    listener: Listener,
) -> Added:
    """Profile on both sides, in turn, the cases or commands that ``measurements`` are of; nothing is written."""
    from perftool.bench.processes.api import Place
    from perftool.cli import bench_captures

    known = {bench_captures.key(one) for one in measurements}
    if job.commands:
        assert job.command_settings is not None
        return bench_captures.of_commands(
            [spec for spec in job.commands if bench_captures.key(spec) in known],
            [Place(one.folder, one.variables, home=one.home, tree=one.tree) for one in prepared],
            job.settings,
            job.command_settings,
            measures=measures,
            seed=job.how.seed,
            listener=listener,
        )
    return bench_captures.of_cases(
        located(job, [case for case in selection.cases if bench_captures.key(case) in known], prepared),
        [_start(side) for side in prepared],
        job.settings,
        job.how,
        measures=measures,
        times=bench_captures.op_times(measurements),
        listener=listener,
    )


def located(job: Job, chosen: Sequence[Case], prepared: Ready) -> list[Case]:
    """Return the cases as both sides find them, each its own file."""
    homes = (Path(os.path.abspath(job.request.root)), prepared[1].home)
    return [_beside(case, job.request.folder, homes) for case in chosen]


def starts(prepared: Ready) -> tuple[Start, Start]:
    """Return what starts the measuring processes of the base and of the side under test."""
    return _start(prepared[0]), _start(prepared[1])


def _start(side: Prepared) -> Start:
    from perftool.bench.server import factory

    return factory(side.python, side.variables, fork=hasattr(os, "fork"), folder=side.folder)


def _counter(side: Prepared) -> Start:
    from perftool.bench import counting

    return counting.servers(side.python, side.variables, folder=side.folder)


def _beside(case: Case, folder: Path, homes: Sequence[Path]) -> Case:
    """Name a file in the project or the repository around it relative to ``folder``: each side has its own there."""
    if case.file is None:
        return replace(case, installed=True)
    path = Path(os.path.abspath(case.file))
    if not any(path.is_relative_to(home) for home in homes):
        return case
    return replace(case, file=os.path.relpath(path, folder))


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

"""``perftool bench --vs … --explain``: profile both sides of what got worse while they stand, and blame."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from perftool.cli import explaining

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from perftool.bench.captures import Measure
    from perftool.bench.server import Server
    from perftool.bench.targets import Selection
    from perftool.cli.bench_vs_job import Job
    from perftool.cli.bench_vs_measuring import Ready, Taken
    from perftool.cli.capture_files import Profile
    from perftool.cli.explaining import Wanted
    from perftool.culprit.calls import Counted
    from perftool.culprit.history import Range
    from perftool.culprit.trees import Tree
    from perftool.events import Listener
    from perftool.model.measurement import Measurement
    from perftool.model.profile import CaptureReference, Explanation
    from perftool.model.report import Report
    from perftool.model.verdict import ReportWarning

    Start = Callable[[int], Server]
    Calls = Mapping[str, tuple[Counted, Counted] | None]

#: Captures a side, seconds of each, and samples per second of CPU time: some two thousand samples a side.
REPEATS: Final = 8
SECONDS: Final = 1.2
RATE: Final = 200.0


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides while they stand, and what is to be measured on them."""

    job: Job
    selection: Selection
    prepared: Ready
    listener: Listener


@dataclass(slots=True)
class _Seen:
    """What was captured for the explanations, and what could not be."""

    profiles: list[Profile] = field(default_factory=list)
    references: list[CaptureReference] = field(default_factory=list)
    doubts: list[ReportWarning] = field(default_factory=list)
    calls: Calls = field(default_factory=dict)


def explained(report: Report, taken: Taken, sides: Sides, choice: str) -> Report:
    """Return the report with its failing and warning rows explained, from profiles taken now on both sides in turn.

    The profiles are kept, and the report names them. An interrupt ends the explaining and not the report.
    """
    from msgspec.structs import replace

    from perftool.culprit.explain import KINDS
    from perftool.model.comparison import ComparisonPayload

    rows = explaining.wanted(report, choice)
    assert isinstance(report.payload, ComparisonPayload)
    run = report.payload.run
    if not rows or run is None or not run.complete:
        return report
    known = [row for row in rows if row.unit in KINDS]
    found = [row.unexplained(f"no profile says why {row.unit} changes") for row in rows if row not in known]
    try:
        seen = _captured(taken, sides, known)
    except KeyboardInterrupt:
        return explaining.explained(report, [row.unexplained("interrupted while profiling") for row in rows])
    if known:
        between, trees = _range(sides), _trees(sides)
        found += [_explained(row, seen, trees, between, sides) for row in known]
    run = replace(run, captures=(*run.captures, *seen.references))
    report = replace(report, payload=replace(report.payload, run=run))
    return explaining.explained(report, explaining.ordered(rows, found))


def _captured(taken: Taken, sides: Sides, rows: Sequence[Wanted]) -> _Seen:
    from perftool.culprit.explain import KINDS

    seen = _Seen()
    if not rows:
        return seen
    seen.calls = _counted(sides, _of(taken, rows))
    for measure in dict.fromkeys(KINDS[row.unit][1] for row in rows):
        _profile(taken, sides, _of(taken, [row for row in rows if KINDS[row.unit][1] == measure]), measure, seen)
    return seen


def _of(taken: Taken, rows: Sequence[Wanted]) -> list[Measurement]:
    names = {row.row for row in rows}
    return [one for one in taken.measurements if one.name in names]


def _profile(taken: Taken, sides: Sides, known: Sequence[Measurement], measure: Measure, seen: _Seen) -> None:
    """Add profiles of both sides: those that the run took, else taken now."""
    from perftool.errors import PerftoolError
    from perftool.model.verdict import ReportWarning

    names = {one.name for one in known}
    held = [one for one in taken.profiles if one.measure == measure and one.subject.name in names]
    if len({(one.subject.name, one.side) for one in held}) == 2 * len(names):
        seen.profiles += held
        return
    try:
        if measure == "memory" and not sides.job.commands:
            _require_memray(sides)
        added = _taken_now(sides, known, measure)
    except PerftoolError as error:
        seen.doubts += [ReportWarning(code="capture-missing", message=error.message, subject=name) for name in names]
        return
    added.keep(sides.job.settings.capture_folder, sided=True)
    seen.profiles += added.profiles
    seen.references += added.references
    seen.doubts += added.doubts


def _taken_now(sides: Sides, known: Sequence[Measurement], measure: Measure) -> Any:
    from perftool.bench.processes.api import Place
    from perftool.cli import bench_captures
    from perftool.cli import bench_vs_measuring as measuring

    job, names = sides.job, {bench_captures.key(one) for one in known}
    if job.commands:
        assert job.command_settings is not None
        return bench_captures.of_commands(
            [spec for spec in job.commands if bench_captures.key(spec) in names],
            [Place(one.folder, one.variables, home=one.home, tree=one.tree) for one in sides.prepared],
            job.settings,
            job.command_settings,
            measures=[measure],
            seed=job.how.seed,
            listener=sides.listener,
            seconds=SECONDS,
            repeats=REPEATS,
            rate=RATE,
        )
    return bench_captures.of_cases(
        measuring.located(job, [c for c in sides.selection.cases if bench_captures.key(c) in names], sides.prepared),
        measuring.starts(sides.prepared),
        job.settings,
        job.how,
        measures=[measure],
        times=bench_captures.op_times(known),
        listener=sides.listener,
        seconds=SECONDS,
        repeats=REPEATS,
        rate=RATE,
    )


def _require_memray(sides: Sides) -> None:
    from perftool.bench.measuring import require_memray
    from perftool.cli import bench_vs_measuring as measuring

    for start in measuring.starts(sides.prepared):
        require_memray(start, sides.job.how.timeout_s, option="--explain")


def _counted(sides: Sides, known: Sequence[Measurement]) -> Calls:
    """Return the calls of both sides by the name of the benchmark; of a command nobody counts them."""
    import tempfile

    from perftool.bench.captures import Subject
    from perftool.cli import bench_captures
    from perftool.cli import bench_vs_measuring as measuring
    from perftool.culprit import calls
    from perftool.events import Progress

    job = sides.job
    if job.commands:
        return {}
    names = {bench_captures.key(one): one.name for one in known}
    times = bench_captures.op_times(known)
    chosen = [case for case in sides.selection.cases if bench_captures.key(case) in names]
    subjects = [
        Subject(case, times.get(bench_captures.key(case), 0.0))
        for case in measuring.located(job, chosen, sides.prepared)
    ]
    with tempfile.TemporaryDirectory(prefix="perftool-", ignore_cleanup_errors=True) as folder:
        found = calls.count(
            subjects,
            _as_profiled(sides, Path(folder)),
            job.how,
            Path(folder),
            tell=lambda activity: sides.listener.progress(Progress(0, None, activity)),
        )
    return {names[bench_captures.key(case)]: one for case, one in zip(chosen, found, strict=True)}


def _as_profiled(sides: Sides, folder: Path) -> tuple[Start, Start]:
    """Return what starts the processes of both sides: with the Python twins that the profiles are of."""
    from perftool.bench.captures import twins
    from perftool.cli import bench_vs_measuring as measuring
    from perftool.cli import capture_files

    kit = capture_files.kit(sides.job.settings, folder)
    base, now = measuring.starts(sides.prepared)
    if not kit.pure:
        return base, now
    timeout_s = sides.job.how.timeout_s
    return twins(base, kit, timeout_s), twins(now, kit, timeout_s)


def _explained(row: Wanted, seen: _Seen, trees: tuple[Tree, Tree], between: Range | None, sides: Sides) -> Explanation:
    from perftool.culprit import explain as culprit
    from perftool.culprit.history import with_history
    from perftool.culprit.trees import texts
    from perftool.profiling.benchmarked import repeats_of

    measure = culprit.KINDS[row.unit][1]
    taken = [
        repeats_of(one.capture)
        for side in (0, 1)
        for one in seen.profiles
        if (one.subject.name, one.measure, one.side) == (row.row, measure, side)
    ]
    if len(taken) != 2 or not all(taken):
        said = (one.message for one in seen.doubts if one.subject in {"", row.row})
        return row.unexplained(next(said, "no profile of both sides"))
    calls = seen.calls.get(row.row)
    captures = [[capture for capture, _ in side] for side in taken]
    if calls is not None:
        captures = [[*side, one[0]] for side, one in zip(captures, calls, strict=True)]
    files = texts(trees, (captures[0], captures[1]), _differing(sides, between))
    # A Python twin takes times of its own: they are not what was measured.
    pure = tuple(sides.job.settings.bench.pure)
    levels = None if pure else row.levels
    known = culprit.Sides(
        taken[0], taken[1], calls=calls, texts=files, trees=trees, levels=levels, paired=True, pure=pure
    )
    try:
        found = culprit.explain(row.row, row.unit, known, measured=None if pure else row.visible, whole=row.measured)
    except ValueError as error:
        return row.unexplained(str(error))
    root = os.path.relpath(sides.job.request.root, sides.prepared[1].home)
    return with_history(found, trees, between, shown=lambda name: os.path.relpath(name, root).replace(os.sep, "/"))


def _trees(sides: Sides) -> tuple[Tree, Tree]:
    from perftool.culprit.trees import on_disk

    base, now = sides.prepared
    return on_disk(base.tree), on_disk(now.tree)


def _range(sides: Sides) -> Range | None:
    """Return the commits between both sides, None where the base is none of this repository."""
    from perftool.culprit.history import Range
    from perftool.errors import PerftoolError
    from perftool.revisions.git import Git

    base, now = sides.prepared
    if base.source is None or base.source.commit is None:
        return None
    git = Git(now.home, dict(os.environ))
    try:
        git.ask("cat-file", "-e", f"{base.source.commit}^{{commit}}")
    except PerftoolError:
        return None
    return Range(git.ask, base.source.commit)


def _differing(sides: Sides, between: Range | None) -> Iterator[str]:
    """Yield the Python files that differ between the base and the working tree."""
    from perftool.errors import PerftoolError
    from perftool.revisions.git import Git

    if between is None:
        return
    try:
        yield from Git(sides.prepared[1].home, dict(os.environ)).names(
            "diff", "--name-only", "-z", between.base, "--", "*.py"
        )
    except PerftoolError:
        return

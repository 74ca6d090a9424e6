"""Carry out ``perftool profile cpu``, ``memory`` and ``both``."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from perftool.cli import capture_outputs, profile_capturing, profile_engines, profile_report, session
from perftool.cli.output import OutputOptions, check
from perftool.errors import EXIT_INTERRUPTED, EXIT_OK, UsageError
from perftool.model.verdict import ReportWarning
from perftool.profiling.api import Options
from perftool.profiling.summary import Profile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from perftool.cli.capture_outputs import CaptureFile
    from perftool.cli.profile_capturing import Run
    from perftool.cli.profile_engines import Asked
    from perftool.config.schema import Settings
    from perftool.model.environment import Activity

#: Said of CPU that is measured while every allocation is recorded.
_BESIDE_MEMRAY: Final = (
    "cpu-under-memray",
    "allocations were recorded meanwhile: code that allocates has a larger share of the CPU than it has alone",
)


@dataclass(frozen=True, kw_only=True)
class Request:
    """What the command line asked for beside settings."""

    measures: tuple[Asked, ...]
    target: tuple[str, ...] = ()
    pid: int | None = None
    bench: str | None = None
    sql: str | None = None
    repeat: int = 1
    native: bool = False
    python_allocators: bool = True


@dataclass(frozen=True, kw_only=True)
class Job:
    """A request made sure of: what is captured how, and where it is shown."""

    request: Request
    settings: Settings
    options: Options
    files: Sequence[CaptureFile]
    output: OutputOptions


def run(request: Request, flags: Mapping[str, Any], output: OutputOptions) -> int:
    """Profile, keep the captures, show the report and return the exit code; a target's own code where there is one."""
    _check(request)
    files, reports = capture_outputs.parted(output.outputs or ())
    capture_outputs.check_suffixes(reports, output.formats)
    output = replace(output, outputs=reports)
    check(output, "profile")
    settings = session.settings(flags)
    profiling = settings.profiling
    options = Options(
        rate=float(profiling.rate),
        duration_s=profiling.duration or None,
        native=request.native,
        children=profiling.children,
        pure=profiling.pure,
        python_allocators=request.python_allocators,
    )
    job = Job(request=request, settings=settings, options=options, files=files, output=output)
    if request.bench is not None or request.sql is not None:
        return _benchmark(job)
    if request.pid is not None:
        return _process(job, request.pid)
    return _target(job)


def _check(request: Request) -> None:
    """Make sure that exactly one thing is to be profiled.

    raises: UsageError.
    """
    said = {
        "a target": bool(request.target),
        "--pid": request.pid is not None,
        "--bench": request.bench is not None,
        "--sql": request.sql is not None,
    }
    given = [name for name, there in said.items() if there]
    if len(given) > 1:
        raise UsageError(f"{' and '.join(given)}: which of them is meant?", hint="profile one after the other")
    if request.repeat > 1 and request.pid is not None:
        raise UsageError("--repeat runs a target again, and --pid joins one that runs", hint="leave --repeat out")


def _target(job: Job) -> int:
    """Run the target as often as was asked for; the code of its last run is perftool's."""
    from perftool.machine import activity
    from perftool.profiling.targets import Surroundings, resolve

    target = resolve(job.request.target, Surroundings(sys.executable, os.environ.get("PATH", os.defpath)))
    engines = profile_engines.chosen(job.request.measures, job.settings, attach=False)
    for engine, _ in engines:
        if engine.check is not None:
            engine.check(target.python)
    shelf = profile_report.Shelf(job.settings, target.stem, target.label)
    watch = activity.Watch()
    watch.start()
    runs: list[Run] = []
    for _ in range(job.request.repeat):
        runs.append(profile_capturing.of_target(target, engines, job.options, lambda one: _keep(one, shelf)))
        if _ended_by_hand(runs[-1]):
            break
    seen = watch.stop()
    _show(job, target.label, shelf, runs, python=target.python, activity=seen, apart=True)
    return EXIT_OK


def _ended_by_hand(run: Run) -> bool:
    """Say whether someone interrupted the run, who would not want another one."""
    import signal

    return run.ended is not None and run.ended.status in (-signal.SIGINT, -signal.SIGTERM, EXIT_INTERRUPTED)


def _process(job: Job, pid: int) -> int:
    """Join a running process until the duration is over or Ctrl-C; it goes on, and its end is none of perftool's."""
    if len(job.request.measures) > 1 and job.options.duration_s is None:
        raise UsageError("a running process is joined by one profiler after the other", hint="--duration 30s for each")
    engines = profile_engines.chosen(job.request.measures, job.settings, attach=True)
    shelf = profile_report.Shelf(job.settings, f"pid-{pid}", f"pid {pid}")
    done = profile_capturing.of_process(pid, engines, job.options, lambda one: _keep(one, shelf))
    _show(job, f"pid {pid}", shelf, [done], apart=False)
    return EXIT_OK


def _benchmark(job: Job) -> int:
    """Loop over the operations of a benchmark, or over the statements of a folder."""
    from perftool.cli import profile_bench
    from perftool.cli.progress import ProgressLine
    from perftool.profiling.api import Collected

    engines = profile_engines.chosen(job.request.measures, job.settings, attach=False)
    own = profile_engines.defaults(job.request.measures)
    if foreign := [engine.name for engine, _ in engines if engine.name not in own]:
        raise UsageError(
            f"benchmarks are profiled by {' and '.join(own)}, not by {foreign[0]}", hint="leave --engine out"
        )
    with ProgressLine(quiet=job.output.quiet) as line:
        done = profile_bench.profile(
            job.settings,
            bench=job.request.bench,
            sql=job.request.sql,
            measures=job.request.measures,
            options=job.options,
            repeat=job.request.repeat,
            listener=line,
        )
    shelf = profile_report.Shelf(job.settings, done.stem, done.target)
    run = profile_capturing.Run(doubts=done.doubts)
    for measure, captures in done.captures.items():
        for capture in captures:
            operations = int(capture.facts.get("operations.count", "0"))
            shelf.take(measure, Collected(capture=capture), operations=operations)
            run.seconds += capture.duration_ns * 1e-9
    _show(job, done.target, shelf, [run], apart=False)
    return EXIT_INTERRUPTED if done.interrupted else EXIT_OK


def _keep(run: Run, shelf: profile_report.Shelf) -> None:
    """Keep what a run brought home, with what has to be said of two engines at once."""
    measures = {measured for measured, _ in run.parts}
    for measured, collected in run.parts:
        kept = collected
        if measured != "memory" and "memory" in measures and run.ended is not None:
            capture = replace(kept.capture, doubts=(*kept.capture.doubts, _BESIDE_MEMRAY))
            kept = replace(kept, capture=capture)
        shelf.take(measured, kept)


def _show(
    job: Job,
    label: str,
    shelf: profile_report.Shelf,
    runs: Sequence[Run],
    *,
    apart: bool,
    python: str | None = None,
    activity: Activity | None = None,
) -> None:
    """Report what was captured.

    raises: InputError when nothing was; OutputError when something cannot be written.
    """
    lost = [error for run in runs for error in run.lost]
    if not shelf.parts and lost:
        raise lost[0]
    doubts = [doubt for run in runs for doubt in run.doubts]
    doubts += [ReportWarning(code="capture-lost", message=error.message) for error in lost]
    ends = tuple(run.ended for run in runs if run.ended is not None)
    timed = any(part.measured != "memory" for part in shelf.parts)
    profile = Profile(
        target=label,
        stem=shelf.stem,
        parts=tuple(shelf.parts),
        seconds=sum(run.seconds for run in runs),
        root=str(job.settings.root),
        rate=job.options.rate if timed else 0.0,
        exit_code=ends[-1].status if ends else None,
        complete=not lost,
        ends=ends,
    )
    report = profile_report.build(profile, job.settings, doubts=doubts, python=python, activity=activity)
    profile_report.show(report, shelf, profile, job.files, job.output, apart=apart)

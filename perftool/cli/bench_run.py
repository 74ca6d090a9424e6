"""What ``perftool bench`` opens and closes around the measuring: processes, the machine's facts, the stored report."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from perftool.clock import SystemClock
from perftool.errors import OutputError
from perftool.model.bench import BenchPayload
from perftool.model.comparison import ComparisonPayload
from perftool.model.paired import PairedRun

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from perftool.bench.api import Suite
    from perftool.bench.processes.api import CommandSettings, CommandSpec
    from perftool.bench.server import Server
    from perftool.bench.settings import GcMode, RunSettings
    from perftool.bench.targets import Selection
    from perftool.cli.bench_databases import Databases
    from perftool.config.schema import Settings
    from perftool.model.profile import CaptureReference
    from perftool.model.report import Report

    Start = Callable[[int], Server]


def servers(settings: Settings) -> Start:
    """Return what starts a measuring process in the interpreter of ``settings``."""
    from perftool.bench.server import factory

    return factory(settings.bench.python or sys.executable, dict(os.environ), fork=hasattr(os, "fork"))


def counter(settings: Settings) -> Start | None:
    """Return what starts a process that counts instructions, None where that is not wanted.

    raises: UnavailableError where there is no valgrind.
    """
    from perftool.bench import counting

    if not settings.bench.instructions:
        return None
    return counting.servers(settings.bench.python or sys.executable, dict(os.environ))


def selection(
    targets: Sequence[str] | None,
    settings: Settings,
    start: Start,
    *,
    only_commands: bool,
    databases: Databases | None = None,
) -> Selection:
    """Return the cases to measure: of the targets, else of the configured suites, else of the default ones.

    ``databases`` are those that suites may use, and what they may do there.
    """
    from perftool.bench import server
    from perftool.bench import targets as naming
    from perftool.bench.api import SuiteOptions

    if only_commands:
        return naming.Selection(stem="command")
    options = SuiteOptions(
        stage=settings.bench.stage, dialect=settings.bench.dialect, max_statement=settings.bench.max_statement
    )
    if databases is not None:
        options = databases.told(options, settings)
        targets = databases.others

    def listed(path: Path) -> list[dict[str, Any]]:
        process = start(1)
        try:
            return server.list_functions(process, str(path), settings.bench.timeout)
        finally:
            process.close()

    configured = () if options.urls else settings.bench.suites
    found = naming.select(list(targets or configured), options, listed, root=Path.cwd())
    return naming.matching(found, settings.bench.filter)


def commands(
    lines: Sequence[str] | None,
    titles: Sequence[str] | None,
    setup: str | None,
    prepare: Sequence[str] | None,
    cleanup: str | None,
    parameters: Sequence[tuple[str, str]] | None,
    shell: str,
) -> tuple[CommandSpec, ...]:
    """Return the commands to measure, one for every value of their parameters.

    raises: UsageError for options that need a command when there is none.
    """
    from perftool.errors import UsageError

    around = {"--command-name": titles, "--setup": setup, "--prepare": prepare, "--cleanup": cleanup, "-L": parameters}
    if not lines:
        for option, value in around.items():
            if value:
                raise UsageError(f"{option} is for commands, and there is none", hint="perftool bench --command '…'")
        return ()
    from perftool.bench.processes.parameters import expand, parse_parameter_lists

    return expand(
        lines,
        lists=parse_parameter_lists(parameters or ()),
        names=titles or (),
        setup=setup,
        prepare=prepare or (),
        cleanup=cleanup,
        shell=shell,
    )


def command_settings(settings: Settings, *, ignore_failure: bool, source: Path | None) -> CommandSettings:
    """Return how to run commands: a number of blocks chosen anywhere is the number of runs, else there is a minimum."""
    from perftool.bench.processes.api import CommandSettings

    return CommandSettings(
        count=settings.bench.blocks if settings.origin("bench.blocks") != "default" else None,
        warmup=settings.bench.warmup,
        ignore_failure=ignore_failure,
        timeout_s=settings.bench.timeout if settings.origin("bench.timeout") != "default" else None,
        input_file=source,
    )


def names(chosen: Selection, specs: Sequence[CommandSpec]) -> list[str]:
    """Return the full names of everything that would be measured."""
    from perftool.bench.targets import full_name

    return [*(full_name(case) for case in chosen.cases), *(f"command/{spec.label}" for spec in specs)]


def measure(
    chosen: Selection,
    specs: Sequence[CommandSpec],
    how: CommandSettings,
    settings: Settings,
    start: Start,
    *,
    quiet: bool,
) -> Report:
    """Measure, watching the machine, and return the report."""
    from msgspec.structs import replace

    from perftool.bench import preparing
    from perftool.bench.measuring import Work
    from perftool.bench.measuring import measure as run
    from perftool.cli import bench_captures
    from perftool.cli.progress import ProgressLine
    from perftool.machine import activity, environment
    from perftool.machine.interpreter import describe_python
    from perftool.store import reports

    clock = SystemClock()
    counting = counter(settings)
    python = settings.bench.python
    described = describe_python(python, environment.DEFAULT_PACKAGES) if python else None
    captured = environment.capture(label=settings.label or None, project=settings.root, python=described)
    measures, decided = bench_captures.checked(settings, chosen, start), run_settings(settings, chosen.suites)
    watch = activity.Watch()
    watch.start()
    began = clock.now()
    with ProgressLine(quiet=quiet) as line, preparing.prepared(chosen, line) as prepared:
        done = run(
            Work(chosen, specs, how),
            decided,
            start,
            clock=clock,
            listener=line,
            python=captured.python,
            profile=settings.profile or None,
            counter=counting,
            prepared=prepared,
            confidence=settings.compare.confidence,
        )
        seen = watch.stop()
        added = bench_captures.of_run(
            done, chosen, specs, how, start, settings, decided, measures=measures, listener=line
        )
    return reports.build(
        replace(done.payload, captures=tuple(added.references)),
        done.verdict,
        replace(captured, activity=seen),
        created=began,
        measurements=done.measurements,
        warnings=[*activity.doubts(seen, captured.cpu.cores_usable), *done.warnings, *added.doubts],
    )


def run_settings(settings: Settings, suites: Sequence[Suite] = ()) -> RunSettings:
    """Return what decides a run of functions and SQL; suites may have numbers of their own for what nobody chose."""
    from perftool.bench.settings import RunSettings

    bench = settings.bench
    numbers = {"blocks": bench.blocks, "samples": bench.samples}
    for name in numbers:
        own = [getattr(suite, name) for suite in suites]
        if own and None not in own and settings.origin(f"bench.{name}") == "default":
            numbers[name] = max(own)
    return RunSettings(
        blocks=numbers["blocks"],
        samples=numbers["samples"],
        min_time_s=bench.min_time,
        seed=bench.seed,
        gc=cast("GcMode", bench.gc),  # the configuration admits no other words
        memory=bench.mem,
        latency=bench.latency,
        instructions=bench.instructions,
        timeout_s=bench.timeout,
    )


def finished(report: Report) -> bool:
    """Say whether the run came to its end, its profiles too."""
    from perftool.cli.capture_files import INTERRUPTED

    if any(doubt.code == INTERRUPTED for doubt in report.warnings):
        return False
    run = report.payload.run if isinstance(report.payload, ComparisonPayload) else report.payload
    return isinstance(run, BenchPayload | PairedRun) and run.complete


def save(report: Report, chosen: Selection, settings: Settings) -> tuple[Path | None, OutputError | None]:
    """Store the report and return its path, or the reason why it could not be stored: it is shown all the same.

    A run that measured nothing does not take the place of the latest one that did.
    """
    from perftool.store import reports

    if not report.measurements:
        return None, None
    try:
        return reports.save_run(report, settings.report_folder, chosen.stem, keep=settings.report.keep), None
    except OutputError as error:
        return None, error


def stored(name: str | None, settings: Settings) -> Report | None:
    """Read the baseline ``name`` before anything is measured: a wrong name must not cost a minute."""
    if name is None:
        return None
    from perftool.machine.environment import default_label
    from perftool.store import baselines

    return baselines.load(settings.baseline_folder, name, settings.label or default_label())


def judge(report: Report, baseline: Report, settings: Settings) -> Report:
    """Return the comparison of the run with ``baseline``; the run itself when it measured nothing."""
    if not report.measurements:
        return report
    from perftool.cli.judging import compared
    from perftool.compare.inputs import Input
    from perftool.compare.reported import imported
    from perftool.store import baselines

    name = baseline.baseline.name if baseline.baseline is not None else "baseline"
    inputs = [Input(name, imported(baseline, f"baseline {name}")), Input("now", imported(report, "this run"))]
    reference = baselines.reference(baseline, report.environment)
    return compared(inputs, settings, report.environment, baseline=reference)


def next_steps(
    saved: Path | None, baseline: Report | None, *, complete: bool, captures: Sequence[CaptureReference] = ()
) -> list[str]:
    """Return the last lines: where the report is and which commands come next; a part of a run is no baseline."""
    if saved is None:
        return []
    view = [f"view    perftool profile view {captures[0].digest[:12]} --top"] if captures else []
    return [*_next_steps(os.path.relpath(saved), baseline, complete=complete), *view]


def _next_steps(shown: str, baseline: Report | None, *, complete: bool) -> list[str]:
    if not complete:
        return [f"report  {shown}", "next    perftool show latest · perftool bench"]
    after = "perftool baseline save · perftool compare A.json B.json · perftool show latest -o bench.html"
    if baseline is not None and baseline.baseline is not None:
        after = f"perftool baseline update {baseline.baseline.name} · perftool show latest"
    return [f"report  {shown}", f"next    {after}"]

"""What ``perftool bench --vs`` is asked to do: which sides, what of them, how, and until when."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from perftool.cli import explaining
from perftool.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from perftool.bench.processes.api import CommandSettings, CommandSpec
    from perftool.bench.schedule import Plan
    from perftool.bench.server import Server
    from perftool.bench.settings import RunSettings
    from perftool.bench.targets import Selection
    from perftool.config.schema import Settings
    from perftool.revisions.api import Request

    Start = Callable[[int], Server]


@dataclass(frozen=True, slots=True)
class Job:
    """What to do: the sides to prepare, how to select and measure cases, when to stop.

    With ``commands`` they are measured, and no case is. ``explain`` says which rows to explain, None for none.
    """

    request: Request
    select: Callable[[Start], Selection]
    settings: Settings
    how: RunSettings
    plan: Plan
    commands: Sequence[CommandSpec] = ()
    command_settings: CommandSettings | None = None
    explain: str | None = None


def check(
    *, sided: bool, adaptive: bool, max_time: str | None, baseline: str | None, explain: str | None = None
) -> None:
    """Refuse options that do not go together.

    raises: UsageError.
    """
    explaining.check(explain)
    alone = "--adaptive" if adaptive else "--max-time" if max_time is not None else "--explain" if explain else ""
    if not sided and alone:
        raise UsageError(f"{alone} is for runs of two sides", hint="perftool bench --vs main " + alone)
    if sided and baseline is not None:
        raise UsageError("--vs and --baseline are two bases to compare with", hint="leave one of them out")


def refuse_databases(targets: Sequence[str] | None, queries: Path | None) -> None:
    """Refuse databases: their time does not depend on the revision of the code around them.

    raises: UsageError.
    """
    from perftool.bench.targets import is_database

    if queries is not None or any(is_database(target) for target in targets or ()):
        raise UsageError(
            "--vs compares two states of the code, and a database is none",
            hint="perftool bench db DATABASE before and after the change, then perftool compare",
        )


def job(
    settings: Settings,
    targets: Sequence[str] | None,
    *,
    vs: str | None,
    vs_python: str | None,
    adaptive: bool,
    explain: str | None = None,
    commands: Sequence[CommandSpec] = (),
    command_settings: CommandSettings | None = None,
) -> Job:
    """Return what the settings say is to be done.

    raises: UsageError for what cannot be compared in one run; UnavailableError without a valgrind that is needed.
    """
    from perftool.cli import bench_run

    if commands and targets:
        raise UsageError(
            "--vs measures either targets or commands in one run", hint="one perftool bench --vs after the other"
        )
    if commands and vs_python is not None and not settings.vs.setup.strip():
        raise UsageError(
            "--vs-python changes nothing for --command, which names its own interpreter",
            hint="perftool bench --command '{py} app.py' -L py python3.11,python3.12",
        )
    if commands and command_settings is not None:
        from perftool.bench.processes.launching import check_input

        check_input(command_settings.input_file)  # a wrong name must not cost two builds
    if not commands:
        _check_names(targets or settings.bench.suites, settings)
        if settings.bench.instructions:
            from perftool.bench import counting

            counting.valgrind(os.environ)  # nor must a program that is not there
    when = plan(settings, adaptive=adaptive)
    # Single latencies cost as much again and are rarely what two revisions are compared for: only if asked for.
    latency = settings.bench.latency and settings.origin("bench.latency") != "default"
    how = replace(bench_run.run_settings(settings), blocks=when.blocks, samples=settings.vs.samples, latency=latency)
    return Job(
        request=request(settings, [] if commands else targets or settings.bench.suites, vs=vs, vs_python=vs_python),
        select=lambda start: bench_run.selection(targets, settings, start, only_commands=bool(commands)),
        settings=settings,
        how=how,
        plan=when,
        commands=commands,
        command_settings=command_settings,
        explain=explain,
    )


def _check_names(targets: Sequence[str], settings: Settings) -> None:
    """Refuse, before anything is built, a target that is neither a file nor a suite."""
    absent = [target for target in targets if target and not Path(target.partition("::")[0]).exists()]
    if not absent:
        return
    from perftool.bench import targets as naming
    from perftool.bench.api import SuiteOptions

    bench = settings.bench
    options = SuiteOptions(stage=bench.stage, dialect=bench.dialect, max_statement=bench.max_statement)
    naming.select(absent, options, lambda _path: [], root=Path.cwd())


def request(settings: Settings, targets: Sequence[str], *, vs: str | None, vs_python: str | None) -> Request:
    """Return what to prepare.

    raises: UsageError when both a revision and an interpreter are to differ.
    """
    from perftool.revisions.api import Request

    if vs is not None and vs_python is not None:
        raise UsageError(
            "--vs and --vs-python together change two things at once",
            hint="compare the revisions in one interpreter: --vs REV --python PATH",
        )
    named = [Path(target.partition("::")[0]) for target in targets if target]
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

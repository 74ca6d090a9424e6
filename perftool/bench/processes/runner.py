"""Run commands in rounds, in seeded random order, and collect what each run took."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from perftool.bench.processes import doubts, errands
from perftool.bench.processes.api import SUITE, CommandResults
from perftool.bench.processes.launching import Launcher, Run, RunTimeoutError
from perftool.bench.processes.naming import without_folders
from perftool.errors import UsageError
from perftool.events import Progress
from perftool.model.bench import BenchCase, SkippedCase
from perftool.model.measurement import Measurement

if TYPE_CHECKING:
    import random as random_module
    from collections.abc import Sequence

    from perftool.bench.processes.api import CommandSettings, CommandSpec
    from perftool.clock import Clock
    from perftool.events import Listener
    from perftool.model.verdict import ReportWarning


class Starter(Protocol):
    """Runs one command and waits for it: the launcher, or a test's stand-in."""

    def run(self, argv: Sequence[str], *, timeout_s: float | None = None, offset: int = 0) -> Run:
        """Run ``argv`` once."""

    def error_tail(self) -> str:
        """Return the last line of what the last run wrote to standard error."""


@dataclass(slots=True)
class _Series:
    """The runs of one command so far; ``reason`` says why it was given up."""

    spec: CommandSpec
    runs: list[Run] = field(default_factory=list)
    blocks: list[int] = field(default_factory=list)
    exit_codes: Counter[str] = field(default_factory=Counter)
    reason: str | None = None


def measure(
    commands: Sequence[CommandSpec],
    settings: CommandSettings,
    *,
    random: random_module.Random,
    clock: Clock,
    listener: Listener,
    starter: Starter | None = None,
) -> CommandResults:
    """Measure ``commands`` in rounds; each run is a sample and its round is its block.

    A command that fails is given up with its reason and the others go on. Interrupted, it returns what is finished
    with ``complete`` False.
    raises: UsageError when a command cannot be started or the input cannot be read.
    """
    began = clock.monotonic()
    series = [_Series(spec) for spec in commands]
    if starter is not None:
        rounds, complete = _measure(series, settings, starter, random, clock, listener)
    else:
        _check_input(settings)
        environment = dict(os.environ)
        with Launcher(environment, source=settings.input_file, output=settings.output) as launcher:
            rounds, complete = _measure(series, settings, launcher, random, clock, listener)
    kept = [s for s in series if s.reason is None and s.runs]
    return CommandResults(
        cases=tuple(_case(s) for s in kept),
        measurements=tuple(m for s in kept for m in _measurements(s)),
        skipped=tuple(
            SkippedCase(suite=SUITE, case=s.spec.case, reason=s.reason or "interrupted", parameters=s.spec.parameters)
            for s in series
            if s.reason is not None or not s.runs
        ),
        warnings=tuple(doubt for s in kept for doubt in _doubts(s, settings)),
        rounds=rounds,
        duration_s=clock.monotonic() - began,
        complete=complete,
        planned=settings.count or settings.min_count,
    )


def _measure(
    series: list[_Series],
    settings: CommandSettings,
    starter: Starter,
    random: random_module.Random,
    clock: Clock,
    listener: Listener,
) -> tuple[int, bool]:
    """Return the number of finished rounds and whether that is all of them."""
    rounds = 0
    try:
        for one in errands.distinct(s.spec.setup for s in series):
            _do(one, "setup", series, settings)
        for turn in range(settings.warmup):
            for s in _shuffled(series, random):
                listener.progress(Progress(turn, settings.warmup, f"warm-up: {s.spec.label}"))
                _run(s, settings, starter, random, block=None)
        began = clock.monotonic()
        while not _enough(rounds, clock.monotonic() - began, series, settings):
            expected, remaining = _outlook(rounds, clock.monotonic() - began, series, settings)
            for s in _shuffled(series, random):
                listener.progress(Progress(rounds, expected, s.spec.label, remaining))
                _run(s, settings, starter, random, block=rounds)
            rounds += 1
    except KeyboardInterrupt:
        return rounds, False
    finally:
        for one in errands.distinct(s.spec.cleanup for s in series):
            failure = errands.run(one)
            if failure:
                listener.note(f"cleanup failed: {without_folders(failure)}")
    return rounds, True


def _do(line: str, what: str, series: list[_Series], settings: CommandSettings) -> None:
    failure = errands.run(line, visible=settings.output == "inherit")
    if failure:
        for s in series:
            if getattr(s.spec, what) == line:
                s.reason = without_folders(f"{what} failed: {failure}")


def _run(
    s: _Series, settings: CommandSettings, starter: Starter, random: random_module.Random, block: int | None
) -> None:
    """Run one command once; ``block`` None is a warm-up, whose times are forgotten."""
    if s.spec.prepare:
        _do(s.spec.prepare, "prepare", [s], settings)
        if s.reason is not None:
            return
    try:
        run = starter.run(s.spec.argv, timeout_s=settings.timeout_s, offset=random.randrange(4096))
    except RunTimeoutError:
        s.reason = f"did not end within {settings.timeout_s:g} s (--timeout) and was killed"
        return
    code = errands.exit_name(run.exit_code)
    if run.exit_code != 0 and not _accepted(run.exit_code, settings):
        where = "in the warm-up" if block is None else f"in run {len(s.runs) + 1}"
        last = starter.error_tail()
        s.reason = without_folders(
            f"{code} {where}" + (f": {last}" if last else "") + " (--ignore-failure measures it)"
        )
        return
    if block is not None:
        s.runs.append(run)
        s.blocks.append(block)
        s.exit_codes[str(run.exit_code) if run.exit_code >= 0 else code] += 1


def _accepted(code: int, settings: CommandSettings) -> bool:
    accepted = settings.ignore_failure
    return accepted if isinstance(accepted, bool) else code in accepted


def _shuffled(series: list[_Series], random: random_module.Random) -> list[_Series]:
    alive = [s for s in series if s.reason is None]
    random.shuffle(alive)
    return alive


def _enough(rounds: int, elapsed_s: float, series: list[_Series], settings: CommandSettings) -> bool:
    alive = sum(s.reason is None for s in series)
    if alive == 0:
        return True
    if settings.count is not None:
        return rounds >= settings.count
    return rounds >= settings.max_count or (rounds >= settings.min_count and elapsed_s >= settings.min_time_s * alive)


def _outlook(
    rounds: int, elapsed_s: float, series: list[_Series], settings: CommandSettings
) -> tuple[int | None, float | None]:
    """Return the expected number of rounds and the seconds left, None while unknown."""
    if rounds == 0:
        return settings.count, None
    each = elapsed_s / rounds
    alive = sum(s.reason is None for s in series)
    wanted = max(settings.min_count, min(settings.max_count, -int(-settings.min_time_s * alive // each)))
    expected = max(rounds, settings.count or wanted)
    return expected, (expected - rounds) * each


def _case(s: _Series) -> BenchCase:
    return BenchCase(
        suite=SUITE,
        case=s.spec.case,
        kind="command",
        parameters=s.spec.parameters,
        source=without_folders(" ".join(s.spec.argv)),
        exit_codes=dict(s.exit_codes),
    )


def _measurements(s: _Series) -> list[Measurement]:
    """Return wall time, which gates, and CPU times and peak memory, which inform."""
    columns = {
        "sec/op": [r.wall_s for r in s.runs],
        "cpu-sec/op": [r.user_s + r.system_s for r in s.runs],
        "user-sec/op": [r.user_s for r in s.runs],
        "sys-sec/op": [r.system_s for r in s.runs],
        "peak-RSS-B": [float(r.peak_bytes) for r in s.runs],
    }
    return [
        Measurement(
            suite=SUITE,
            case=s.spec.case,
            unit=unit,
            better="lower",
            values=tuple(values),
            parameters=s.spec.parameters,
            blocks=tuple(s.blocks),
            gates=unit == "sec/op",
        )
        for unit, values in columns.items()
    ]


def _doubts(s: _Series, settings: CommandSettings) -> list[ReportWarning]:
    name = _measurements(s)[0].name
    walls = [r.wall_s for r in s.runs]
    prepared = s.spec.prepare is not None
    return doubts.of_ends(name, s.exit_codes) + doubts.of_runs(name, walls, warmup=settings.warmup, prepared=prepared)


def _check_input(settings: CommandSettings) -> None:
    if settings.input_file is None:
        return
    try:
        with settings.input_file.open("rb"):
            pass
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(f"cannot read --input {str(settings.input_file)!r}: {reason}") from error

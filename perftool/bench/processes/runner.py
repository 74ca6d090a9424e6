"""Run commands in rounds, in seeded random order, and collect what each run took."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from perftool.bench.processes import doubts, errands
from perftool.bench.processes.api import CommandResults
from perftool.bench.processes.launching import Launcher, check_input
from perftool.bench.processes.naming import without_folders
from perftool.bench.processes.series import Series, attempt, case, errand, measurements, skipped
from perftool.events import Progress

if TYPE_CHECKING:
    import random as random_module
    from collections.abc import Sequence

    from perftool.bench.processes.api import CommandSettings, CommandSpec
    from perftool.bench.processes.series import Starter
    from perftool.clock import Clock
    from perftool.events import Listener
    from perftool.model.verdict import ReportWarning


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
    series = [Series(spec) for spec in commands]
    if starter is not None:
        rounds, complete = _measure(series, settings, starter, random, clock, listener)
    else:
        check_input(settings.input_file)
        environment = dict(os.environ)
        with Launcher(environment, source=settings.input_file, output=settings.output) as launcher:
            rounds, complete = _measure(series, settings, launcher, random, clock, listener)
    kept = [s for s in series if s.reason is None and s.finished]
    return CommandResults(
        cases=tuple(case(s) for s in kept),
        measurements=tuple(m for s in kept for m in measurements(s)),
        skipped=tuple(skipped(s) for s in series if s.reason is not None or not s.finished),
        warnings=tuple(doubt for s in kept for doubt in _doubts(s, settings)),
        rounds=rounds,
        duration_s=clock.monotonic() - began,
        complete=complete,
        planned=settings.count or settings.min_count,
    )


def _measure(
    series: list[Series],
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
            errand(one, "setup", series, settings)
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


def _run(
    s: Series, settings: CommandSettings, starter: Starter, random: random_module.Random, block: int | None
) -> None:
    """Run one command once; ``block`` None is a warm-up, whose times are forgotten."""
    when = "in the warm-up" if block is None else f"in run {len(s.finished) + 1}"
    run = attempt(s, starter, settings, when=when, offset=random.randrange(4096))
    if run is not None and block is not None:
        s.add(block, [run])


def _shuffled(series: list[Series], random: random_module.Random) -> list[Series]:
    alive = [s for s in series if s.reason is None]
    random.shuffle(alive)
    return alive


def _enough(rounds: int, elapsed_s: float, series: list[Series], settings: CommandSettings) -> bool:
    alive = sum(s.reason is None for s in series)
    if alive == 0:
        return True
    if settings.count is not None:
        return rounds >= settings.count
    return rounds >= settings.max_count or (rounds >= settings.min_count and elapsed_s >= settings.min_time_s * alive)


def _outlook(
    rounds: int, elapsed_s: float, series: list[Series], settings: CommandSettings
) -> tuple[int | None, float | None]:
    """Return the expected number of rounds and the seconds left, None while unknown."""
    if rounds == 0:
        return settings.count, None
    each = elapsed_s / rounds
    alive = sum(s.reason is None for s in series)
    wanted = max(settings.min_count, min(settings.max_count, -int(-settings.min_time_s * alive // each)))
    expected = max(rounds, settings.count or wanted)
    return expected, (expected - rounds) * each


def _doubts(s: Series, settings: CommandSettings) -> list[ReportWarning]:
    name = measurements(s)[0].name
    walls = [r.wall_s for r in s.runs]
    prepared = s.spec.prepare is not None
    return doubts.of_ends(name, s.exit_codes) + doubts.of_runs(name, walls, warmup=settings.warmup, prepared=prepared)

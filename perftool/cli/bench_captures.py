"""Profile what ``perftool bench`` has measured: every case, or whole commands, on one side or on two."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from perftool.cli import capture_files
from perftool.cli.capture_files import Profile, Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from perftool.bench import captures
    from perftool.bench.api import Case
    from perftool.bench.assemble import Assembled
    from perftool.bench.captures import Captured, Kit, Measure
    from perftool.bench.processes.api import CommandSettings, CommandSpec, Place
    from perftool.bench.server import Server
    from perftool.bench.settings import RunSettings
    from perftool.bench.targets import Selection
    from perftool.config.schema import Settings
    from perftool.events import Listener
    from perftool.model.bench import BenchCase
    from perftool.model.measurement import Measurement
    from perftool.model.profile import CaptureReference
    from perftool.model.verdict import ReportWarning

    Start = Callable[[int], Server]
    Key = tuple[str, str, tuple[tuple[str, str], ...]]


@dataclass(slots=True)
class Added:
    """What profiling adds to a report: captures, how it names their files, and doubts."""

    profiles: list[Profile] = field(default_factory=list)
    references: list[CaptureReference] = field(default_factory=list)
    doubts: list[ReportWarning] = field(default_factory=list)

    def keep(self, folder: Path, *, sided: bool = False) -> None:
        """Write the captures to ``folder``; that it cannot be written to costs the captures and not the report."""
        from perftool.errors import OutputError
        from perftool.model.verdict import ReportWarning

        try:
            self.references += capture_files.keep(self.profiles, folder, sided=sided)
        except OutputError as error:
            self.doubts.append(ReportWarning(code="captures-not-kept", message=error.message))


def wanted(settings: Settings) -> tuple[Measure, ...]:
    """Return what to profile, () for nothing."""
    return cast("tuple[Measure, ...]", settings.bench.capture)  # the configuration admits no other words


def checked(settings: Settings, chosen: Selection, start: Start) -> tuple[Measure, ...]:
    """Return what to profile after making sure, before anything is measured, that it can be done.

    raises: UnavailableError when allocations are to be recorded and memray is not there.
    """
    measures = wanted(settings)
    if "memory" in measures and chosen.cases:
        from perftool.bench.measuring import require_memray

        require_memray(start, settings.bench.timeout, option="--capture memory")
    return measures


def of_run(
    done: Assembled,
    chosen: Selection,
    specs: Sequence[CommandSpec],
    command_settings: CommandSettings,
    start: Start,
    settings: Settings,
    how: RunSettings,
    *,
    measures: Sequence[Measure],
    listener: Listener,
) -> Added:
    """Profile what a run has measured, and keep the captures where reports of this machine are."""
    import os
    from pathlib import Path

    from perftool.bench.processes.api import Place

    added = Added()
    if not measures or not done.payload.complete:
        return added
    known = {key(case) for case in done.payload.cases}
    cases = [case for case in chosen.cases if key(case) in known]
    if cases:
        times = op_times(done.measurements)
        added = of_cases(cases, [start], settings, how, measures=measures, times=times, listener=listener)
    commands = [spec for spec in specs if key(spec) in known]
    if commands:
        here = Path.cwd()
        place = Place(here, dict(os.environ), home=here, tree=here)
        seed = settings.bench.seed
        more = of_commands(
            commands, [place], settings, command_settings, measures=measures, seed=seed, listener=listener
        )
        added = Added([*added.profiles, *more.profiles], doubts=[*added.doubts, *more.doubts])
    added.keep(settings.capture_folder)
    return added


def of_cases(
    cases: Sequence[Case],
    starts: Sequence[Start],
    settings: Settings,
    how: RunSettings,
    *,
    measures: Sequence[Measure],
    times: dict[Key, float],
    listener: Listener,
    seconds: float | None = None,
    repeats: int | None = None,
    rate: float | None = None,
    pure: Sequence[str] | None = None,
) -> Added:
    """Profile functions and SQL; ``starts`` make the servers of one side or of two, ``times`` are those of operations.

    What is not said is as in the settings.
    """
    from perftool.bench.captures import Subject as Measured
    from perftool.bench.captures import take

    subjects = [Subject(case.suite, case.case, case.parameters) for case in cases]
    measured = [Measured(case, times.get(key(case), 0.0)) for case in cases]

    def taken(kit: Kit, tell: captures.Tell) -> Captured:
        return take(measured, starts, kit, how, measures, tell=tell)

    return _added(subjects, taken, settings, listener, seconds=seconds, repeats=repeats, rate=rate, pure=pure)


def of_commands(
    commands: Sequence[CommandSpec],
    places: Sequence[Place],
    settings: Settings,
    how: CommandSettings,
    *,
    measures: Sequence[Measure],
    seed: int,
    listener: Listener,
    seconds: float | None = None,
    repeats: int | None = None,
    rate: float | None = None,
    pure: Sequence[str] | None = None,
) -> Added:
    """Profile whole commands in the places of one side or of two."""
    from perftool.bench.processes.api import SUITE
    from perftool.bench.processes.capturing import take

    subjects = [Subject(SUITE, spec.case, spec.parameters) for spec in commands]

    def taken(kit: Kit, tell: captures.Tell) -> Captured:
        return take(commands, places, kit, how, measures, seed=seed, tell=tell)

    return _added(
        subjects, taken, settings, listener, commands=measures, seconds=seconds, repeats=repeats, rate=rate, pure=pure
    )


def key(case: Case | CommandSpec | BenchCase | Measurement) -> Key:
    """Return what tells one benchmark from all others."""
    from perftool.bench.processes.api import SUITE

    return getattr(case, "suite", SUITE), case.case, tuple(sorted(case.parameters.items()))


def op_times(measurements: Iterable[Measurement]) -> dict[Key, float]:
    """Return how many seconds an operation of each case takes: of two sides the slower one's."""
    from perftool.stats.sample import median

    found: dict[Key, float] = {}
    for one in measurements:
        if one.unit == "sec/op" and one.values:
            found[key(one)] = max(found.get(key(one), 0.0), median(sorted(one.values)))
    return found


def _added(
    subjects: Sequence[Subject],
    take: Callable[[Kit, captures.Tell], Captured],
    settings: Settings,
    listener: Listener,
    *,
    commands: Sequence[Measure] = (),
    seconds: float | None = None,
    repeats: int | None = None,
    rate: float | None = None,
    pure: Sequence[str] | None = None,
) -> Added:
    import tempfile
    from pathlib import Path

    from perftool.events import Progress

    with tempfile.TemporaryDirectory(prefix="perftool-", ignore_cleanup_errors=True) as folder:
        kit = capture_files.kit(
            settings, Path(folder), commands=commands, seconds=seconds, repeats=repeats, rate=rate, pure=pure
        )
        captured = take(kit, lambda activity: listener.progress(Progress(0, None, activity)))
        try:
            found, doubts = capture_files.profiles(captured, subjects, kit, commands=bool(commands))
        except KeyboardInterrupt:
            # What was measured before must be reported all the same.
            return Added(doubts=[capture_files.interrupted()])
    return Added(found, doubts=doubts)

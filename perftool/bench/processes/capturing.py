"""Profile whole commands: each run under the profiler's start-up file, on one side or on two in turn."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from perftool.bench import interleave
from perftool.bench.captures import MEMORY_REPEATS, Captured, Missed, Taken, chance
from perftool.bench.processes import errands
from perftool.bench.processes.launching import Launcher
from perftool.bench.processes.naming import without_folders
from perftool.bench.processes.series import Series, attempt, errand
from perftool.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from random import Random

    from perftool.bench.captures import Kit, Measure
    from perftool.bench.processes.api import CommandSettings, CommandSpec, Place
    from perftool.bench.processes.launching import Run
    from perftool.bench.processes.series import Starter

Json = dict[str, Any]

#: The variable that names the plan, which every Python process of the command reads.
VARIABLE: Final = "_PERFTOOL_PLAN"
# A command of some milliseconds is mostly start-up: more runs would say the same again.
MOST_RUNS: Final = 50
PATIENCE: Final = 2.0


def take(
    commands: Sequence[CommandSpec],
    places: Sequence[Place],
    kit: Kit,
    settings: CommandSettings,
    measures: Sequence[Measure],
    *,
    seed: int,
    tell: Callable[[str], None] = lambda _activity: None,
) -> Captured:
    """Run every command under the profiler in each of ``places``, one for each side.

    A repeat is as many runs as take ``kit.seconds``, for the memory of a command one. What they leave is a folder for
    the profiler's own reader: a command that is no Python program leaves nothing. Setup and cleanup run around it all,
    as they do when measuring. A command that fails is given up on its side.
    """
    taking = _Taking(places, kit, settings, seed, tell)
    ready = [[Series(spec) for spec in commands] for _ in places]
    try:
        for side, place in enumerate(places):
            for line in errands.distinct(one.spec.setup for one in ready[side]):
                errand(line, "setup", ready[side], settings, place)
        for measure in measures:
            # What fails under one profiler may run under the other.
            series = [[replace(one) for one in given] for given in ready]
            try:
                for repeat in range(min(kit.repeats, MEMORY_REPEATS) if measure == "memory" else kit.repeats):
                    taking.repeat(series, measure, repeat)
            finally:
                taking.missed(series, measure)
    except KeyboardInterrupt:
        taking.done.interrupted = True
    finally:
        for side, place in enumerate(places):
            for line in errands.distinct(one.spec.cleanup for one in ready[side]):
                errands.run(line, place=place)
    return taking.done


@dataclass(frozen=True, slots=True)
class _Taking:
    places: Sequence[Place]
    kit: Kit
    settings: CommandSettings
    seed: int
    tell: Callable[[str], None]
    done: Captured = field(default_factory=Captured)

    def repeat(self, series: Sequence[Sequence[Series]], measure: Measure, repeat: int) -> None:
        """Profile every command once on each side, in random order."""
        purpose = f"capture/{measure}/{repeat}"
        random = chance(self.seed, purpose)
        order = list(range(len(series[0])))
        random.shuffle(order)
        for subject in order:
            for side in interleave.sides(1, random) if len(self.places) > 1 else [0]:
                one = series[side][subject]
                if one.reason is None:
                    self.tell(f"profiling {measure} of {one.spec.label} ({repeat + 1})")
                    # Drawn anew for each side: both have the same hash seeds.
                    self._one(one, measure, subject, side, repeat, chance(self.seed, f"{purpose}/{subject}"))

    def missed(self, series: Sequence[Sequence[Series]], measure: Measure) -> None:
        """Note what had to be given up."""
        for side, given in enumerate(series):
            for subject, one in enumerate(given):
                if one.reason is not None:
                    self.done.missed.append(Missed(subject, measure, side, one.reason))

    def _one(self, one: Series, measure: Measure, subject: int, side: int, repeat: int, random: Random) -> None:
        place, settings = self.places[side], self.settings
        folder = self.kit.folder / f"command-{measure}-{subject}-{side}-{repeat}"
        variables = shimmed(place.variables, self.kit, measure, folder)
        with Launcher(variables, folder=place.folder, source=settings.input_file, output=settings.output) as starter:
            runs = _runs(one, starter, settings, place, 0.0 if measure == "memory" else self.kit.seconds, random)
        if runs:
            cpu_s = sum(run.user_s + run.system_s for run in runs)
            self.done.taken.append(Taken(subject, measure, side, repeat, folder, len(runs), cpu_s=cpu_s))


def _runs(
    one: Series, starter: Starter, settings: CommandSettings, place: Place, seconds: float, random: Random
) -> list[Run]:
    """Run a command until that took ``seconds`` of CPU time, or twice that by the clock, once at least.

    A sampler sees next to nothing of a single short run.
    returns: [] after giving it up.
    """
    runs: list[Run] = []
    cpu_s = wall_s = 0.0
    while not runs or (cpu_s < seconds and wall_s < PATIENCE * seconds and len(runs) < MOST_RUNS):
        offset, seed = random.randrange(4096), interleave.hash_seed(random)
        try:
            run = attempt(one, starter, settings, when="under the profiler", offset=offset, hash_seed=seed, place=place)
        except UsageError as error:
            run, one.reason = None, without_folders(str(error))
        if run is None:
            return []
        runs.append(run)
        cpu_s, wall_s = cpu_s + run.user_s + run.system_s, wall_s + run.wall_s
    return runs


def shimmed(variables: Mapping[str, str], kit: Kit, measure: Measure, folder: Path) -> dict[str, str]:
    """Return the environment in which every Python process is profiled; its files go to ``folder``, made here."""
    import json

    folder.mkdir(parents=True)
    plan = {
        "version": 1,
        "folder": str(folder.absolute()),
        "modules": list(kit.modules.get(measure, ())),
        "pure": list(kit.pure),
        "labels": {},
    }
    path = folder / "plan.json"
    path.write_text(json.dumps(plan), encoding="utf-8")
    before = variables.get("PYTHONPATH")
    site = str(kit.runtime / "site")
    return {
        **variables,
        "PYTHONPATH": f"{site}{os.pathsep}{before}" if before else site,
        VARIABLE: str(path.absolute()),
    }

"""Profile whole commands: each run under the profiler's start-up file, on one side or on two in turn."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

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

    from perftool.bench.captures import Kit, Measure
    from perftool.bench.processes.api import CommandSettings, CommandSpec, Place

Json = dict[str, Any]

#: The variable that names the plan, which every Python process of the command reads.
VARIABLE = "PERFTOOL_PROFILE"


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
    """Run every command ``kit.repeats`` times under the profiler in each of ``places``, one for each side.

    What a run leaves is a folder for the profiler's own reader: a command that is no Python program leaves nothing.
    Setup and cleanup run around it all, as they do when measuring. A command that fails is given up on its side.
    """
    done = Captured()
    series = [[Series(spec) for spec in commands] for _ in places]
    try:
        for side, place in enumerate(places):
            for line in errands.distinct(one.spec.setup for one in series[side]):
                errand(line, "setup", series[side], settings, place)
        for measure in measures:
            for repeat in range(min(kit.repeats, MEMORY_REPEATS) if measure == "memory" else kit.repeats):
                _repeat(series, places, kit, settings, measure, repeat, seed, tell, done)
    except KeyboardInterrupt:
        done.interrupted = True
    finally:
        for side, place in enumerate(places):
            for line in errands.distinct(one.spec.cleanup for one in series[side]):
                errands.run(line, place=place)
    for side, given in enumerate(series):
        for subject, one in enumerate(given):
            if one.reason is not None:
                done.missed += [Missed(subject, measure, side, one.reason) for measure in measures]
    return done


def _repeat(
    series: Sequence[Sequence[Series]],
    places: Sequence[Place],
    kit: Kit,
    settings: CommandSettings,
    measure: Measure,
    repeat: int,
    seed: int,
    tell: Callable[[str], None],
    done: Captured,
) -> None:
    random = chance(seed, f"capture/{measure}/{repeat}")
    order = list(range(len(series[0])))
    random.shuffle(order)
    for subject in order:
        offset, hash_seed = random.randrange(4096), interleave.hash_seed(random)
        for side in interleave.sides(1, random) if len(places) > 1 else [0]:
            one, place = series[side][subject], places[side]
            if one.reason is not None:
                continue
            tell(f"profiling {measure} of {one.spec.label} ({repeat + 1})")
            folder = kit.folder / f"command-{measure}-{subject}-{side}-{repeat}"
            variables = shimmed(place.variables, kit, measure, folder)
            with Launcher(
                variables, folder=place.folder, source=settings.input_file, output=settings.output
            ) as starter:
                try:
                    run = attempt(
                        one,
                        starter,
                        settings,
                        when="under the profiler",
                        offset=offset,
                        hash_seed=hash_seed,
                        place=place,
                    )
                except UsageError as error:
                    run, one.reason = None, without_folders(str(error))
            if run is not None:
                cpu_s = run.user_s + run.system_s
                done.taken.append(Taken(subject, measure, side, repeat, folder, 1, cpu_s=cpu_s))


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

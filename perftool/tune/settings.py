"""Try settings of a database on a workload, in rounds, and say which to use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from perftool.model.tune import TunePayload
from perftool.tune import settings_judging
from perftool.tune import settings_saying as saying
from perftool.tune.settings_tuning import Plan, Tuning

if TYPE_CHECKING:
    import random as random_module
    from collections.abc import Sequence
    from pathlib import Path

    from perftool.bench.databases.settings_grid import Setting
    from perftool.bench.databases.statements import Query
    from perftool.clock import Clock
    from perftool.databases import Database
    from perftool.events import Listener
    from perftool.model.measurement import Measurement
    from perftool.model.verdict import ReportWarning, Verdict

__all__ = ["Plan", "Tried", "tune"]


@dataclass(frozen=True, slots=True)
class Tried:
    """Everything of a report that the trial decides; ``chosen`` are the candidates to use together, maybe none."""

    payload: TunePayload
    measurements: tuple[Measurement, ...]
    warnings: tuple[ReportWarning, ...]
    verdict: Verdict
    chosen: tuple[Setting, ...]
    driver: str
    complete: bool


def tune(
    database: Database,
    queries: Sequence[Query],
    label: str,
    how: Plan,
    folder: Path,
    *,
    random: random_module.Random,
    clock: Clock,
    listener: Listener,
) -> Tried:
    """Run ``queries`` under every candidate and judge them, then the best together once more.

    ``database`` has the settings that are in use, and is left as it is, but for what ``commit`` admits.
    ``label`` is how reports call the workload, ``folder`` an empty one for copies of files.
    raises: UsageError where the workload may not run so, InputError when there is nothing to judge.
    """
    facts = database.facts()
    trial = Tuning(database, queries, how, folder, random, clock, listener)
    found = trial.run()
    payload = TunePayload(
        subject="settings",
        target=f"{facts.label}, {label}",
        candidates=found.candidates,
        winner=found.winner,
        confidence=how.confidence,
        why=found.why,
        databases=(facts,),
    )
    return Tried(
        payload=payload,
        measurements=tuple(settings_judging.measurements(found.arms, {"backend": facts.label})),
        warnings=tuple(saying.doubts(facts.label, trial.trial, writes=trial.writes)),
        verdict=saying.verdict(payload, complete=found.complete),
        chosen=found.chosen,
        driver=database.driver.name,
        complete=found.complete,
    )

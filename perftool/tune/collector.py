"""Try settings of the garbage collector on a whole program, in rounds, and say which to use."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from perftool.bench.processes.api import SUITE, CommandSettings, CommandSpec
from perftool.bench.processes.runner import measure
from perftool.errors import InputError
from perftool.model.tune import TunePayload
from perftool.model.verdict import ReportWarning, Verdict
from perftool.profiling import launching
from perftool.tune.candidates import GRID, Setting
from perftool.tune.choosing import PEAK, judged, middle, winner

if TYPE_CHECKING:
    import random as random_module
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from perftool.clock import Clock
    from perftool.events import Listener
    from perftool.model.measurement import Measurement

CPU: Final = "cpu-sec/op"
_FILES: Final = "gc-*.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How to try: ``rounds`` of one run of each setting in random order; see ``choosing.winner`` for the bounds."""

    rounds: int = 12
    warmup: int = 1
    minimum_effect: float = 0.02
    most_memory: float = 0.2
    confidence: float = 0.95
    timeout_s: float | None = None
    ignore_failure: bool = False
    grid: tuple[Setting, ...] = GRID


@dataclass(frozen=True, slots=True)
class Tried:
    """Everything of a report that the trial decides; ``setting`` is the one to use."""

    payload: TunePayload
    measurements: tuple[Measurement, ...]
    warnings: tuple[ReportWarning, ...]
    verdict: Verdict
    setting: Setting
    complete: bool


def tune(
    command: Sequence[str],
    label: str,
    how: Plan,
    base: Mapping[str, str],
    folder: Path,
    *,
    random: random_module.Random,
    clock: Clock,
    listener: Listener,
) -> Tried:
    """Run ``command`` with every setting of the grid and judge them.

    ``base`` is the environment of the command, ``folder`` an empty one for what the runs leave.
    raises: UsageError when it cannot be started, InputError when it gave nothing to judge.
    """
    specs = [_spec(number, one, command, base, folder) for number, one in enumerate(how.grid)]
    settings = CommandSettings(
        count=how.rounds, warmup=how.warmup, timeout_s=how.timeout_s, ignore_failure=how.ignore_failure
    )
    done = measure(specs, settings, random=random, clock=clock, listener=listener)
    if done.skipped and done.skipped[0].case == how.grid[0].name:
        raise InputError(
            f"{label}: {done.skipped[0].reason}", hint="a command that fails is measured with --ignore-failure"
        )
    times = {m.case: dict(zip(m.blocks, m.values, strict=True)) for m in done.measurements if m.unit == CPU}
    if not times.get(how.grid[0].name):
        raise InputError(f"{label}: interrupted before anything was measured")
    facts = {
        one.name: _facts(one, done.measurements, folder / str(at), warmup=how.warmup) for at, one in enumerate(how.grid)
    }
    candidates = judged(
        [one.name for one in how.grid],
        {one.name: one.said() for one in how.grid},
        times,
        facts,
        confidence=how.confidence,
    )
    name, why = winner(
        candidates,
        frozenset(one.name for one in how.grid if one.bounded),
        minimum_effect=how.minimum_effect,
        most_memory=how.most_memory,
        confidence=how.confidence,
    )
    payload = TunePayload(
        subject="gc", target=label, candidates=candidates, winner=name, confidence=how.confidence, why=why
    )
    return Tried(
        payload=payload,
        measurements=tuple(_plain(m) for m in done.measurements),
        warnings=(*done.warnings, *_doubts(facts[how.grid[0].name], times[how.grid[0].name])),
        verdict=_verdict(payload, complete=done.complete),
        setting=next(one for one in how.grid if one.name == name),
        complete=done.complete,
    )


def _spec(number: int, one: Setting, command: Sequence[str], base: Mapping[str, str], folder: Path) -> CommandSpec:
    """Return the command with the plan of one setting in its environment.

    ``env`` puts it there: the same for all of them, so that what it costs is no difference.
    """
    own = folder / str(number)
    own.mkdir()
    plan: dict[str, Any] = {
        "version": 1,
        "folder": str(own.absolute()),
        "modules": [{"name": "tuning", "settings": one.for_target()}],
        "pure": [],
        "labels": {},
        "children": True,
    }
    added = launching.environment({"PYTHONPATH": base["PYTHONPATH"]} if base.get("PYTHONPATH") else {}, plan)
    return CommandSpec(case=one.name, argv=("env", *(f"{key}={value}" for key, value in added.items()), *command))


def _facts(one: Setting, measurements: Sequence[Measurement], folder: Path, *, warmup: int) -> dict[str, float]:
    """Return what is known of one setting beside its time: figures of a mean run, warm-ups included, and its peak."""
    peaks = [m.values for m in measurements if m.case == one.name and m.unit == PEAK]
    facts = {PEAK: middle(peaks[0])} if peaks else {}
    runs = (len(peaks[0]) if peaks else 0) + warmup
    said = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob(_FILES))]
    if said and runs:
        facts["gc-sec/op"] = sum(run["total_ns"] for run in said) * 1e-9 / runs
        facts["gc-count/op"] = sum(run["count"] for run in said) / runs
        facts["gc-max-sec"] = max(run["longest_ns"] for run in said) * 1e-9
        facts["gc-frozen"] = max(float(run["frozen"]) for run in said)
    return facts


def _plain(measurement: Measurement) -> Measurement:
    """Return the measurement under the name of the trial; only the time that is judged may fail a gate."""
    from msgspec.structs import replace

    assert measurement.suite == SUITE
    return replace(measurement, suite="tune-gc", gates=measurement.unit == CPU)


def _doubts(facts: Mapping[str, float], times: Mapping[int, float]) -> list[ReportWarning]:
    typical = middle(list(times.values()))
    if "gc-sec/op" not in facts:
        message = "its interpreter did not take the settings: no run said what it collected"
        return [ReportWarning(code="gc-not-applied", message=message)]
    if typical < _SHORT_S:
        message = f"a run takes {typical * 1e3:.0f} ms, most of it the start of Python: a longer one would tell more"
        return [ReportWarning(code="gc-run-short", message=message)]
    return []


_SHORT_S: Final = 0.2


def _verdict(payload: TunePayload, *, complete: bool) -> Verdict:
    best = next(one for one in payload.candidates if one.name == payload.winner)
    reasons = () if complete else ("interrupted: fewer rounds than planned",)
    if best is payload.candidates[0]:
        return Verdict(
            outcome="pass" if complete else "warn", headline=f"keep it as it is: {payload.why}", reasons=reasons
        )
    assert best.ratio is not None
    assert best.lo is not None
    assert best.hi is not None
    spread = f"{(1 - best.hi) * 100:.1f} to {(1 - best.lo) * 100:.1f} %"
    headline = f"{best.name}: {(1 - best.ratio) * 100:.1f} % less CPU time ({spread})"
    return Verdict(outcome="pass" if complete else "warn", headline=headline, reasons=reasons)

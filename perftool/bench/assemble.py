"""Put functions, SQL and commands together into one payload, with its doubts and its verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from perftool.bench import doubts, measurements, scaling
from perftool.model.bench import BenchPayload
from perftool.model.verdict import ReportWarning, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.bench.api import Prepared, Suite
    from perftool.bench.processes.api import CommandResults
    from perftool.bench.runner import Run
    from perftool.bench.settings import RunSettings
    from perftool.model.bench import Conclusion, SkippedCase
    from perftool.model.environment import PythonBuild
    from perftool.model.measurement import Measurement


@dataclass(frozen=True, slots=True)
class Assembled:
    """Everything of a report that a benchmark run decides."""

    payload: BenchPayload
    measurements: tuple[Measurement, ...]
    warnings: tuple[ReportWarning, ...]
    verdict: Verdict


def assemble(
    settings: RunSettings,
    run: Run | None,
    commands: CommandResults | None,
    *,
    skipped: Sequence[SkippedCase] = (),
    python: PythonBuild | None = None,
    profile: str | None = None,
    warmup: int | None = None,
    suites: Sequence[Suite] = (),
    prepared: Prepared | None = None,
    confidence: float = 0.95,
) -> Assembled:
    """Join both kinds of results.

    ``skipped`` are targets that never became a case; ``python`` the interpreter measured in. ``suites`` conclude from
    their measurements, at ``confidence``; ``prepared`` is what they found before.
    """
    records = run.records if run is not None else ()
    measured = [record for record in records if record.reason is None and record.finished]
    values = [m for record in measured for m in measurements.measurements(record)]
    ratios = scaling.speed_ups(values)
    values += ratios
    cases = [measurements.case(record) for record in measured]
    lost = [
        *skipped,
        *(measurements.skipped(r, "interrupted") for r in records if r.reason is not None or not r.finished),
    ]
    found = [
        *(prepared.doubts if prepared is not None else ()),
        *(doubts.of_interpreter(python) if python is not None and measured else ()),
        *doubts.of_measurements(values),
        *doubts.of_records(measured, latency=settings.latency),
        *scaling.doubts(ratios),
    ]
    if commands is not None:
        values += commands.measurements
        cases += commands.cases
        lost += commands.skipped
        found += commands.warnings
    payload = BenchPayload(
        settings=settings.told(
            blocks=settings.blocks if run is not None or commands is None else _rounds(commands),
            samples=settings.samples if run is not None else 1,
            profile=profile,
            warmup=warmup,
        ),
        cases=tuple(cases),
        skipped=tuple(lost),
        duration_s=(run.duration_s if run is not None else 0.0) + (commands.duration_s if commands else 0.0),
        complete=(run is None or run.complete) and (commands is None or commands.complete),
        yardstick=run.yardstick.measurements() if run is not None else (),
        databases=tuple(prepared.databases) if prepared is not None else (),
        conclusions=_conclusions(suites, values, confidence),
    )
    return Assembled(payload, tuple(values), tuple(found), verdict(payload, values))


def _conclusions(suites: Sequence[Suite], values: Sequence[Measurement], confidence: float) -> tuple[Conclusion, ...]:
    return tuple(
        conclusion
        for suite in suites
        if suite.conclude is not None
        for conclusion in suite.conclude([one for one in values if one.suite == suite.name], confidence)
    )


def verdict(payload: BenchPayload, values: Sequence[Measurement]) -> Verdict:
    """Judge a run alone: it never fails, but having measured nothing is not a pass, and a gap is a warning."""
    measured, lost = len(payload.cases), len(payload.skipped)
    reasons = tuple(f"{_name(s)}: {s.reason}" for s in payload.skipped)
    if not measured:
        headline = "nothing was measured" + (f": {_count(lost, 'case')} skipped" if lost else "")
        return Verdict(outcome="inconclusive", headline=headline, reasons=reasons, undecidable=True)
    parts = [f"{_count(measured, 'case')} measured", *([f"{lost} skipped"] if lost else [])]
    center = _geomean(values)
    if center and measured > 1:
        parts.append(f"geomean {center}")
    if not payload.complete:
        parts.insert(0, "interrupted")
    outcome = "pass" if payload.complete and not lost else "warn"
    return Verdict(outcome="warn" if outcome == "warn" else "pass", headline=", ".join(parts), reasons=reasons)


def _rounds(commands: CommandResults) -> int:
    """Return how many rounds there were or, interrupted, how many there should have been: never fewer than begun."""
    if commands.complete:
        return commands.rounds
    begun = max((m.blocks[-1] + 1 for m in commands.measurements), default=0)
    return max(begun, commands.planned)


def _geomean(values: Sequence[Measurement]) -> str | None:
    """Return the geometric mean of the gating times as text; None when CPU and wall times are mixed."""
    from perftool.stats.geomean import geomean
    from perftool.stats.sample import block_medians, median
    from perftool.units.display import format_value

    gating = [m for m in values if m.gates and m.unit.endswith("sec/op")]
    units = {m.unit for m in gating}
    if len(units) != 1:
        return None
    centers = [median(sorted(block_medians(m.values, m.blocks))) for m in gating]
    mean = geomean(centers)
    return format_value(mean, units.pop()) if mean else None


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _name(lost: SkippedCase) -> str:
    return "/".join([lost.suite, lost.case, *(f"{k}={v}" for k, v in lost.parameters.items())])

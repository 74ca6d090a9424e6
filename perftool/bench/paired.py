"""Turn what a run of two sides gave into measurements of both, facts of the run, and doubts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from perftool.bench import doubts, measurements
from perftool.bench.pair import SIDES
from perftool.bench.processes.naming import without_folders
from perftool.model.paired import LostCase, PairedRun
from perftool.model.verdict import ReportWarning

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from perftool.bench.pair import Pair
    from perftool.bench.pairing import PairRun
    from perftool.bench.record import Record
    from perftool.bench.settings import RunSettings
    from perftool.model.bench import SkippedCase
    from perftool.model.environment import PythonBuild
    from perftool.model.measurement import Measurement
    from perftool.model.paired import Side


def both_sides(pairs: Iterable[Pair[Record]]) -> list[Measurement]:
    """Return the measurements of every case that both sides gave, the base's before the other's.

    Counts that one side alone gave are left out: why there are none is a doubt, and no benchmark that came or went.
    """
    found: list[Measurement] = []
    for pair in pairs:
        if pair.alive:
            taken = [measurements.measurements(record) for record in pair.both]
            counted = [{one.unit for one in side if one.exact} for side in taken]
            alone = counted[0] ^ counted[1]
            for side, given in zip(SIDES, taken, strict=True):
                found += [replace(one, side=side) for one in given if one.unit not in alone]
    return found


def facts(
    run: PairRun,
    settings: RunSettings,
    sides: tuple[Side, Side],
    *,
    skipped: Sequence[SkippedCase] = (),
    profile: str | None = None,
) -> PairedRun:
    """Describe the run for the report; ``skipped`` are targets that never became a case."""
    measured = [pair for pair in run.pairs if pair.alive and pair.now.finished]
    neither = [pair for pair in run.pairs if pair.lost is None and pair not in measured]
    before, after = run.modules.get("base", {}), run.modules.get("now", {})
    return PairedRun(
        settings=settings.told(blocks=run.stopping.planned, samples=settings.samples, profile=profile),
        sides=sides,
        cases=tuple(measurements.case(pair.now) for pair in measured),
        stopping=run.stopping,
        lost=tuple(_lost(pair) for pair in run.pairs if pair.lost is not None),
        skipped=(*skipped, *(measurements.skipped(pair.now, "interrupted") for pair in neither)),
        modules=len({*before, *after}),
        changed=tuple(sorted(name for name in {*before, *after} if before.get(name) != after.get(name))),
        duration_s=run.duration_s,
        complete=run.complete,
        yardstick=tuple(
            replace(reading, side=side)
            for side, yardstick in zip(SIDES, run.yardsticks, strict=True)
            for reading in yardstick.measurements()
        ),
    )


def _lost(pair: Pair[Record]) -> LostCase:
    case = pair.now.case
    assert pair.lost is not None
    return LostCase(
        suite=case.suite,
        case=case.case,
        side=pair.lost,
        reason=without_folders(pair.reason or ""),
        parameters=case.parameters,
    )


def doubtful(run: PairRun, facts: PairedRun, builds: tuple[PythonBuild, PythonBuild]) -> list[ReportWarning]:
    """Return doubts: nothing-differs, few-blocks, budget, and those of interpreters and of what could not be given.

    A trend over the blocks, or two modes, are no doubt here: both sides of a pair have them.
    """
    found = [doubt for build in dict.fromkeys(builds) for doubt in doubts.of_interpreter(build)]
    pairs = [pair for pair in run.pairs if pair.alive and pair.now.finished]
    found += doubts.of_records([_doubted(pair) for pair in pairs], latency=facts.settings.latency)
    same_interpreter = builds[0] == builds[1]
    if facts.modules and not facts.changed and same_interpreter:
        text = (
            f"none of the {facts.modules} modules that the benchmarks import differs between the sides: this measures "
            "the noise, unless a compiled library, data or a later import differs"
        )
        found.append(ReportWarning(code="nothing-differs", message=text))
    return found + doubts.of_stopping(run.stopping, measured=bool(pairs))


def _doubted(pair: Pair[Record]) -> Record:
    """Return the side under test, or the base where only that could not be counted."""
    return pair.base if pair.base.memory_problem is not None and pair.now.memory_problem is None else pair.now

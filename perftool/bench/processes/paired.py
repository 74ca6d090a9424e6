"""Turn what a run of two sides of commands gave into measurements of both, facts of the run, and doubts."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec.structs import replace

from perftool.bench import doubts as of_runs
from perftool.bench.pair import SIDES
from perftool.bench.processes import doubts
from perftool.bench.processes.api import SUITE
from perftool.bench.processes.series import case, measurements, skipped
from perftool.model.bench import BenchSettings
from perftool.model.paired import LostCase, PairedRun
from perftool.model.verdict import ReportWarning

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from perftool.bench.pair import Pair
    from perftool.bench.processes.api import Place
    from perftool.bench.processes.pairing import CommandPairRun, How
    from perftool.bench.processes.series import Series
    from perftool.model.measurement import Measurement
    from perftool.model.paired import Side


def both_sides(pairs: Iterable[Pair[Series]]) -> list[Measurement]:
    """Return the measurements of every command that both sides gave, the base's before the other's."""
    return [
        replace(measurement, side=side)
        for pair in _measured(pairs)
        for side, series in zip(SIDES, pair.both, strict=True)
        for measurement in measurements(series)
    ]


def facts(run: CommandPairRun, how: How, sides: tuple[Side, Side], *, profile: str | None = None) -> PairedRun:
    """Describe the run for the report."""
    measured = _measured(run.pairs)
    return PairedRun(
        settings=BenchSettings(
            blocks=run.stopping.planned,
            samples_per_block=how.samples,
            min_time_s=0.0,
            seed=how.seed,
            latency=False,
            profile=profile,
            warmup=max(1, how.settings.warmup),
        ),
        sides=sides,
        cases=tuple(case(pair.now) for pair in measured),
        stopping=run.stopping,
        lost=tuple(_lost(pair) for pair in run.pairs if pair.lost is not None),
        skipped=tuple(skipped(pair.now) for pair in run.pairs if pair.lost is None and pair not in measured),
        duration_s=run.duration_s,
        complete=run.complete,
    )


def doubtful(run: CommandPairRun, places: tuple[Place, Place]) -> list[ReportWarning]:
    """Return doubts: of exit codes, short commands, files that both sides shared, and too few pairs."""
    found: list[ReportWarning] = []
    measured = _measured(run.pairs)
    for pair in measured:
        name = measurements(pair.now)[0].name
        found += _of_exits(name, pair)
        found += doubts.of_length(name, [one.wall_s for one in pair.now.runs])
        found += _of_shared(name, pair.now.spec.argv, places)
    return found + of_runs.of_stopping(run.stopping, measured=bool(measured))


def _measured(pairs: Iterable[Pair[Series]]) -> list[Pair[Series]]:
    return [pair for pair in pairs if pair.alive and pair.now.finished]


def _lost(pair: Pair[Series]) -> LostCase:
    assert pair.lost is not None
    spec = pair.now.spec
    return LostCase(suite=SUITE, case=spec.case, side=pair.lost, reason=pair.reason or "", parameters=spec.parameters)


def _of_exits(name: str, pair: Pair[Series]) -> list[ReportWarning]:
    base, now = (", ".join(sorted(series.exit_codes)) for series in pair.both)
    if base == now:
        return doubts.of_ends(name, pair.now.exit_codes)
    text = f"ended with {base} on the base side and with {now} on the other: did both do the same work?"
    return [ReportWarning(code="exit-codes-differ", message=text, subject=name)]


def _of_shared(name: str, argv: Sequence[str], places: tuple[Place, Place]) -> list[ReportWarning]:
    """Doubt a command that names a file of the project by its absolute path: that is the same one on both sides."""
    shared = dict.fromkeys(path for word in _words(argv) for path in _own(word, places))
    return [
        ReportWarning(
            code="shared-file",
            message=f"{path} is named by its absolute path: both sides used the one in the working tree",
            subject=name,
        )
        for path in shared
    ]


def _own(word: str, places: tuple[Place, Place]) -> list[str]:
    """Return the path below the user's tree that ``word`` names, if a side has another file for it."""
    if not os.path.isabs(word):
        return []
    inside = [
        os.path.relpath(os.path.realpath(word), place.home)
        for place in places
        if place.tree != place.home and os.path.realpath(word).startswith(f"{place.home}{os.sep}")
    ]
    return [path for path in inside if any(os.path.exists(place.tree / path) for place in places)]


def _words(argv: Sequence[str]) -> list[str]:
    """Return the words of a command; those of its last line where a shell reads that."""
    if len(argv) < 3 or argv[-2] != "-c":
        return list(argv)
    import shlex

    try:
        return [*argv[:-2], *shlex.split(argv[-1])]
    except ValueError:
        return list(argv[:-2])

"""Find how many connections help a workload: several pool sizes side by side, in rounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from perftool.errors import InputError, UsageError
from perftool.events import Progress
from perftool.model.measurement import Measurement
from perftool.model.tune import TunePayload
from perftool.tune import pool_judging as judging
from perftool.tune import pool_saying as saying
from perftool.tune.pool_driving import Load, RefusedError, drive

if TYPE_CHECKING:
    import random as random_module
    from collections.abc import Sequence

    from perftool.bench.databases.statements import Query
    from perftool.clock import Clock
    from perftool.databases import Database
    from perftool.events import Listener
    from perftool.model.database import DatabaseFacts, Spread
    from perftool.model.verdict import ReportWarning, Verdict
    from perftool.tune.pool_driving import Drive

SUITE: Final = "tune-pool"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to try: ``rounds`` of every one of ``sizes`` in random order, each for ``duration_s``, by ``threads``.

    ``arrival_rate`` is what the pool is meant for, statements per second, None for as many as it takes. ``cores`` are
    those of this machine. ``commit`` lets statements write, for good.
    """

    sizes: tuple[int, ...]
    threads: int
    rounds: int = 8
    duration_s: float = 1.0
    arrival_rate: float | None = None
    minimum_effect: float = 0.05
    confidence: float = 0.95
    cores: int = 1
    commit: bool = False
    timeout_s: float | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """Everything of a report that the trial decides."""

    payload: TunePayload
    measurements: tuple[Measurement, ...]
    warnings: tuple[ReportWarning, ...]
    verdict: Verdict
    complete: bool


def tune(
    database: Database,
    queries: Sequence[Query],
    label: str,
    how: Plan,
    *,
    random: random_module.Random,
    clock: Clock,
    listener: Listener,
) -> Tried:
    """Drive ``queries`` through pools of every size and say how many connections help.

    ``label`` is how reports call the workload.
    raises: UsageError for statements that write without ``commit``, InputError when nothing was measured, and whatever
    a statement raises.
    """
    for query in queries:
        if not query.reads and not how.commit:
            raise UsageError(f"{query.source}: {query.kind} writes", hint="--commit lets it, many times and for good")
    facts = database.facts()
    rounds, refused, complete = _Rounds(database, queries, how, random, clock, listener).run()
    if not any(rounds.values()):
        raise InputError(f"{facts.label}: {refused or 'interrupted'} before anything was measured")
    if not any(drive.count for done in rounds.values() for drive in done.values()):
        raise InputError(f"{facts.label}: no statement finished within {how.duration_s:g} s", hint="--duration 30s")
    return _judged(
        {size: done for size, done in rounds.items() if done}, facts, label, how, database, refused, complete
    )


class _Rounds:
    """All rounds of one trial."""

    def __init__(
        self,
        database: Database,
        queries: Sequence[Query],
        how: Plan,
        random: random_module.Random,
        clock: Clock,
        listener: Listener,
    ) -> None:
        self._database = database
        self._load = Load(queries=queries, threads=how.threads, duration_s=how.duration_s, timeout_s=how.timeout_s)
        self._warm_up = Load(
            queries=queries, threads=how.threads, duration_s=how.duration_s / 2, timeout_s=how.timeout_s
        )
        self._how = how
        self._random = random
        self._clock = clock
        self._listener = listener
        self._sizes = sorted(set(how.sizes))
        self._refused = ""

    def run(self) -> tuple[judging.Rounds, str, bool]:
        """Return the drives by size and round, why larger sizes were refused, and whether all were done."""
        rounds: judging.Rounds = {size: {} for size in self._sizes}
        total = self._how.rounds * len(self._sizes)
        done = 0
        try:
            # Caches are filled, and what the server refuses is known before it is counted on.
            while self._sizes and self._drive(self._sizes[-1], self._warm_up) is None:
                pass
            for number in range(self._how.rounds):
                for size in self._random.sample(self._sizes, len(self._sizes)):
                    if size not in self._sizes:
                        continue
                    left = (total - done) * self._how.duration_s
                    self._listener.progress(Progress(done, total, f"{size} connections", remaining_s=left))
                    found = self._drive(size, self._load)
                    done += 1
                    if found is not None:
                        rounds[size][number] = found
        except KeyboardInterrupt:
            return rounds, self._refused, False
        return {size: rounds[size] for size in self._sizes}, self._refused, True

    def _drive(self, size: int, load: Load) -> Drive | None:
        """Drive one size; where the database refuses it, leave it and larger ones out from now on."""
        try:
            return drive(self._database, load, size, self._clock)
        except RefusedError as error:
            self._refused = f"{size} connections: {error}"
            self._sizes = [one for one in self._sizes if one < size]
            return None


def _judged(
    rounds: judging.Rounds,
    facts: DatabaseFacts,
    label: str,
    how: Plan,
    database: Database,
    refused: str,
    complete: bool,
) -> Tried:
    server = database.driver.capabilities.server
    points = judging.points(rounds, how.threads, how.confidence)
    knee = judging.knee(rounds, minimum_effect=how.minimum_effect, confidence=how.confidence)
    bound = judging.bound(points, knee.size, how.cores, server=server)
    at = next(one for one in points if one.size == knee.size)
    advice = saying.advice(points, at, bound, how.arrival_rate, limit=_limit(facts), label=facts.label)
    payload = TunePayload(
        subject="pool",
        target=f"{facts.label}, {label}",
        candidates=(),
        winner=str(advice.size),
        confidence=how.confidence,
        why=advice.why,
        databases=(facts,),
        points=points,
        knee=knee.size,
        bound=bound,
        arrival_rate=how.arrival_rate,
        recommended=advice.size,
    )
    return Tried(
        payload=payload,
        measurements=tuple(_measurements(rounds, label, how.threads, facts.label)),
        warnings=tuple(saying.doubts(rounds, knee, facts, refused=refused, server=server, cores=how.cores)),
        verdict=saying.verdict(payload, advice, complete=complete),
        complete=complete,
    )


def _limit(facts: DatabaseFacts) -> int | None:
    """Return how many connections the server allows to all its clients, None where it does not say."""
    said = facts.settings.get("max_connections", "")
    return int(said) if said.isdecimal() else None


def _measurements(rounds: judging.Rounds, case: str, threads: int, backend: str) -> list[Measurement]:
    """Return rates and times by size, one value a round, so that ``compare`` can judge two runs."""
    found = []
    for size, drives in sorted(rounds.items()):
        parameters = {"backend": backend, "size": str(size), "threads": str(threads)}
        blocks = tuple(sorted(drives))
        values = {
            "statements/s": tuple(drives[i].rate for i in blocks),
            "hold-p95-sec": tuple(_p95(drives[i].pool.hold) for i in blocks),
            "wait-p95-sec": tuple(_p95(drives[i].pool.wait) for i in blocks),
        }
        for unit, sample in values.items():
            found.append(
                Measurement(
                    suite=SUITE,
                    case=case,
                    unit=unit,
                    better="higher" if unit == "statements/s" else "lower",
                    values=sample,
                    blocks=blocks,
                    parameters=parameters,
                    gates=unit == "statements/s",
                )
            )
    return found


def _p95(spread: Spread | None) -> float:
    return 0.0 if spread is None else spread.p95

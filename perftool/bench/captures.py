"""Profile cases beside their measured samples: on one side or on two in turn, each repeat in fresh processes."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from perftool.bench import interleave, requests
from perftool.bench.passes import MEMORY_HASH_SEED
from perftool.bench.record import Record
from perftool.bench.server import ServerDiedError
from perftool.bench.session import Session

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from perftool.bench.api import Case
    from perftool.bench.server import Server
    from perftool.bench.settings import RunSettings

    Start = Callable[[int], Server]
    Tell = Callable[[str], None]

Json = dict[str, Any]
Measure = Literal["cpu", "memory"]

REPEATS: Final = 5
# Allocations hardly differ between processes, and what is recorded of them is large.
MEMORY_REPEATS: Final = 3
SECONDS: Final = 1.0
RATE: Final = 100.0
# A slow operation is recorded once, a quick one ten times: so many allocations fit into a file of some megabytes.
MOST_RECORDED: Final = 10
RECORDED_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class Kit:
    """What captures are taken with.

    ``runtime`` is the folder of the profiler's modules, which are imported from there by path; ``folder`` is where the
    captures go, and outlives the measuring processes. Each of ``repeats`` is ``seconds`` of CPU time, or twice as long
    by the clock, sampled at ``rate`` per second of CPU time. ``modules`` are the profiler's modules for whole commands,
    with their settings, by what they measure; ``pure`` the packages whose Python twin is loaded in place of the
    compiled one.
    """

    runtime: Path
    folder: Path
    repeats: int = REPEATS
    seconds: float = SECONDS
    rate: float = RATE
    pure: tuple[str, ...] = ()
    modules: Mapping[Measure, Sequence[Json]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Subject:
    """A case to profile; ``op_s`` is about how long an operation takes, 0.0 while that is unknown."""

    case: Case
    op_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Taken:
    """One capture: the ``repeat`` of a case (by its place among the subjects) on a ``side``, of so many ``operations``.

    ``path`` is what the process left: the sampler's table as JSON, a memray file, or the folder of a whole command.
    ``cpu_s`` and ``children_s`` are the CPU seconds of the process and of its children, where they were taken.
    """

    subject: int
    measure: Measure
    side: int
    repeat: int
    path: Path
    operations: int
    cpu_s: float = 0.0
    children_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Missed:
    """A subject that could not be captured on a side, and why."""

    subject: int
    measure: Measure
    side: int
    reason: str


@dataclass(slots=True)
class Captured:
    """All that was captured; ``interrupted`` says that the user ended it early."""

    taken: list[Taken] = field(default_factory=list)
    missed: list[Missed] = field(default_factory=list)
    interrupted: bool = False


def take(
    subjects: Sequence[Subject],
    starts: Sequence[Start],
    kit: Kit,
    settings: RunSettings,
    measures: Sequence[Measure],
    *,
    tell: Tell = lambda _activity: None,
) -> Captured:
    """Capture every subject with servers that ``starts`` make, one for each side.

    Every repeat has a server of its own on either side, with the same hash seed; the order of the subjects is random,
    that of the sides A B or B A. A subject that cannot be captured on one side is given up there; the others go on.
    cost: for each repeat and side the imports once and ``kit.seconds`` a subject, or twice that.
    """
    done = Captured()
    if kit.pure:
        starts = [twins(start, kit, settings.timeout_s) for start in starts]
    try:
        for measure in measures:
            _Taking(subjects, starts, kit, settings, measure, tell, done).run()
    except KeyboardInterrupt:
        done.interrupted = True
    return done


def twins(start: Start, kit: Kit, timeout_s: float) -> Start:
    """Return what starts a server that loads the Python twins of ``kit.pure``."""

    def started(hash_seed: int) -> Server:
        server = start(hash_seed)
        # One that dies of it says so when it is asked for more.
        with contextlib.suppress(ServerDiedError):
            server.ask(requests.pure(kit.pure, str(kit.runtime)), timeout_s)
        return server

    return started


class _Taking:
    """The repeats of one measure."""

    def __init__(
        self,
        subjects: Sequence[Subject],
        starts: Sequence[Start],
        kit: Kit,
        settings: RunSettings,
        measure: Measure,
        tell: Tell,
        done: Captured,
    ) -> None:
        self._subjects = subjects
        self._starts = starts
        self._kit = kit
        self._settings = settings
        self._measure = measure
        self._tell = tell
        self._done = done
        self._records = [[Record(one.case) for one in subjects] for _ in starts]

    def run(self) -> None:
        memory = self._measure == "memory"
        for repeat in range(min(self._kit.repeats, MEMORY_REPEATS) if memory else self._kit.repeats):
            self._repeat(repeat, chance(self._settings.seed, f"capture/{self._measure}/{repeat}"))
        for side, records in enumerate(self._records):
            for subject, record in enumerate(records):
                if record.reason is not None:
                    self._done.missed.append(Missed(subject, self._measure, side, record.reason))

    def _repeat(self, repeat: int, random: random.Random) -> None:
        seed = interleave.hash_seed(random)
        if self._measure == "memory" and repeat == 0:
            seed = MEMORY_HASH_SEED
        order = list(range(len(self._subjects)))
        random.shuffle(order)
        with contextlib.ExitStack() as stack:
            sessions = [
                stack.enter_context(Session(start, seed, records, self._settings))
                for start, records in zip(self._starts, self._records, strict=True)
            ]
            for subject in order:
                sides = interleave.sides(1, random) if len(sessions) > 1 else [0]
                for side in sides:
                    self._one(sessions[side], subject, side, repeat)

    def _one(self, session: Session, subject: int, side: int, repeat: int) -> None:
        record = self._records[side][subject]
        if record.reason is not None:
            return
        self._tell(f"profiling {self._measure} of {record.case.case} ({repeat + 1})")
        path = self._kit.folder / f"{self._measure}-{subject}-{side}-{repeat}"
        reply = session.ask(record, self._request(self._subjects[subject], path))
        if reply is not None:
            self._done.taken.append(
                Taken(
                    subject,
                    self._measure,
                    side,
                    repeat,
                    path,
                    int(reply["operations"]),
                    float(reply.get("cpu", 0.0)),
                    float(reply.get("children", 0.0)),
                )
            )

    def _request(self, subject: Subject, path: Path) -> Json:
        if self._measure == "memory":
            return requests.capture_memory(subject.case, recorded(subject.op_s), str(path))
        kit = self._kit
        return requests.capture_cpu(
            subject.case,
            self._settings,
            runtime=str(kit.runtime),
            rate=kit.rate,
            seconds=kit.seconds,
            path=str(path),
        )


def recorded(op_s: float) -> int:
    """Return how many operations of ``op_s`` seconds a memory capture records: the same number on both sides."""
    return max(1, min(MOST_RECORDED, int(RECORDED_S / op_s))) if op_s > 0 else MOST_RECORDED


def chance(seed: int, purpose: str) -> random.Random:
    """Return the source of random orders for one ``purpose``."""
    import random

    return random.Random(f"{seed}/{purpose}")  # noqa: S311 - an order, not a secret

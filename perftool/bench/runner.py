"""Run the blocks: a fresh measuring process each, forked samples of every case in random order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from perftool.bench import interleave, passes, requests
from perftool.bench.counting import count
from perftool.bench.record import Block, Record
from perftool.bench.session import Session
from perftool.bench.yardstick import READINGS, Yardstick
from perftool.events import Progress

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

    from perftool.bench.api import Case
    from perftool.bench.server import Server
    from perftool.bench.settings import RunSettings
    from perftool.clock import Clock
    from perftool.events import Listener

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Run:
    """What a run gave: a record per case in the given order, whether it was finished, and how long it took.

    ``yardstick`` holds the readings of the fixed kernel.
    """

    records: tuple[Record, ...]
    complete: bool
    blocks: int
    duration_s: float
    yardstick: Yardstick = field(default_factory=Yardstick)


class Runner:
    """Takes the samples of one run; see ``run``. ``counter`` starts processes that count instructions."""

    def __init__(
        self,
        settings: RunSettings,
        start: Callable[[int], Server],
        clock: Clock,
        listener: Listener,
        counter: Callable[[int], Server] | None = None,
    ) -> None:
        self._settings = settings
        self._start = start
        self._counter = counter
        self._clock = clock
        self._listener = listener
        self._began = clock.monotonic()
        self._yardstick = Yardstick()
        self._done = 0
        self._total: int | None = None
        self._first_block_began: float | None = None

    def run(self, cases: Sequence[Case]) -> Run:
        """Measure ``cases``. A failing case is skipped with its reason and the others go on.

        An interrupt ends the run cleanly: finished blocks stay, ``complete`` is False.
        """
        records = [Record(case) for case in cases]
        blocks = 0
        try:
            self._calibrate(records, self._chance("calibrate"))
            self._plan(records)
            if self._settings.memory:
                self._memory(records)
            if self._counter is not None:
                count(records, self._counter, self._settings, self._tell)
            self._first_block_began = self._clock.monotonic()
            for block in range(self._settings.blocks):
                self._block(block, records, self._chance(str(block)))
                blocks += 1
            complete = True
        except KeyboardInterrupt:
            complete = False
        return Run(tuple(records), complete, blocks, self._clock.monotonic() - self._began, self._yardstick)

    def _chance(self, purpose: str) -> random.Random:
        import random

        return random.Random(f"{self._settings.seed}/{purpose}")  # noqa: S311 - an order, not a secret

    def _calibrate(self, records: list[Record], chance: random.Random) -> None:
        with Session(self._start, interleave.hash_seed(chance), records, self._settings) as session:
            for record in session.alive():
                self._tell(f"calibrating {record.case.case}")
                passes.calibrate(session, record, self._settings)

    def _plan(self, records: list[Record]) -> None:
        per_block = sum(r.samples_per_block(self._settings.samples) for r in records if r.reason is None)
        self._total = per_block * self._settings.blocks

    def _block(self, block: int, records: list[Record], chance: random.Random) -> None:
        settings = self._settings
        with Session(self._start, interleave.hash_seed(chance), records, settings) as session:
            alive = session.alive()
            timed: list[list[Json]] = [[] for _ in alive]
            readings: list[Json] = []
            counts = [r.samples_per_block(settings.samples) for r in alive]
            for index in interleave.order([*counts, READINGS if alive else 0], chance):
                if index == len(alive):
                    reading = session.ask_aside(requests.yardstick())
                    readings += [] if reading is None else [reading]
                    continue
                record = alive[index]
                self._tell(f"block {block + 1} of {settings.blocks}")
                reply = session.ask(record, requests.timed(record.case, record.loops, settings))
                self._done += 1
                if reply is not None:
                    timed[index].append(reply)
            tails = [passes.latency(session, record, settings) for record in alive]
            for record, samples, tail in zip(alive, timed, tails, strict=True):
                if record.reason is None:
                    record.add(Block(block, tuple(samples), tail))
                    passes.counters(session, record, block, settings.blocks)
            self._yardstick.add(block, readings)

    def _memory(self, records: list[Record]) -> None:
        with Session(self._start, passes.MEMORY_HASH_SEED, records, self._settings) as session:
            for record in session.alive():
                self._tell(f"counting allocations of {record.case.case}")
                passes.memory(session, record)

    def _tell(self, activity: str) -> None:
        remaining = None
        if self._done and self._total and self._first_block_began is not None:
            spent = self._clock.monotonic() - self._first_block_began
            remaining = spent / self._done * max(0, self._total - self._done)
        self._listener.progress(Progress(self._done, self._total, activity, remaining))

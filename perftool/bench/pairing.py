"""Run the blocks of two sides: in each a fresh process of either, one hash seed, samples in the order A B B A."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from perftool.bench import interleave, passes, requests
from perftool.bench.counting import count_both
from perftool.bench.pair import SIDES, Pair
from perftool.bench.record import Block, Record
from perftool.bench.schedule import Schedule
from perftool.bench.session import Session
from perftool.bench.yardstick import Yardstick

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping, Sequence

    from perftool.bench.api import Case
    from perftool.bench.schedule import Plan
    from perftool.bench.server import Server
    from perftool.bench.settings import RunSettings
    from perftool.clock import Clock
    from perftool.events import Listener
    from perftool.model.paired import SideName, Stopping

    Start = Callable[[int], Server]
    # Given the pairs so far and the number of the look: how many of how many gating rows are decided.
    Judge = Callable[[Sequence[Pair[Record]], int], tuple[int, int]]

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PairRun:
    """What a run of two sides gave: pairs in the order of the cases, when it stopped and why."""

    pairs: tuple[Pair[Record], ...]
    stopping: Stopping
    duration_s: float
    modules: Mapping[SideName, dict[str, str]]
    yardsticks: tuple[Yardstick, Yardstick]

    @property
    def complete(self) -> bool:
        """Say whether the run came to an end of its own."""
        return self.stopping.reason != "interrupted"


class PairRunner:
    """Takes the samples of one run of two sides; see ``run``.

    ``starts`` make measuring processes of the base and of the side under test. ``judge`` is asked at the looks of
    the plan.
    """

    def __init__(
        self,
        settings: RunSettings,
        starts: tuple[Start, Start],
        plan: Plan,
        *,
        clock: Clock,
        listener: Listener,
        judge: Judge | None = None,
        counters: tuple[Start, Start] | None = None,
    ) -> None:
        self._settings = settings
        self._starts = starts
        self._judge = judge
        self._counters = counters
        self._schedule = Schedule(plan, clock=clock, listener=listener)
        self._modules: dict[SideName, dict[str, str]] = {}
        self._yardsticks = (Yardstick(), Yardstick())

    def run(self, cases: Sequence[Case]) -> PairRun:
        """Measure ``cases`` on both sides. A case that fails on either is given up on both and the others go on.

        An interrupt ends the run cleanly: finished blocks stay.
        """
        pairs = [Pair(Record(case), Record(case)) for case in cases]
        judge = self._judge
        try:
            self._calibrate(pairs)
            if self._settings.memory:
                self._memory(pairs)
            if self._counters is not None:
                count_both([pair.both for pair in pairs], self._counters, self._settings, self._schedule.tell)
            self._schedule.blocks(
                lambda block: self._block(pairs, block),
                lambda: any(pair.alive for pair in pairs),
                None if judge is None else lambda look: judge(pairs, look),
            )
        except KeyboardInterrupt:
            self._schedule.interrupted()
        stopping, took_s = self._schedule.stopping(), self._schedule.duration_s
        return PairRun(tuple(pairs), stopping, took_s, self._modules, self._yardsticks)

    def _chance(self, purpose: str) -> random.Random:
        import random

        return random.Random(f"{self._settings.seed}/{purpose}")  # noqa: S311 - an order, not a secret

    def _calibrate(self, pairs: Sequence[Pair[Record]]) -> None:
        """Pin one number of operations for both sides: what fills a sample of the faster one."""
        seed = interleave.hash_seed(self._chance("calibrate"))
        with self._sessions(pairs, seed) as sessions:
            for side, session in zip(SIDES, sessions, strict=True):
                self._modules[side] = session.modules()
            for pair in pairs:
                # Both are asked whatever the first says: what fails on both sides is no news of either.
                for record, session in zip(pair.both, sessions, strict=True):
                    if record.reason is None and pair.lost is None:
                        self._schedule.tell(f"calibrating {pair.now.case.case}")
                        passes.calibrate(session, record, self._settings)
                pair.settle()
                loops = max(pair.base.loops, pair.now.loops)
                pair.base.loops = pair.now.loops = loops

    def _memory(self, pairs: Sequence[Pair[Record]]) -> None:
        with self._sessions(pairs, passes.MEMORY_HASH_SEED) as sessions:
            for pair in pairs:
                for side, session in zip(SIDES, sessions, strict=True):
                    if pair.alive:
                        self._schedule.tell(f"counting allocations of {pair.now.case.case}")
                        passes.memory(session, getattr(pair, side))

    def _block(self, pairs: Sequence[Pair[Record]], block: int) -> None:
        chance = self._chance(str(block))
        with self._sessions(pairs, interleave.hash_seed(chance), first=chance.randrange(2)) as sessions:
            alive = [pair for pair in pairs if pair.alive]
            chance.shuffle(alive)
            for pair in alive:
                self._schedule.tell(pair.now.case.case)
                timed: tuple[list[Json], list[Json]] = ([], [])
                records = pair.both
                samples = min(record.samples_per_block(self._settings.samples) for record in records)
                for side in interleave.sides(samples, chance):
                    request = requests.timed(pair.now.case, records[side].loops, self._settings)
                    reply = sessions[side].ask(records[side], request)
                    if reply is None:
                        # Does it fail on the other side as well? Only then has nothing come between them.
                        sessions[1 - side].ask(records[1 - side], request)
                        break
                    timed[side].append(reply)
                tails = self._tails(sessions, records, first=block % 2)
                pair.settle()
                if pair.alive:
                    for record, replies, tail in zip(records, timed, tails, strict=True):
                        record.add(Block(block, tuple(replies), tail))
            for session, yardstick in zip(sessions, self._yardsticks, strict=True):
                reading = session.ask_aside(requests.yardstick())
                yardstick.add(block, [] if reading is None else [reading])

    def _tails(self, sessions: Sequence[Session], records: Sequence[Record], *, first: int) -> list[Json | None]:
        """Return the single latencies of both sides, taken on the ``first`` side first."""
        tails: list[Json | None] = [None, None]
        for side in (first, 1 - first):
            tails[side] = passes.latency(sessions[side], records[side], self._settings)
        return tails

    @contextlib.contextmanager
    def _sessions(self, pairs: Sequence[Pair[Record]], seed: int, *, first: int = 0) -> Any:
        """Open a session of each side with the same hash seed, ``first`` before the other."""
        with contextlib.ExitStack() as stack:
            opened: dict[int, Session] = {}
            for side in (first, 1 - first):
                records = [pair.both[side] for pair in pairs]
                opened[side] = stack.enter_context(Session(self._starts[side], seed, records, self._settings))
            for pair in pairs:
                pair.settle()
            yield opened[0], opened[1]

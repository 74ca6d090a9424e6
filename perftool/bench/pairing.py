"""Run the blocks of two sides: in each a fresh process of either, one hash seed, samples in the order A B B A."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from perftool.bench import interleave, passes, requests
from perftool.bench.record import Block, Record
from perftool.bench.session import Session
from perftool.bench.yardstick import Yardstick
from perftool.events import Progress
from perftool.model.paired import Look, Stopping

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping, Sequence

    from perftool.bench.api import Case
    from perftool.bench.server import Server
    from perftool.bench.settings import RunSettings
    from perftool.clock import Clock
    from perftool.events import Listener
    from perftool.model.paired import SideName

    Start = Callable[[int], Server]
    # Given the pairs so far and the number of the look: how many of how many gating rows are decided.
    Judge = Callable[[Sequence["Pair"], int], tuple[int, int]]

Json = dict[str, Any]

SIDES: Final[tuple[SideName, SideName]] = ("base", "now")


@dataclass(frozen=True, slots=True)
class Plan:
    """When to stop: after ``blocks``, or earlier at one of ``looks`` (numbers of blocks, ascending, the last is
    ``blocks``), or before a block that would end after ``budget_s`` seconds of measuring.

    ``levels`` are the significance levels of the looks. Without looks the number of blocks is fixed.
    """

    blocks: int
    looks: tuple[int, ...] = ()
    levels: tuple[float, ...] = ()
    budget_s: float | None = None


@dataclass(slots=True)
class Pair:
    """One case on both sides; once it is lost on ``lost``, ("base" or "now"), neither side measures it any more."""

    base: Record
    now: Record
    lost: SideName | None = None

    @property
    def alive(self) -> bool:
        """Say whether both sides can still be measured."""
        return self.base.reason is None and self.now.reason is None

    @property
    def reason(self) -> str | None:
        """Return why the case was given up."""
        return self.now.reason if self.lost == "now" else self.base.reason

    def settle(self) -> None:
        """Give the other side up as well when one was; a case that fails on both is lost on neither."""
        if self.alive or self.lost is not None:
            return
        if self.base.reason is not None and self.now.reason is not None:
            return
        self.lost = "now" if self.base.reason is None else "base"
        other = self.base if self.lost == "now" else self.now
        other.reason = f"not measured: {self.reason}"


@dataclass(frozen=True, slots=True)
class PairRun:
    """What a run of two sides gave: pairs in the order of the cases, when it stopped and why."""

    pairs: tuple[Pair, ...]
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
    ) -> None:
        self._settings = settings
        self._starts = starts
        self._plan = plan
        self._clock = clock
        self._listener = listener
        self._judge = judge
        self._began = clock.monotonic()
        self._blocks_began = self._began
        self._modules: dict[SideName, dict[str, str]] = {}
        self._looks: list[Look] = []
        self._yardsticks = (Yardstick(), Yardstick())
        self._done = 0

    def run(self, cases: Sequence[Case]) -> PairRun:
        """Measure ``cases`` on both sides. A case that fails on either is given up on both and the others go on.

        An interrupt ends the run cleanly: finished blocks stay.
        """
        pairs = [Pair(Record(case), Record(case)) for case in cases]
        why: Literal["planned", "decided", "budget", "interrupted"] = "planned"
        try:
            self._calibrate(pairs)
            if self._settings.memory:
                self._memory(pairs)
            self._blocks_began = self._clock.monotonic()
            while self._done < self._plan.blocks and any(pair.alive for pair in pairs):
                if self._over_budget():
                    why = "budget"
                    break
                self._block(pairs, self._chance(str(self._done)))
                self._done += 1
                if self._decided(pairs):
                    why = "decided"
                    break
        except KeyboardInterrupt:
            why = "interrupted"
        took_s = self._clock.monotonic() - self._began
        return PairRun(tuple(pairs), self._stopping(why), took_s, self._modules, self._yardsticks)

    def _stopping(self, why: Literal["planned", "decided", "budget", "interrupted"]) -> Stopping:
        return Stopping(
            rule="adaptive" if self._plan.looks else "fixed",
            planned=self._plan.blocks,
            done=self._done,
            reason=why,
            budget_s=self._plan.budget_s,
            looks=tuple(self._looks),
        )

    def _chance(self, purpose: str) -> random.Random:
        import random

        return random.Random(f"{self._settings.seed}/{purpose}")  # noqa: S311 - an order, not a secret

    def _calibrate(self, pairs: Sequence[Pair]) -> None:
        """Pin one number of operations for both sides: what fills a sample of the faster one."""
        seed = interleave.hash_seed(self._chance("calibrate"))
        with self._sessions(pairs, seed) as sessions:
            for side, session in zip(SIDES, sessions, strict=True):
                self._modules[side] = session.modules()
            for pair in pairs:
                for side, session in zip(SIDES, sessions, strict=True):
                    if pair.alive:
                        self._tell(f"calibrating {pair.now.case.case}")
                        passes.calibrate(session, getattr(pair, side), self._settings)
                pair.settle()
                loops = max(pair.base.loops, pair.now.loops)
                pair.base.loops = pair.now.loops = loops

    def _memory(self, pairs: Sequence[Pair]) -> None:
        with self._sessions(pairs, passes.MEMORY_HASH_SEED) as sessions:
            for pair in pairs:
                for side, session in zip(SIDES, sessions, strict=True):
                    if pair.alive:
                        self._tell(f"counting allocations of {pair.now.case.case}")
                        passes.memory(session, getattr(pair, side))

    def _block(self, pairs: Sequence[Pair], chance: random.Random) -> None:
        with self._sessions(pairs, interleave.hash_seed(chance), first=chance.randrange(2)) as sessions:
            alive = [pair for pair in pairs if pair.alive]
            chance.shuffle(alive)
            for pair in alive:
                self._tell(pair.now.case.case)
                timed: tuple[list[Json], list[Json]] = ([], [])
                records = (pair.base, pair.now)
                samples = min(record.samples_per_block(self._settings.samples) for record in records)
                for side in interleave.sides(samples, chance):
                    reply = sessions[side].ask(
                        records[side], requests.timed(pair.now.case, records[side].loops, self._settings)
                    )
                    if reply is None:
                        break
                    timed[side].append(reply)
                tails = [passes.latency(s, r, self._settings) for s, r in zip(sessions, records, strict=True)]
                pair.settle()
                if pair.alive:
                    for record, replies, tail in zip(records, timed, tails, strict=True):
                        record.add(Block(self._done, tuple(replies), tail))
            for session, yardstick in zip(sessions, self._yardsticks, strict=True):
                reading = session.ask_aside(requests.yardstick())
                yardstick.add(self._done, [] if reading is None else [reading])

    @contextlib.contextmanager
    def _sessions(self, pairs: Sequence[Pair], seed: int, *, first: int = 0) -> Any:
        """Open a session of each side with the same hash seed, ``first`` before the other."""
        with contextlib.ExitStack() as stack:
            opened: dict[int, Session] = {}
            for side in (first, 1 - first):
                records = [(pair.base, pair.now)[side] for pair in pairs]
                opened[side] = stack.enter_context(Session(self._starts[side], seed, records, self._settings))
            for pair in pairs:
                pair.settle()
            yield opened[0], opened[1]

    def _over_budget(self) -> bool:
        """Say whether one more block, as long as the mean one so far, would end after the budget."""
        if self._plan.budget_s is None or not self._done:
            return False
        now = self._clock.monotonic()
        return now - self._began + (now - self._blocks_began) / self._done > self._plan.budget_s

    def _decided(self, pairs: Sequence[Pair]) -> bool:
        """Look, if this is the time for it, and say whether every gating row is decided."""
        if self._judge is None or self._done not in self._plan.looks:
            return False
        number = self._plan.looks.index(self._done)
        decided, rows = self._judge(pairs, number)
        self._looks.append(Look(blocks=self._done, alpha=self._plan.levels[number], decided=decided, rows=rows))
        return decided == rows and self._done < self._plan.blocks

    def _tell(self, activity: str) -> None:
        now, remaining = self._clock.monotonic(), None
        if self._done:
            remaining = (now - self._blocks_began) / self._done * (self._plan.blocks - self._done)
            if self._plan.budget_s is not None:
                remaining = min(remaining, max(0.0, self._plan.budget_s - (now - self._began)))
        self._listener.progress(Progress(self._done, self._plan.blocks, activity, remaining))

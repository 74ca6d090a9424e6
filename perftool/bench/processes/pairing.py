"""Run the blocks of two sides of commands: in each the runs of every command on either, in the order A B B A."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from perftool.bench import interleave
from perftool.bench.pair import SIDES, Pair
from perftool.bench.processes import errands
from perftool.bench.processes.launching import Launcher, check_input
from perftool.bench.processes.naming import without_folders
from perftool.bench.processes.series import Series, attempt, errand
from perftool.bench.record import SLOW_OP_S
from perftool.bench.schedule import Schedule
from perftool.errors import UsageError

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator, Sequence

    from perftool.bench.processes.api import CommandSettings, CommandSpec, Place
    from perftool.bench.processes.launching import Run
    from perftool.bench.processes.series import Starter
    from perftool.bench.schedule import Plan
    from perftool.clock import Clock
    from perftool.events import Listener
    from perftool.model.paired import Stopping

    Starters = tuple[Starter, Starter]
    # Given the pairs so far and the number of the look: how many of how many gating rows are decided.
    Judge = Callable[[Sequence[Pair[Series]], int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class How:
    """How both sides are run: each command as ``settings`` say, its ``samples`` a side and block, when to stop.

    ``seed`` decides every order, size of the environment and hash seed.
    """

    settings: CommandSettings
    plan: Plan
    samples: int
    seed: int


@dataclass(frozen=True, slots=True)
class CommandPairRun:
    """What a run of two sides gave: pairs in the order of the commands, when it stopped and why."""

    pairs: tuple[Pair[Series], ...]
    stopping: Stopping
    duration_s: float

    @property
    def complete(self) -> bool:
        """Say whether the run came to an end of its own."""
        return self.stopping.reason != "interrupted"


class CommandPairRunner:
    """Takes the runs of commands on two sides; see ``run``.

    ``places`` are those of the base and of the side under test; ``judge`` is asked at the looks of the plan.
    """

    def __init__(
        self,
        how: How,
        places: tuple[Place, Place],
        *,
        clock: Clock,
        listener: Listener,
        judge: Judge | None = None,
        starters: Starters | None = None,
    ) -> None:
        self._how = how
        self._places = places
        self._listener = listener
        self._judge = judge
        self._starters = starters
        self._schedule = Schedule(how.plan, clock=clock, listener=listener)

    def run(self, commands: Sequence[CommandSpec]) -> CommandPairRun:
        """Measure ``commands`` on both sides. One that fails on either is given up on both and the others go on.

        An interrupt ends the run cleanly: finished blocks stay. What is to be cleaned up is, whatever happens.
        raises: UsageError when a command can be started on neither side or the input cannot be read.
        """
        pairs = [Pair(Series(spec), Series(spec)) for spec in commands]
        judge = self._judge
        check_input(self._how.settings.input_file)
        with self._launched() as starters:
            try:
                self._set_up(pairs)
                for turn in range(max(1, self._how.settings.warmup)):
                    self._warm_up(pairs, starters, self._chance(f"warm-up/{turn}"))
                self._schedule.blocks(
                    lambda block: self._block(pairs, block, starters),
                    lambda: any(pair.alive for pair in pairs),
                    None if judge is None else lambda look: judge(pairs, look),
                )
            except KeyboardInterrupt:
                self._schedule.interrupted()
            finally:
                self._clean_up(pairs)
        return CommandPairRun(tuple(pairs), self._schedule.stopping(), self._schedule.duration_s)

    @contextlib.contextmanager
    def _launched(self) -> Iterator[Starters]:
        if self._starters is not None:
            yield self._starters
            return
        settings = self._how.settings
        with contextlib.ExitStack() as stack:
            base, now = (
                stack.enter_context(
                    Launcher(place.variables, folder=place.folder, source=settings.input_file, output=settings.output)
                )
                for place in self._places
            )
            yield base, now

    def _chance(self, purpose: str) -> random.Random:
        import random

        return random.Random(f"{self._how.seed}/{purpose}")  # noqa: S311 - an order, not a secret

    def _set_up(self, pairs: Sequence[Pair[Series]]) -> None:
        for side, place in enumerate(self._places):
            series = [pair.both[side] for pair in pairs]
            for line in errands.distinct(one.spec.setup for one in series):
                self._schedule.tell(f"setup of {SIDES[side]}")
                errand(line, "setup", series, self._how.settings, place)
        for pair in pairs:
            pair.settle()

    def _clean_up(self, pairs: Sequence[Pair[Series]]) -> None:
        for side, place in zip(SIDES, self._places, strict=True):
            for line in errands.distinct(pair.now.spec.cleanup for pair in pairs):
                failure = errands.run(line, place=place)
                if failure:
                    self._listener.note(f"cleanup of {side} failed: {without_folders(failure)}")

    def _warm_up(self, pairs: Sequence[Pair[Series]], starters: Starters, chance: random.Random) -> None:
        """Run every command once on either side: the times are forgotten but for about how long a run takes."""
        for pair in self._shuffled(pairs, chance):
            self._schedule.tell(f"warm-up: {pair.now.spec.label}")
            offset, hash_seed = chance.randrange(4096), interleave.hash_seed(chance)
            failures: list[UsageError] = []
            for side in interleave.sides(1, chance):
                try:
                    run = self._attempt(pair, side, starters, "in the warm-up", offset, hash_seed)
                except UsageError as error:
                    # Where one side can start it this is no typing error but a difference between them.
                    failures.append(error)
                    pair.both[side].reason = without_folders(str(error))
                else:
                    pair.both[side].op_s = run.wall_s if run is not None else 0.0
            if len(failures) == len(SIDES):
                raise failures[0]
            pair.settle()

    def _block(self, pairs: Sequence[Pair[Series]], block: int, starters: Starters) -> None:
        chance = self._chance(str(block))
        for pair in self._shuffled(pairs, chance):
            self._schedule.tell(pair.now.spec.label)
            slow = any(series.op_s >= SLOW_OP_S for series in pair.both)
            runs: tuple[list[Run], list[Run]] = ([], [])
            offset = hash_seed = 0
            for number, side in enumerate(interleave.sides(1 if slow else self._how.samples, chance)):
                if number % len(SIDES) == 0:
                    # Drawn anew for every pair of runs and the same for both: what it does to them cancels.
                    offset, hash_seed = chance.randrange(4096), interleave.hash_seed(chance)
                try:
                    run = self._attempt(pair, side, starters, f"in block {block + 1}", offset, hash_seed)
                except UsageError as error:
                    run, pair.both[side].reason = None, without_folders(str(error))
                if run is None:
                    # Does it fail on the other side as well? Only then has nothing come between them.
                    with contextlib.suppress(UsageError):
                        self._attempt(pair, 1 - side, starters, f"in block {block + 1}", offset, hash_seed)
                    break
                runs[side].append(run)
            pair.settle()
            if pair.alive:
                for series, taken in zip(pair.both, runs, strict=True):
                    series.add(block, taken)

    def _attempt(
        self, pair: Pair[Series], side: int, starters: Starters, when: str, offset: int, hash_seed: int
    ) -> Run | None:
        return attempt(
            pair.both[side],
            starters[side],
            self._how.settings,
            when=when,
            offset=offset,
            hash_seed=hash_seed,
            place=self._places[side],
        )

    def _shuffled(self, pairs: Sequence[Pair[Series]], chance: random.Random) -> list[Pair[Series]]:
        alive = [pair for pair in pairs if pair.alive]
        chance.shuffle(alive)
        return alive

"""Sessions with the settings of candidates, and the time that a workload takes on each, side by side."""

from __future__ import annotations

import contextlib
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from perftool.errors import PerftoolError
from perftool.events import Progress
from perftool.tune.settings_answers import Answer, answer

if TYPE_CHECKING:
    import random as random_module
    from collections.abc import Iterator, Mapping, Sequence

    from perftool.bench.databases.settings_grid import Setting
    from perftool.bench.databases.statements import Query
    from perftool.clock import Clock
    from perftool.databases.address import Address
    from perftool.databases.api import Access, Connection, Driver
    from perftool.events import Listener

#: A statement runs as often in one measurement as fits into this time, once at least.
SAMPLE_S: Final = 0.02
_MOST_LOOPS: Final = 200


@dataclass(slots=True)
class Arm:
    """A candidate being tried: seconds by statement and round, or the reason why it was given up."""

    setting: Setting
    driver: Driver
    address: Address
    access: Access
    times: dict[str, dict[int, float]] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    reason: str = ""

    @property
    def name(self) -> str:
        """Return the candidate's name."""
        return self.setting.name

    def connected(self) -> Connection:
        """Open a connection with the settings; whoever asks closes it."""
        return self.driver.connect(self.address, self.access)

    def totals(self) -> dict[int, float]:
        """Return the seconds of the whole workload, every statement once, by round."""
        if not self.times:
            return {}
        rounds = set.intersection(*(set(one) for one in self.times.values()))
        return {number: math.fsum(one[number] for one in self.times.values()) for number in sorted(rounds)}


class Sessions:
    """Connections of arms: kept open, or opened for each measurement where settings hold for a whole process."""

    def __init__(self, *, kept: bool) -> None:
        self._kept = kept
        self._open: dict[str, Connection] = {}

    @contextlib.contextmanager
    def of(self, arm: Arm) -> Iterator[tuple[Connection, bool]]:
        """Give a connection with the settings of ``arm``, and whether it is as warm as it was left."""
        if self._kept:
            warm = arm.name in self._open
            if not warm:
                self._open[arm.name] = arm.connected()
            yield self._open[arm.name], warm
        else:
            with contextlib.closing(arm.connected()) as connection:
                yield connection, False

    def drop(self, arm: Arm) -> None:
        """Close what is open for ``arm``."""
        connection = self._open.pop(arm.name, None)
        if connection is not None:
            connection.close()

    def close(self) -> None:
        """Close everything."""
        while self._open:
            self._open.popitem()[1].close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How arms are tried: ``rounds`` of every statement on every arm, the arms in random order each time.

    ``timeout_s`` bounds a statement, None leaves it to the time that the first arm takes. ``compare`` says whether
    answers have to be those of the first arm; ``varying`` are then statements whose answer changes by itself.
    """

    queries: Sequence[Query]
    rounds: int
    timeout_s: float | None
    compare: bool
    random: random_module.Random
    clock: Clock
    listener: Listener
    varying: set[str] = field(default_factory=set)

    def run(self, arms: Sequence[Arm], sessions: Sessions, *, told: str, control: Arm | None = None) -> bool:
        """Try ``arms``, the first being what is in use; returns False when interrupted, with what there is.

        ``control`` is a second copy of what is in use, where statements write: what differs there varies by itself.
        raises: the error of the first arm, with which there is nothing to compare.
        """
        try:
            limits, varying = self._first(arms[0], control or arms[0], sessions)
            for arm in arms[1:]:
                self._checked(arm, arms[0], sessions, limits, varying)
            loops = {query.name: self._loops(arms[0], sessions, query) for query in self.queries}
            began = self.clock.monotonic()
            for number in range(self.rounds):
                left = None
                if number:
                    left = (self.clock.monotonic() - began) / number * (self.rounds - number)
                self.listener.progress(Progress(number, self.rounds, told, left))
                self._round(number, arms, sessions, loops, limits)
        except KeyboardInterrupt:
            return False
        return True

    def _first(self, arm: Arm, control: Arm, sessions: Sessions) -> tuple[dict[str, float], set[str]]:
        """Run the workload on what is in use; returns how long each statement may take, and those that vary."""
        limits = {}
        for query in self.queries:
            began = self.clock.monotonic()
            arm.answers[query.name] = self._answer(arm, sessions, query, self.timeout_s)
            took = self.clock.monotonic() - began
            limits[query.name] = self.timeout_s or max(_LEAST_LIMIT_S, _LIMIT_FACTOR * took)
        if not self.compare:
            return limits, set()
        again = {query.name: self._answer(control, sessions, query, self.timeout_s) for query in self.queries}
        self.varying.update(name for name, found in again.items() if not found.same(arm.answers[name]))
        return limits, self.varying

    def _checked(
        self, arm: Arm, first: Arm, sessions: Sessions, limits: Mapping[str, float], varying: set[str]
    ) -> None:
        """Run the workload once, unmeasured, and look at what it answers."""
        if arm.reason:
            return
        with self._giving_up(arm, first, sessions):
            for query in self.queries:
                arm.answers[query.name] = self._answer(arm, sessions, query, limits[query.name])
            names = [query.name for query in self.queries if query.name not in varying]
            other = [name for name in names if not arm.answers[name].same(first.answers[name])]
            if self.compare and other:
                arm.reason = f"{', '.join(other[:3])} gave other rows with it"
                sessions.drop(arm)

    def _answer(self, arm: Arm, sessions: Sessions, query: Query, timeout_s: float | None) -> Answer:
        with sessions.of(arm) as (connection, _), connection.stream(query.sql, timeout_s=timeout_s) as rows:
            return answer(rows)

    def _loops(self, arm: Arm, sessions: Sessions, query: Query) -> int:
        """Return how often to run a statement in one measurement."""
        if not query.reads:
            return 1
        with sessions.of(arm) as (connection, warm):
            if not warm:
                self._timed(connection, query, 1, self.timeout_s)
            took = self._timed(connection, query, 1, self.timeout_s)
        return max(1, min(_MOST_LOOPS, math.ceil(SAMPLE_S / max(took, 1e-6))))

    def _round(
        self,
        number: int,
        arms: Sequence[Arm],
        sessions: Sessions,
        loops: Mapping[str, int],
        limits: Mapping[str, float],
    ) -> None:
        for query in self.queries:
            order = [arm for arm in arms if not arm.reason]
            self.random.shuffle(order)
            for arm in order:
                with self._giving_up(arm, arms[0], sessions), sessions.of(arm) as (connection, warm):
                    if not warm and query.reads:
                        self._timed(connection, query, 1, limits[query.name])
                    took = self._timed(connection, query, loops[query.name], limits[query.name])
                    arm.times.setdefault(query.name, {})[number] = took

    def _timed(self, connection: Connection, query: Query, loops: int, timeout_s: float | None) -> float:
        """Return the seconds of one run; rows are read and let go, so that memory stays flat."""
        began = self.clock.monotonic()
        for _ in range(loops):
            with connection.stream(query.sql, timeout_s=timeout_s) as rows:
                for _chunk in rows:
                    pass
        return (self.clock.monotonic() - began) / loops

    @contextlib.contextmanager
    def _giving_up(self, arm: Arm, first: Arm, sessions: Sessions) -> Iterator[None]:
        """Go on without an arm that fails; the first one's failure is the command's."""
        try:
            yield
        except PerftoolError as error:
            if arm is first:
                raise
            arm.reason = " ".join(error.message.split())
            sessions.drop(arm)


_LEAST_LIMIT_S: Final = 10.0
_LIMIT_FACTOR: Final = 20.0

"""Candidates of a database's settings, measured beside what is in use, and the best of them once more."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from perftool.bench.databases.settings_grid import AS_IT_IS, Setting, grid, present, stored, values
from perftool.errors import InputError, PerftoolError, UsageError
from perftool.model.tune import Candidate
from perftool.tune import choosing, settings_judging
from perftool.tune import settings_saying as saying
from perftool.tune.settings_arms import Arm, Sessions, Trial
from perftool.tune.settings_copies import Copies, file_of

if TYPE_CHECKING:
    import random as random_module
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from perftool.bench.databases.statements import Query
    from perftool.clock import Clock
    from perftool.databases import Database
    from perftool.databases.api import Access
    from perftool.events import Listener


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to try and how.

    ``durability`` admits candidates that may cost commits in a crash, ``stored`` those that stay in the file, tried
    on copies. ``commit`` lets statements write to a server for good. ``more`` are candidates of the
    user's own. ``timeout_s`` bounds a statement, None: twenty times what it takes now.
    """

    rounds: int = 12
    minimum_effect: float = 0.02
    confidence: float = 0.95
    durability: bool = False
    stored: bool = False
    commit: bool = False
    more: tuple[Setting, ...] = ()
    cores: int = 1
    timeout_s: float | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What came of it: ``winner`` names a candidate, and ``chosen`` are those to use together, maybe none."""

    candidates: tuple[Candidate, ...]
    arms: tuple[Arm, ...]
    winner: str
    why: str
    chosen: tuple[Setting, ...]
    complete: bool


class Tuning:
    """One run of ``tune``."""

    def __init__(
        self,
        database: Database,
        queries: Sequence[Query],
        how: Plan,
        folder: Path,
        random: random_module.Random,
        clock: Clock,
        listener: Listener,
    ) -> None:
        self._database = database
        self._driver = database.driver
        self._queries = queries
        self._how = how
        self._copies = Copies(self._driver, database.address, folder)
        self._file = file_of(database.address)
        self.writes = any(not query.reads for query in queries)
        # On a server all candidates meet what the others wrote.
        self._apart = self._file is not None or not self.writes
        self.trial = Trial(
            queries=queries,
            rounds=how.rounds,
            timeout_s=how.timeout_s,
            compare=self._apart,
            random=random,
            clock=clock,
            listener=listener,
        )

    def run(self) -> Found:
        """Measure, judge, and measure the best again.

        raises: UsageError where the workload may not run so, InputError when there is nothing to judge.
        """
        self._admit()
        arms, idle = self._arms()
        if len(arms) < 2:
            raise InputError(
                f"{self._database.label}: no setting to try", hint="--try NAME=VALUE names one of your own"
            )
        complete = self._rounds(arms, "trying settings")
        judged = self._judged(arms)
        if judged[0].ratio is None:
            raise InputError(f"{self._database.label}: interrupted before anything was measured")
        candidates = (*judged, *idle)
        better = self._best(arms, judged[1:])
        if not better or not complete:
            return Found(
                candidates,
                tuple(arms),
                AS_IT_IS,
                saying.why_not(candidates, self._how.confidence, self._how.minimum_effect),
                (),
                complete,
            )
        return self._again(arms, candidates, better)

    def _admit(self) -> None:
        """Refuse a workload that must not run here."""
        if self.writes and self._file is None and not self._how.commit:
            writing = next(query for query in self._queries if not query.reads)
            raise UsageError(
                f"{writing.source}: {writing.kind} writes, and it would run many times for good",
                hint="--commit, on a database that you can throw away; or leave it out of the workload",
            )
        if self._how.stored and self._file is None:
            raise UsageError("--stored: only a file can be copied, and this is a server")

    def _arms(self) -> tuple[list[Arm], list[Candidate]]:
        """Return the arms to measure, the present one first, and candidates that need no measuring, with why."""
        how = self._how
        known = [one for one in grid(self._driver.name, cores=how.cores) if how.durability or not one.risk]
        # What a commit costs shows only where there are commits.
        known = [one for one in known if self.writes or not one.risk]
        wanted = list({one.name: one for one in (*known, *how.more)}.values())
        with self._database.connect() as connection:
            names = sorted({name for one in wanted for name in one.settings})
            now = values(connection, self._driver.name, names)
            mode = values(connection, self._driver.name, ["journal_mode"])["journal_mode"] if how.stored else ""
        if how.stored:
            wanted += stored(self._driver.name, mode, durability=how.durability)
        if self.writes or how.stored:
            self._copies.room_for(sum(1 for one in wanted if self.writes or one.file) + 2)
        arms, idle = [self._arm(present(), 0)], []
        for number, one in enumerate(wanted, 1):
            reason = self._pointless(one, now)
            if reason:
                idle.append(self._unmeasured(one, reason))
            else:
                arms.append(self._arm(one, number))
        return arms, idle

    def _arm(self, one: Setting, number: int) -> Arm:
        """Return the arm of a candidate, on a copy of its own where it would leave traces."""
        access = self._access(one)
        if one.file or (self.writes and self._file is not None):
            try:
                place = self._copies.made(f"copy-{number}", one.file)
            except PerftoolError as error:
                if one.name == AS_IT_IS:
                    raise
                return Arm(one, self._driver, self._database.address, access, reason=error.message)
            return Arm(one, self._driver, place, access)
        return Arm(one, self._driver, self._database.address, access)

    def _access(self, one: Setting) -> Access:
        now = self._database.access
        return replace(now, write=self.writes, settings={**now.settings, **one.settings})

    def _pointless(self, one: Setting, now: Mapping[str, str]) -> str:
        """Say why a candidate need not be measured: it is refused, or changes nothing; "" when it has to be."""
        if not one.settings:
            return ""
        try:
            access = replace(self._access(one), write=False)
            with closing(self._driver.connect(self._database.address, access)) as connection:
                there = values(connection, self._driver.name, list(one.settings))
        except PerftoolError as error:
            return f"not accepted: {error.message}"
        # A setting that cannot be read back is tried.
        return "is what is in use" if all(there[name] and there[name] == now.get(name) for name in there) else ""

    def _unmeasured(self, one: Setting, reason: str) -> Candidate:
        return Candidate(name=one.name, settings=one.said, reason=reason, risk=one.risk)

    def _rounds(self, arms: Sequence[Arm], told: str) -> bool:
        # DuckDB's settings are those of the whole process: one candidate at a time.
        sessions = Sessions(kept=self._driver.name != "duckdb")
        try:
            return self.trial.run(arms, sessions, told=told, control=self._control())
        finally:
            sessions.close()

    def _control(self) -> Arm | None:
        """Return one more copy of what is in use, where statements write to it: asking again would meet their rows."""
        if not self.writes or self._file is None:
            return None
        place = self._copies.made("copy-control", ())
        return Arm(Setting(name="control"), self._driver, place, self._access(present()))

    def _judged(self, arms: Sequence[Arm]) -> tuple[Candidate, ...]:
        return settings_judging.candidates(
            arms, confidence=self._how.confidence, minimum_effect=self._how.minimum_effect
        )

    def _best(self, arms: Sequence[Arm], judged: Sequence[Candidate]) -> list[Arm]:
        """Return the arms that are surely better, the fastest first, one for each thing that they set."""
        alpha = round(1 - self._how.confidence, 12)
        by_name = {arm.name: arm for arm in arms}
        better = [one for one in judged if choosing.surely(one, self._how.minimum_effect, alpha)]
        found: dict[str, Arm] = {}
        for one in sorted(better, key=lambda one: one.ratio or 1.0):
            arm = by_name[one.name]
            found.setdefault(arm.setting.about, arm)
        return list(found.values())

    def _again(self, arms: Sequence[Arm], candidates: tuple[Candidate, ...], better: list[Arm]) -> Found:
        """Measure the best and all better ones together anew: what was the luckiest of many looks too good."""
        best = better[0].setting
        tried = {AS_IT_IS: (), f"{best.name}{saying.AGAIN}": (best,)}
        if len(better) > 1:
            tried["together: " + ", ".join(arm.name for arm in better)] = tuple(arm.setting for arm in better)
        second = [self._arm(_joined(name, parts), 1000 + at) for at, (name, parts) in enumerate(tried.items())]
        complete = self._rounds(second, "measuring the best again")
        judged = self._judged(second)
        name, why = self._final(second, judged)
        slower = saying.slower(candidates, self._how.confidence, self._how.minimum_effect)
        return Found(
            (*candidates, *judged[1:]),
            (*arms, *second[1:]),
            name,
            why + (f"; {slower}" if slower else ""),
            tried.get(name, ()),
            complete,
        )

    def _final(self, arms: Sequence[Arm], judged: Sequence[Candidate]) -> tuple[str, str]:
        """Return the name of the candidate to use: all together only if that is surely better than the best alone."""
        alpha = round(1 - self._how.confidence, 12)
        sure = [one for one in judged[1:] if choosing.surely(one, self._how.minimum_effect, alpha)]
        if not sure:
            return AS_IT_IS, "what looked faster did not when it was measured again"
        if len(sure) == 1:
            return sure[0].name, f"{sure[0].name} is surely faster than what is in use"
        beside = self._judged(arms[1:])
        if choosing.surely(beside[1], 0.0, alpha):
            return sure[1].name, "all together are surely faster than the best alone"
        return sure[0].name, "the best alone is not surely slower than all together, and changes less"


def _joined(name: str, parts: Sequence[Setting]) -> Setting:
    return Setting(
        name=name,
        settings={key: value for part in parts for key, value in part.settings.items()},
        stored={key: value for part in parts for key, value in part.stored.items()},
        file=tuple(statement for part in parts for statement in part.file),
        risk="; ".join(part.risk for part in parts if part.risk),
    )

"""What a pool counts and times, whichever pool it is: the numbers behind ``PoolFigures``."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from perftool.databases.pool.latencies import Latencies
from perftool.model.database import PoolFigures, PoolLeak, PoolSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

#: Borrowers that are counted by themselves; a program that starts a thread for each request has any number.
MOST_BORROWERS: Final = 1000
#: Leaks that are told of.
MOST_LEAKS: Final = 20


class Meter:
    """Counts and times of one pool. Its methods are called with the lock of that pool held."""

    __slots__ = (
        "_borrowers",
        "_exhausted_since",
        "_now",
        "abandoned",
        "closed_for",
        "created",
        "exhausted",
        "exhausted_s",
        "health_failures",
        "hold",
        "invalidated",
        "most_in_use",
        "others",
        "since",
        "timeouts",
        "wait",
    )

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.since = now()
        self.wait = Latencies()
        self.hold = Latencies()
        self.created = self.invalidated = self.health_failures = self.timeouts = self.exhausted = 0
        self.most_in_use = self.others = 0
        self.exhausted_s = 0.0
        self.closed_for: Counter[str] = Counter()
        self.abandoned: list[PoolLeak] = []
        self._exhausted_since: float | None = None
        self._borrowers: dict[int, int] = {}

    def took(self, wait_s: float, borrower: int, in_use: int) -> None:
        """Count a checkout by ``borrower``, a thread or a task."""
        self.wait.add(wait_s)
        if in_use > self.most_in_use:
            self.most_in_use = in_use
        borrowers = self._borrowers
        if borrower in borrowers or len(borrowers) < MOST_BORROWERS:
            borrowers[borrower] = borrowers.get(borrower, 0) + 1
        else:
            self.others += 1

    def queued(self, waiting: int, *, again: bool = False) -> None:
        """Count that somebody has to wait, ``again`` not for the first time; ``waiting`` are waiting now."""
        self.exhausted += not again
        if waiting == 1:
            self._exhausted_since = self._now()

    def served(self, waiting: int) -> None:
        """Hear that somebody waits no more; ``waiting`` still do."""
        if not waiting and self._exhausted_since is not None:
            self.exhausted_s += self._now() - self._exhausted_since
            self._exhausted_since = None

    def leaked(self, leak: PoolLeak) -> None:
        """Keep a connection that was forgotten and taken back."""
        if len(self.abandoned) < MOST_LEAKS:
            self.abandoned.append(leak)

    def age_s(self) -> float:
        """Return for how long this has counted."""
        return self._now() - self.since

    def figures(
        self, name: str, digest: str, settings: PoolSettings, *, in_use: int, idle: int, leaks: Sequence[PoolLeak]
    ) -> PoolFigures:
        """Return everything, without alarms."""
        still = 0.0 if self._exhausted_since is None else self._now() - self._exhausted_since
        checkouts = self.wait.count
        shares = sorted((count / checkouts for count in self._borrowers.values()), reverse=True) if checkouts else []
        return PoolFigures(
            name=name,
            digest=digest,
            settings=settings,
            checkouts=checkouts,
            created=self.created,
            closed=sum(self.closed_for.values()),
            invalidated=self.invalidated,
            health_failures=self.health_failures,
            timeouts=self.timeouts,
            exhausted=self.exhausted,
            exhausted_s=self.exhausted_s + still,
            in_use=in_use,
            idle=idle,
            most_in_use=self.most_in_use,
            wait=self.wait.spread(),
            hold=self.hold.spread(),
            shares=tuple(shares),
            leaks=(*leaks, *self.abandoned)[:MOST_LEAKS],
            closed_for=dict(self.closed_for),
            age_s=self.age_s(),
        )

"""A pool of warm parsers: tokenisers and parsers of each dialect are made once and used again."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from perftool.errors import InputError
from perftool.sql.dialects import canonical, label
from perftool.sql.parsing import Engine

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from sqlglot.expressions import Expr

    from perftool.sql.parsing import SqlToken

LOW_HIT_RATE: Final = 0.95
ENOUGH_GETS: Final = 20


@dataclass(frozen=True, slots=True)
class PoolCounters:
    """What a pool has done so far; ``in_use`` is now, ``high_water`` the most ever in use at once.

    A hit is a get served by a waiting parser, a miss one that had to make it; ``dropped`` counts parsers returned to
    a pool that was full.
    """

    gets: int = 0
    puts: int = 0
    hits: int = 0
    misses: int = 0
    dropped: int = 0
    in_use: int = 0
    high_water: int = 0

    @property
    def hit_rate(self) -> float:
        """Return the share of gets that were hits; 1.0 before the first get."""
        return self.hits / self.gets if self.gets else 1.0


class Lease:
    """A parser taken from the pool for the time of a ``with`` block, and no longer.

    Nothing is taken before the block is entered and it goes back whatever happens in it, so a parser cannot leak;
    a lease kept beyond its block refuses to work, because its parser may serve another thread by then.
    """

    __slots__ = ("_dialect", "_engine", "_pool")

    def __init__(self, pool: ParserPool, dialect: str) -> None:
        self._pool = pool
        self._dialect = dialect
        self._engine: Engine | None = None

    def __enter__(self) -> Lease:
        if self._engine is not None:
            raise RuntimeError("this lease is already in use: ask the pool for another one")
        self._engine = self._pool._take(self._dialect)  # noqa: SLF001  one thing in two classes
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        engine, self._engine = self._engine, None
        if engine is not None:
            self._pool._give_back(engine)  # noqa: SLF001

    def tokenize(self, text: str) -> list[SqlToken]:
        """Return sqlglot's tokens of ``text``; raises: InputError with what is wrong."""
        return self._held().tokenize(text)

    def parse(self, text: str) -> list[Expr]:
        """Return the trees of all statements in ``text``; raises: InputError with what is wrong."""
        return self._held().parse(text)

    def parse_one(self, text: str) -> Expr:
        """Return the tree of the first statement in ``text``; raises: InputError with what is wrong, or if none."""
        trees = self._held().parse(text)
        if not trees:
            raise InputError("there is no statement in the text")
        return trees[0]

    def _held(self) -> Engine:
        if self._engine is None:
            raise RuntimeError("a pooled parser works only inside its with block")
        return self._engine


class ParserPool:
    """Parsers of every dialect, taken with ``with pool.parser("postgres") as parser``; safe between threads.

    ``max_idle`` is the most parsers that wait for each dialect; what comes back beyond that is let go.
    """

    def __init__(self, *, max_idle: int = 8) -> None:
        self._max_idle = max_idle
        self._idle: dict[str, list[Engine]] = {}
        self._lock = threading.Lock()
        self._gets = self._puts = self._hits = self._dropped = self._high_water = 0

    def parser(self, dialect: str = "") -> Lease:
        """Return a lease on a parser of ``dialect``; it is taken when the ``with`` block is entered.

        raises: UsageError for an unknown dialect.
        """
        return Lease(self, canonical(dialect))

    def warm_up(self, dialects: Iterable[str], count: int = 1) -> None:
        """Make sure that ``count`` parsers (at most ``max_idle``) of each dialect wait, and that each has worked."""
        wanted = min(count, self._max_idle)
        for name in map(canonical, dialects):
            made = [Engine(name) for _ in range(wanted - len(self._idle.get(name, ())))]
            for engine in made:
                engine.parse("SELECT 1")
                engine.clear()
            with self._lock:
                self._idle.setdefault(name, []).extend(made)

    def counters(self) -> PoolCounters:
        """Return a snapshot of the counters."""
        with self._lock:
            return PoolCounters(
                gets=self._gets,
                puts=self._puts,
                hits=self._hits,
                misses=self._gets - self._hits,
                dropped=self._dropped,
                in_use=self._gets - self._puts,
                high_water=self._high_water,
            )

    def idle(self, dialect: str = "") -> int:
        """Return how many parsers of ``dialect`` wait."""
        return len(self._idle.get(canonical(dialect), ()))

    def warning(self) -> str | None:
        """Return what to say about a hit rate below 95 % (after 20 gets), or None."""
        now = self.counters()
        if now.gets < ENOUGH_GETS or now.hit_rate >= LOW_HIT_RATE:
            return None
        return (
            f"the parser pool served {now.hit_rate:.0%} of {now.gets:,} gets from waiting parsers (below "
            f"{LOW_HIT_RATE:.0%}): warm it up with {now.high_water} parsers of each dialect in use, "
            f"or let more than {self._max_idle} wait"
        )

    def check_leaks(self) -> None:
        """Raise RuntimeError when parsers are still out; call it when all work is done."""
        out = self.counters().in_use
        if out:
            raise RuntimeError(f"{out} pooled parser{'s are' if out > 1 else ' is'} still in use")

    def _take(self, dialect: str) -> Engine:
        with self._lock:
            self._gets += 1
            in_use = self._gets - self._puts
            if in_use > self._high_water:
                self._high_water = in_use
            waiting = self._idle.get(dialect)
            if waiting:
                self._hits += 1
                return waiting.pop()
        try:
            return Engine(dialect)
        except BaseException:
            with self._lock:
                self._puts += 1
            raise

    def _give_back(self, engine: Engine) -> None:
        engine.clear()
        with self._lock:
            self._puts += 1
            waiting = self._idle.setdefault(engine.dialect, [])
            if len(waiting) < self._max_idle:
                waiting.append(engine)
            else:
                self._dropped += 1

    def __repr__(self) -> str:
        waiting = ", ".join(f"{label(name)} {len(engines)}" for name, engines in sorted(self._idle.items()))
        return f"<ParserPool {waiting or 'empty'}>"

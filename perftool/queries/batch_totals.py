"""Counts of a batch while it runs, and what its report says in the end: memory does not grow with the input."""

from __future__ import annotations

import heapq
from collections import Counter
from typing import TYPE_CHECKING, Final

from perftool.model.query import BatchedQuery, QueryBatchPayload
from perftool.model.verdict import Verdict
from perftool.queries.batch_slices import Slices
from perftool.stats.histogram import bucket_index, percentile
from perftool.units.display import format_duration

if TYPE_CHECKING:
    from typing import Literal

    from perftool.model.database import DatabaseFacts, PoolFigures, Retries
    from perftool.model.measurement import Measurement
    from perftool.queries.batch_lines import Line

#: Queries that a report names: those that failed first, and the slowest. All of them are in the results.
MOST_FAILED: Final = 50
SLOWEST: Final = 10
_TICK_S: Final = 1e-6
_BITS: Final = 8


class Totals:
    """What a batch did so far; ``now`` is a rising clock. Its owner keeps threads apart."""

    def __init__(self, now: float) -> None:
        self.statuses: Counter[str] = Counter()
        self.rows = self.size = self.retried = 0
        self.stopped = ""
        self.interrupted = False
        self.reasons: Counter[str] = Counter()
        self.used: set[str] = set()
        self._failed: list[BatchedQuery] = []
        self._slowest: list[tuple[float, int, BatchedQuery]] = []
        self._ticks: Counter[int] = Counter()
        self._slices = Slices(now)
        self._began = self._ended = now

    @property
    def done(self) -> int:
        """Return how many queries have a result."""
        return self.statuses.total()

    @property
    def failed(self) -> int:
        """Return how many of them have no rows to give."""
        return self.statuses["failed"] + self.statuses["timeout"]

    def take(self, line: Line, now: float) -> None:
        """Count one query."""
        self._ended = now
        self.statuses[line.status] += 1
        if line.execution_s:
            self.used.add(line.source)
        self.rows += line.rows
        self.size += line.bytes
        self.retried += line.retries > 0
        if line.status in ("failed", "timeout"):
            self.reasons[
                f"{line.code} {line.error}".strip()[:200] if len(self.reasons) < MOST_FAILED else "others"
            ] += 1
            if len(self._failed) < MOST_FAILED:
                self._failed.append(_told(line))
        if line.status not in ("ok", "timeout"):
            return
        self._ticks[bucket_index(int(line.execution_s / _TICK_S), _BITS)] += 1
        self._slices.take(line.wait_s, line.execution_s, now)
        if len(self._slowest) < SLOWEST or line.execution_s > self._slowest[0][0]:
            push = heapq.heappush if len(self._slowest) < SLOWEST else heapq.heapreplace
            push(self._slowest, (line.execution_s, -line.number, _told(line)))

    def at(self, share: float) -> float | None:
        """Return the time of execution that ``share`` of the queries do not exceed."""
        if not self._ticks:
            return None
        indices = sorted(self._ticks)
        return percentile(indices, [self._ticks[index] for index in indices], share, _BITS) * _TICK_S

    def payload(
        self,
        databases: tuple[DatabaseFacts, ...],
        pools: tuple[PoolFigures, ...],
        *,
        retries: Retries,
        concurrency: int,
        rate: float,
        to: str,
        order: Literal["finished", "input"],
    ) -> QueryBatchPayload:
        """Return what the report holds."""
        known = {one.id for one in self._failed}
        slowest = [one for _, _, one in sorted(self._slowest, reverse=True) if one.id not in known]
        return QueryBatchPayload(
            databases=databases,
            statuses=dict(sorted(self.statuses.items())),
            rows=self.rows,
            size=self.size,
            seconds=self._ended - self._began,
            concurrency=concurrency,
            queries=(*self._failed, *slowest),
            pools=pools,
            retries=retries,
            rate=rate,
            to=to,
            stopped=self.stopped,
            order=order,
        )

    def measurements(self) -> list[Measurement]:
        """Return times and rates over stretches of the batch."""
        return self._slices.measurements()

    def verdict(self) -> Verdict:
        """Return the verdict: one query that failed fails the batch."""
        done, failed = self.done, self.failed
        reasons = tuple(f"{count:,} × {reason}" for reason, count in self.reasons.most_common())
        if not done and not self.interrupted:
            return Verdict(outcome="fail", headline="there is no query in the input", undecidable=True)
        tail = self._tail()
        if self.interrupted:
            return Verdict(
                outcome="inconclusive", headline=f"interrupted after {_queries(done)}{tail}", reasons=reasons
            )
        if failed or self.stopped:
            text = f"{failed:,} of {_queries(done)} failed{tail}"
            text += f"; {self.stopped}" if self.stopped else ""
            return Verdict(outcome="fail", headline=text, reasons=reasons)
        return Verdict(outcome="pass", headline=f"{_queries(done)}{tail}")

    def _tail(self) -> str:
        number = len(self.used)
        text = f" on {number:,} databases" if number > 1 else f" on {next(iter(self.used))}" if number else ""
        text += f" in {format_duration(self._ended - self._began)}"
        p95 = self.at(0.95)
        text += f", p95 {format_duration(p95)}" if p95 is not None else ""
        if self.retried:
            text += f"; {self.retried:,} {'was' if self.retried == 1 else 'were'} retried"
        return text


def _queries(number: int) -> str:
    return f"{number:,} {'query' if number == 1 else 'queries'}"


def _told(line: Line) -> BatchedQuery:
    return BatchedQuery(
        id=line.id,
        source=line.source,
        status=line.status,
        rows=line.rows,
        size=line.bytes,
        wait_s=line.wait_s,
        execution_s=line.execution_s,
        retries=line.retries,
        error=line.error,
        code=line.code,
    )

"""Add up what becomes of the items of a batch, in memory that does not grow with them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from perftool.batch.slices import Slices
from perftool.batch.slowest import Slowest
from perftool.batch.stages import Stages
from perftool.model.batch import BatchPayload
from perftool.model.measurement import Histogram
from perftool.model.verdict import Verdict
from perftool.stats.histogram import bucket_index, percentile

if TYPE_CHECKING:
    from perftool.batch.api import Settings
    from perftool.batch.lines import Line
    from perftool.batch.tap import Tap
    from perftool.model.measurement import Measurement

BITS: Final = 8
TICK_S: Final = 1e-9


class Totals:
    """Counts of one run that begins at ``now``, in seconds of a rising clock; ``before`` are statuses of an earlier.

    ``tap`` is what the run reads from.
    """

    def __init__(self, now: float, before: Counter[str] | None = None, tap: Tap | None = None) -> None:
        self.resumed = before.total() if before else 0
        self.statuses: Counter[str] = Counter(before)
        self._failed_before = self.failed
        self.items = self.repeated = self.distinct = self.size = self.cancelled = 0
        self.stages = Stages(tap)
        self.stopped = ""
        self.interrupted = False
        self._began = self._ended = now
        self._ticks: Counter[int] = Counter()
        self._sizes: Counter[int] = Counter()
        self._total_s, self._least_s, self._most_s = 0.0, float("inf"), 0.0
        self._slowest = Slowest()
        self._slices = Slices(now)

    @property
    def failed(self) -> int:
        """Return how many items have no result, those of an earlier run too."""
        return self.statuses.total() - self.statuses["ok"]

    def too_many(self, most: int | None) -> bool:
        """Say whether more than ``most`` items have failed in this run; what an earlier one bore is borne."""
        return most is not None and self.failed - self._failed_before > most

    def start(self, now: float) -> None:
        """Count the time from ``now`` on: what was made ready before is not the items'."""
        self._began = self._ended = now
        self._slices = Slices(now)

    def take(self, line: Line, now: float, gc_seconds: float, *, first: bool) -> None:
        """Count one finished item."""
        self._ended = now
        self.items += 1
        self.statuses[line.status] += 1
        self.size += line.bytes
        if line.repeated:
            self.repeated += 1
            self._slices.repeat()
        elif line.status != "unreadable":
            self.distinct += 1
            self._ticks[bucket_index(round(line.seconds / TICK_S), BITS)] += 1
            self._sizes[bucket_index(line.bytes, BITS)] += 1
            self._total_s += line.seconds
            self._least_s = min(self._least_s, line.seconds)
            self._most_s = max(self._most_s, line.seconds)
            self._slowest.take(line, gc_seconds, first=first)
            self._slices.take(line.seconds, line.cpu_seconds, now)

    def payload(self, settings: Settings, *, dedupe: bool, workers: int, second_opinions: int) -> BatchPayload:
        """Return the counts as they are now."""
        p50, p90, p99 = (self._percentile(share) for share in (0.5, 0.9, 0.99))
        return BatchPayload(
            operation=settings.operation,
            engine=settings.engine,
            dialect=settings.dialect,
            to=settings.to,
            items=self.items,
            distinct=self.distinct,
            repeated=self.repeated,
            resumed=self.resumed,
            cancelled=self.cancelled,
            stopped=self.stopped,
            size=self.size,
            seconds=self._ended - self._began,
            statuses=dict(sorted(self.statuses.items())),
            dedupe=dedupe,
            workers=workers,
            second_opinions=second_opinions,
            latency=self._latency(),
            p50=p50,
            p90=p90,
            p99=p99,
            slowest=self._slowest.told(p50 or 0.0, _percentile(self._sizes, 0.5)),
        )

    def measurements(self, settings: Settings) -> list[Measurement]:
        """Return the times and rates of the run's slices."""
        parameters = {"dialect": settings.dialect} if settings.dialect else {}
        return self._slices.measurements(settings.operation, parameters | ({"to": settings.to} if settings.to else {}))

    def verdict(self, *, most_errors: int | None, strict: bool) -> Verdict:
        """Return the verdict: failures decide only where a limit for them was set."""
        seen, failed = self.statuses.total(), self.failed
        usable = seen - self.statuses["unreadable"]
        reasons = tuple(f"{count:,} {status}" for status, count in self.statuses.most_common() if status != "ok")
        if self.interrupted:
            text = f"interrupted after {seen:,} {_items(seen)}"
            return Verdict(outcome="inconclusive", headline=text, reasons=reasons)
        if not usable:
            text = "no statement could be read" if seen else "there is no statement in the input"
            return Verdict(outcome="fail", headline=text, reasons=reasons, undecidable=True)
        text = f"{seen - failed:,} of {seen:,} {_items(seen)} done" + (f", {failed:,} not" if failed else "")
        if self.stopped:
            text += f"; {self.stopped}"
        if not failed:
            return Verdict(outcome="pass", headline=text)
        fails = strict or self.too_many(most_errors)
        return Verdict(outcome="fail" if fails else "warn", headline=text, reasons=reasons)

    def _latency(self) -> Histogram | None:
        if not self._ticks:
            return None
        indices = tuple(sorted(self._ticks))
        return Histogram(
            unit="sec/op",
            tick=TICK_S,
            bits=BITS,
            indices=indices,
            counts=tuple(self._ticks[index] for index in indices),
            count=self.distinct,
            total=self._total_s,
            minimum=self._least_s,
            maximum=self._most_s,
        )

    def _percentile(self, share: float) -> float | None:
        return _percentile(self._ticks, share) * TICK_S if self._ticks else None


def _items(number: int) -> str:
    return "item" if number == 1 else "items"


def _percentile(counts: Counter[int], share: float) -> float:
    if not counts:
        return 0.0
    indices = sorted(counts)
    return percentile(indices, [counts[index] for index in indices], share, BITS)

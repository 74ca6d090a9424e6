"""Three forms of the same work: a batch, a bounded stream, and a pipeline of read, split, analyse, write."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from perftool.workers.api import Item, Outcome
from perftool.workers.metrics import Depth, row

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

    from perftool.model.measurement import Better, Measurement
    from perftool.workers.api import Executor


Block = TypeVar("Block")
Thing = TypeVar("Thing")


def batch(executor: Executor, payloads: Sequence[bytes]) -> list[Outcome]:
    """Return an outcome for every payload, in their order; numbers count from 0."""
    return list(executor.run(numbered(payloads)))


def stream(executor: Executor, payloads: Iterable[bytes], *, ordered: bool = True) -> Generator[Outcome]:
    """Yield outcomes while payloads are still read, never holding more of either than the executor's window."""
    return executor.run(numbered(payloads), ordered=ordered)


def numbered(payloads: Iterable[bytes]) -> Iterator[Item]:
    """Yield the payloads as items numbered from 0."""
    for number, payload in enumerate(payloads):
        yield Item(number, payload)


@dataclass(frozen=True, slots=True)
class StageMetrics:
    """What one stage of a pipeline did: what left it, how long it worked, how long it waited.

    ``wait_s`` is, for "analyse", the time that its items waited for a worker, added up over the items; for the other
    stages, which share one thread, the time in which it was others' turn. Depths count the items that were before it.
    """

    stage: str
    items: int
    bytes: int
    busy_s: float
    wait_s: float
    queue_mean: float = 0.0
    queue_max: int = 0


def measurements(stages: Iterable[StageMetrics], suite: str, case: str = "pipeline") -> tuple[Measurement, ...]:
    """Return what the stages did as measurements of ``suite``/``case``; none of them decides a gate."""
    found = []
    for stage in stages:
        rows: list[tuple[str, Better, float]] = [
            ("items", "unknown", stage.items),
            ("bytes", "unknown", stage.bytes),
            ("busy-sec", "lower", stage.busy_s),
            ("wait-sec", "lower", stage.wait_s),
            ("queued-items", "unknown", stage.queue_mean),
            ("most-queued-items", "unknown", stage.queue_max),
        ]
        found += [row(suite, case, *one, {"stage": stage.stage}) for one in rows]
    return tuple(found)


class Pipeline(Generic[Block]):
    """Reads blocks, splits each into items, has them worked, and writes what comes of them.

    ``split`` turns a block into payloads; ``sink`` gets every outcome in order (or as they come, not ``ordered``).
    Nothing runs ahead of the executor's window: that is the queue between the stages, so a slow sink slows the reading.
    """

    def __init__(
        self,
        source: Iterable[Block],
        split: Callable[[Block], Iterable[bytes]],
        executor: Executor,
        sink: Callable[[Outcome], None],
        *,
        ordered: bool = True,
        size: Callable[[Block], int] = lambda _: 0,
    ) -> None:
        self._source = source
        self._split = split
        self._executor = executor
        self._sink = sink
        self._ordered = ordered
        self._size = size
        self._depth = Depth()
        self._read = _Meter()
        self._cut = _Meter()
        self._worked = _Meter()
        self._written = _Meter()

    def run(self) -> tuple[StageMetrics, ...]:
        """Run to the end and return what each stage did, in the order of the stages.

        raises: what the source, the split or the sink raises; the workers are ended first.
        """
        began = time.perf_counter()
        before = self._executor.metrics()
        outcomes = self._executor.run(self._items(), ordered=self._ordered)
        try:
            for outcome in self._worked.watched(outcomes, lambda o: len(o.result or b"")):
                with self._written:
                    self._sink(outcome)
                self._written.count(len(outcome.result or b""))
                self._depth.sample(self._cut.items - self._written.items)
        finally:
            outcomes.close()
        return self._told(time.perf_counter() - began, before.wait_s, sum(before.busy_s))

    def _items(self) -> Iterator[Item]:
        number = 0
        for block in self._read.watched(self._source, self._size):
            with self._cut:
                pieces = self._split(block)
            for payload in self._cut.watched(pieces, len):
                yield Item(number, payload)
                number += 1

    def _told(self, wall: float, waited: float, busy: float) -> tuple[StageMetrics, ...]:
        metrics = self._executor.metrics()
        worked = self._worked
        return (
            self._read.told("read", wall),
            self._cut.told("split", wall),
            StageMetrics(
                "analyse",
                worked.items,
                worked.bytes,
                sum(metrics.busy_s) - busy,
                metrics.wait_s - waited,
                metrics.queue_mean,
                metrics.queue_max,
            ),
            self._written.told("write", wall, self._depth),
        )


class _Meter:
    """Counts what passes and the time spent making it."""

    def __init__(self) -> None:
        self.items = 0
        self.bytes = 0
        self._busy = 0.0
        self._entered = 0.0

    def __enter__(self) -> None:
        self._entered = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self._busy += time.perf_counter() - self._entered

    def count(self, size: int) -> None:
        self.items += 1
        self.bytes += size

    def watched(self, things: Iterable[Thing], size: Callable[[Thing], int]) -> Iterator[Thing]:
        iterator = iter(things)
        while True:
            with self:
                try:
                    thing = next(iterator)
                except StopIteration:
                    return
            self.count(size(thing))
            yield thing

    def told(self, stage: str, wall: float, depth: Depth | None = None) -> StageMetrics:
        depth = depth or Depth()
        wait = max(0.0, wall - self._busy)
        return StageMetrics(stage, self.items, self.bytes, self._busy, wait, depth.mean, depth.highest)

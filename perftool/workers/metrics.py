"""What an executor has done: how much, how long it waited, how busy its workers were, what went wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from perftool.model.measurement import Measurement

if TYPE_CHECKING:
    from perftool.model.measurement import Better

HITS: Final = "pool_hits"
GETS: Final = "pool_gets"
"""Names of counters that a job gives for its parser pool; their ratio is the hit rate."""


@dataclass(frozen=True, slots=True)
class Metrics:
    """Counts and times of all runs of an executor so far.

    ``wait_s`` is the time that items waited between being pulled and being begun, ``busy_s`` the time that each worker
    place worked, ``wall_s`` the time of the runs. Depths count items: ``queue`` those given to workers and not
    answered, ``ready`` outcomes that wait for one before them or for the consumer. ``retries`` are items begun again;
    ``replaced`` workers that died, ``recycled`` workers ended for the size they had grown to. ``peak_bytes`` is the
    most memory seen of all processes together, 0 where nobody looked. ``counters`` are the job's own.
    """

    workers: int = 1
    items: int = 0
    payload_bytes: int = 0
    result_bytes: int = 0
    chunks: int = 0
    wall_s: float = 0.0
    wait_s: float = 0.0
    busy_s: tuple[float, ...] = ()
    queue_mean: float = 0.0
    queue_max: int = 0
    ready_mean: float = 0.0
    ready_max: int = 0
    retries: int = 0
    replaced: int = 0
    recycled: int = 0
    failures: dict[str, int] = field(default_factory=dict)
    peak_bytes: int = 0
    counters: dict[str, float] = field(default_factory=dict)

    @property
    def utilisation(self) -> float:
        """Return the share of the time that the workers worked; 0.0 before the first run."""
        return sum(self.busy_s) / (self.wall_s * self.workers) if self.wall_s else 0.0

    @property
    def pool_hit_rate(self) -> float | None:
        """Return the share of parsers that waited in a pool when asked for, None where no pool is counted."""
        gets = self.counters.get(GETS, 0.0)
        return self.counters.get(HITS, 0.0) / gets if gets else None


@dataclass(slots=True)
class Depth:
    """A number sampled again and again: its mean and its highest."""

    total: int = 0
    samples: int = 0
    highest: int = 0

    def sample(self, value: int) -> None:
        """Count ``value`` in."""
        self.total += value
        self.samples += 1
        if value > self.highest:
            self.highest = value

    @property
    def mean(self) -> float:
        """Return the mean, 0.0 without samples."""
        return self.total / self.samples if self.samples else 0.0


@dataclass(slots=True)
class Tally:
    """The counters behind Metrics, while they change."""

    workers: int
    items: int = 0
    payload_bytes: int = 0
    result_bytes: int = 0
    chunks: int = 0
    wall_s: float = 0.0
    wait_ns: int = 0
    busy_s: list[float] = field(default_factory=list)
    queue: Depth = field(default_factory=Depth)
    ready: Depth = field(default_factory=Depth)
    retries: int = 0
    replaced: int = 0
    recycled: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    peak_bytes: int = 0

    def __post_init__(self) -> None:
        self.busy_s = [0.0] * self.workers

    def finished(self, size: int, result: bytes | None, failure: str) -> None:
        """Count the ``result`` of an item of ``size`` bytes, or its ``failure``."""
        self.items += 1
        self.payload_bytes += size
        if result is not None:
            self.result_bytes += len(result)
        else:
            self.failures[failure] += 1

    def metrics(self, counters: dict[str, float]) -> Metrics:
        """Return what has been counted so far."""
        return Metrics(
            workers=self.workers,
            items=self.items,
            payload_bytes=self.payload_bytes,
            result_bytes=self.result_bytes,
            chunks=self.chunks,
            wall_s=self.wall_s,
            wait_s=self.wait_ns / 1e9,
            busy_s=tuple(self.busy_s),
            queue_mean=self.queue.mean,
            queue_max=self.queue.highest,
            ready_mean=self.ready.mean,
            ready_max=self.ready.highest,
            retries=self.retries,
            replaced=self.replaced,
            recycled=self.recycled,
            failures=dict(self.failures),
            peak_bytes=self.peak_bytes,
            counters=counters,
        )


def measurements(metrics: Metrics, suite: str, case: str = "workers") -> tuple[Measurement, ...]:
    """Return the metrics as measurements of ``suite``/``case``; none of them decides a gate.

    Failures have a row for each kind, named by the parameter ``failure``.
    """
    wall, items = metrics.wall_s, metrics.items
    rows: list[tuple[str, Better, float]] = [("sec", "lower", wall)]
    if wall and items:
        rows += [
            ("items/s", "higher", items / wall),
            ("B/s", "higher", metrics.payload_bytes / wall),
            ("wait-sec/item", "lower", metrics.wait_s / items),
            ("busy-share", "higher", metrics.utilisation),
        ]
    rows += [
        ("items", "unknown", items),
        ("chunks", "unknown", metrics.chunks),
        ("queued-items", "unknown", metrics.queue_mean),
        ("most-queued-items", "unknown", metrics.queue_max),
        ("retries", "lower", metrics.retries),
        ("replaced-workers", "lower", metrics.replaced),
        ("recycled-workers", "lower", metrics.recycled),
    ]
    if metrics.peak_bytes:
        rows.append(("peak-PSS-B", "lower", metrics.peak_bytes))
    if metrics.pool_hit_rate is not None:
        rows.append(("pool-hit-share", "higher", metrics.pool_hit_rate))
    parameters = {"workers": str(metrics.workers)}
    found = [row(suite, case, unit, better, value, parameters) for unit, better, value in rows]
    for kind, count in sorted(metrics.failures.items()):
        found.append(row(suite, case, "errors", "lower", count, {**parameters, "failure": kind}))
    return tuple(found)


def row(suite: str, case: str, unit: str, better: Better, value: float, parameters: dict[str, str]) -> Measurement:
    """Return a measurement of one value that decides no gate."""
    return Measurement(
        suite=suite,
        case=case,
        unit=unit,
        better=better,
        values=(float(value),),
        parameters=parameters,
        gates=False,
    )

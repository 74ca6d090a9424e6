"""The payload of ``perftool compare --history``: benchmarks over many runs, and where their levels changed."""

from __future__ import annotations

from perftool.model.base import Model
from perftool.model.comparison import Direction, Gate, RowOutcome
from perftool.model.environment import Source
from perftool.model.measurement import Better


class HistoryEnvironment(Model, frozen=True):
    """A kind of machine on which runs were made; ``identity`` is what must be equal for times to be comparable."""

    label: str
    identity: tuple[str, ...]


class HistoryRun(Model, frozen=True):
    """One result file; ``environment`` indexes the payload's environments, ``created`` is None where not told."""

    name: str
    environment: int
    created: str | None = None
    source: Source | None = None


class HistoryPoint(Model, frozen=True, gc=False):
    """One run of one benchmark: the median of its ``n`` blocks with the interval, None where too few; ``run`` indexes.

    Of an exact measurement the most frequent value and the range.
    """

    run: int
    center: float
    lo: float | None
    hi: float | None
    n: int


class Level(Model, frozen=True):
    """Points ``first`` to ``last`` (both included) between which nothing changed; their median and its interval."""

    first: int
    last: int
    center: float
    lo: float | None
    hi: float | None


class LevelChange(Model, frozen=True):
    """A change that began with the point ``at``.

    ``change`` is the new level over the old, less 1, with its interval, None where not defined; ``p`` is adjusted for
    all places of the series that were tried, None for exact measurements. ``packages`` are those whose versions
    changed with that run.
    """

    at: int
    change: float | None
    lo: float | None
    hi: float | None
    p: float | None
    direction: Direction
    packages: tuple[str, ...] = ()


class HistorySeries(Model, frozen=True):
    """One quantity of one benchmark in one environment, oldest run first; ``levels`` and ``changes`` alternate.

    ``outcome`` judges the last change by ``gate``; ``reason`` says why it is what it is.
    """

    name: str
    unit: str
    better: Better
    environment: int
    points: tuple[HistoryPoint, ...]
    levels: tuple[Level, ...]
    changes: tuple[LevelChange, ...] = ()
    gates: bool = True
    exact: bool = False
    outcome: RowOutcome = "info"
    reason: str = ""
    gate: Gate | None = None


class HistoryPayload(Model, frozen=True, tag_field="kind", tag="history"):
    """Runs in the order in which they were made, and every benchmark in them."""

    runs: tuple[HistoryRun, ...]
    environments: tuple[HistoryEnvironment, ...]
    series: tuple[HistorySeries, ...]
    alpha: float
    confidence: float

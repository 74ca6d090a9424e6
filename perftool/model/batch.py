"""The payload of ``perftool batch``: counts, latencies, the slowest statements; results have a file of their own."""

from __future__ import annotations

from perftool.model.base import Model
from perftool.model.measurement import Histogram


class SlowStatement(Model, frozen=True):
    """One of the statements that took longest: where it stands, its digest, and why it took so long.

    ``seconds`` is wall time in its worker, ``size`` its bytes. ``outlier``: it took far longer than most; ``reason``
    is then what explains it, as far as that is known.
    """

    number: int
    path: str
    line: int
    digest: str
    size: int
    seconds: float
    cpu_seconds: float
    status: str
    outlier: bool = False
    reason: str = ""


class BatchPayload(Model, frozen=True, tag_field="kind", tag="batch"):
    """How many items came, what became of them, and how long they took.

    ``items`` were finished in this run, ``distinct`` of them worked and ``repeated`` equal to one that had been;
    ``resumed`` were done by an earlier run, whose ``statuses`` count here too. ``cancelled`` items were read but not
    finished. ``size`` is the bytes of the items of this run, ``seconds`` their time from the first to the last.
    ``latency`` holds the wall times of single distinct statements; its percentiles are None where nothing was worked.
    ``second_opinions`` were asked of sqlglot because another ``engine`` refused. ``stopped`` says why the run ended
    before its input did.
    """

    operation: str
    engine: str
    dialect: str
    items: int
    distinct: int
    repeated: int
    size: int
    seconds: float
    statuses: dict[str, int]
    to: str = ""
    resumed: int = 0
    cancelled: int = 0
    stopped: str = ""
    dedupe: bool = True
    workers: int = 1
    second_opinions: int = 0
    latency: Histogram | None = None
    p50: float | None = None
    p90: float | None = None
    p99: float | None = None
    slowest: tuple[SlowStatement, ...] = ()

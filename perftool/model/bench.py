"""The payload of ``perftool bench``: how the measurements in the report were taken."""

from __future__ import annotations

from typing import Literal

from perftool.model.base import Model
from perftool.model.database import DatabaseFacts
from perftool.model.measurement import Histogram, Measurement
from perftool.model.profile import CaptureReference

TargetKind = Literal["python", "sql", "command"]


class BenchSettings(Model, frozen=True):
    """What decided the run; times in seconds."""

    blocks: int
    samples_per_block: int
    min_time_s: float
    seed: int
    gc: str = "default"
    memory: bool = False
    latency: bool = True
    profile: str | None = None
    warmup: int | None = None
    instructions: bool = False


class GcPauses(Model, frozen=True):
    """Garbage collections during the latency pass of a case: number, seconds in total, longest, over ``ops``."""

    count: int
    total_s: float
    max_s: float
    ops: int


class BenchCase(Model, frozen=True):
    """One case: where it came from and what is known of it beside its measurements.

    ``work`` is the amount of work of one operation by unit (``B``, ``tokens``, ``statements``): rates are
    work / time. ``loops`` is the calibrated number of operations per sample.
    """

    suite: str
    case: str
    kind: TargetKind
    parameters: dict[str, str] = {}
    source: str | None = None
    loops: int = 1
    work: dict[str, float] = {}
    latency: Histogram | None = None
    gc_pauses: GcPauses | None = None
    exit_codes: dict[str, int] = {}


class SkippedCase(Model, frozen=True):
    """A case that gave no measurement, and why."""

    suite: str
    case: str
    reason: str
    parameters: dict[str, str] = {}


class Conclusion(Model, frozen=True):
    """What a suite says of its own measurements: a ratio with its interval, or a figure, and the sentence for it.

    ``group`` and ``subject`` name a row and a column where conclusions make a table, and ``quantity`` what a ratio is
    of ("time", "rows per second", "peak memory"). ``claimed`` is the ratio that
    was promised somewhere, and ``holds`` whether the interval confirms it (None: undecided). ``figure`` is what a
    cell of a table shows of one that is no ratio to another subject.
    """

    suite: str
    group: str
    subject: str
    text: str = ""
    quantity: str = ""
    ratio: float | None = None
    lo: float | None = None
    hi: float | None = None
    figure: str = ""
    claimed: float | None = None
    holds: bool | None = None


class BenchPayload(Model, frozen=True, tag_field="kind", tag="bench"):
    """A benchmark run; ``complete`` is False when it was interrupted after some blocks.

    ``yardstick`` are the CPU seconds of a fixed kernel, measured in every block: ``part`` "cpu" interprets, "memory"
    waits for memory. They say how fast the machine was and are no results: nothing compares or judges them.
    ``captures`` are profiles of the cases, taken beside the measured samples. ``databases`` are those that were used.
    """

    settings: BenchSettings
    cases: tuple[BenchCase, ...]
    skipped: tuple[SkippedCase, ...] = ()
    duration_s: float = 0.0
    complete: bool = True
    yardstick: tuple[Measurement, ...] = ()
    captures: tuple[CaptureReference, ...] = ()
    databases: tuple[DatabaseFacts, ...] = ()
    conclusions: tuple[Conclusion, ...] = ()

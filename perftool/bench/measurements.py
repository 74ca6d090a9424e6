"""Turn what was measured of a case into the measurements and the case of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from perftool.model.bench import BenchCase, GcPauses, SkippedCase
from perftool.model.measurement import Histogram, Measurement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.bench.record import Record

_PER_S: Final = 1e9
#: Work that has a rate of its own among the measurements: it is what people know databases by.
ROWS: Final = "rows"
# A percentile needs a few operations beyond it, in every block.
_FEWEST_FOR: Final = {"p50": 1, "p90": 20, "p99": 200, "max": 1}


def measurements(record: Record) -> list[Measurement]:
    """Return every measurement of a case: times, tails, garbage collection, memory.

    CPU time gates where the case is CPU-bound and wall time where it is not; allocations, their bytes,
    instructions and counters that stand still gate and are exact; the rest informs.
    """
    found: list[Measurement] = []
    if record.finished:
        bound, blocks = record.case.cpu_bound, record.blocks
        found.append(_series(record, "cpu-sec/op", record.values("cpu"), blocks, gates=bound))
        found.append(_series(record, "sec/op", record.values("wall"), blocks, gates=not bound))
        if ROWS in record.case.work:
            found.append(_row_rate(record))
        peaks = record.values("peak")
        if len(peaks) == len(blocks):
            found.append(_series(record, "peak-RSS-B", [float(peak) for peak in peaks], blocks, gates=False))
    if record.latencies:
        blocks = [block for block, _ in record.latencies]
        replies = _replies(record)
        for name, fewest in _FEWEST_FOR.items():
            if all(reply["count"] >= fewest for reply in replies):
                values = [reply[name] / _PER_S for reply in replies]
                found.append(_series(record, f"{name}-sec/op", values, blocks, gates=False))
        pauses = [reply["gc"]["total"] / _PER_S / reply["count"] for reply in replies]
        found.append(_series(record, "gc-sec/op", pauses, blocks, gates=False))
    if record.memory is not None:
        found.append(_exact(record, "B/op", record.memory["bytes"]))
        found.append(_exact(record, "allocs/op", record.memory["allocations"]))
    if record.instructions is not None:
        found.append(_exact(record, "instructions/op", record.instructions["instructions"]))
    return [*found, *_counters(record)]


def _row_rate(record: Record) -> Measurement:
    rows = record.case.work[ROWS]
    values = tuple(rows / wall for wall in record.values("wall"))
    return msgspec.structs.replace(_series(record, f"{ROWS}/s", values, record.blocks, gates=False), better="higher")


def _counters(record: Record) -> list[Measurement]:
    """Return the counters: exact where every reading agrees, else as values that inform."""
    return [
        _exact(record, unit, values[0])
        if record.steady(unit)
        else _series(record, unit, values, range(len(values)), gates=False)
        for unit, values in record.counters.items()
    ]


def case(record: Record) -> BenchCase:
    """Return the report's entry of a measured case."""
    return BenchCase(
        suite=record.case.suite,
        case=record.case.case,
        kind=record.case.kind,
        parameters=record.case.parameters,
        source=record.case.source,
        loops=record.loops,
        work=record.case.work,
        latency=_histogram(_replies(record)) if record.latencies else None,
        gc_pauses=_pauses(_replies(record)) if record.latencies else None,
    )


def skipped(record: Record, otherwise: str) -> SkippedCase:
    """Return the report's entry of a case that gave nothing, ``otherwise`` being the reason if it did not fail.

    The reason begins with a place in the user's code: that of the failure, else that of the function.
    """
    from perftool.bench.processes.naming import without_folders

    reason, source = without_folders(record.reason or otherwise), record.case.source
    if source is not None and record.reason is not None and not reason.startswith(source.partition(":")[0]):
        reason = f"{source}: {reason}"
    return SkippedCase(
        suite=record.case.suite,
        case=record.case.case,
        reason=reason,
        parameters=record.case.parameters,
    )


def _replies(record: Record) -> list[dict[str, Any]]:
    return [reply for _, reply in record.latencies]


def _series(record: Record, unit: str, values: Sequence[float], blocks: Sequence[int], *, gates: bool) -> Measurement:
    return Measurement(
        suite=record.case.suite,
        case=record.case.case,
        unit=unit,
        better="lower",
        values=tuple(values),
        parameters=record.case.parameters,
        blocks=tuple(blocks),
        gates=gates,
    )


def _exact(record: Record, unit: str, value: float) -> Measurement:
    return Measurement(
        suite=record.case.suite,
        case=record.case.case,
        unit=unit,
        better="lower",
        values=(value,),
        parameters=record.case.parameters,
        blocks=(0,),
        exact=True,
    )


def _histogram(replies: Sequence[dict[str, Any]]) -> Histogram:
    """Add the blocks' histograms of nanoseconds up."""
    counts: dict[int, int] = {}
    for reply in replies:
        for index, count in zip(reply["indices"], reply["counts"], strict=True):
            counts[index] = counts.get(index, 0) + count
    indices = sorted(counts)
    return Histogram(
        unit="sec",
        tick=1e-9,
        bits=replies[0]["bits"],
        indices=tuple(indices),
        counts=tuple(counts[index] for index in indices),
        count=sum(counts.values()),
        total=sum(reply["total"] for reply in replies) / _PER_S,
        minimum=min(reply["minimum"] for reply in replies) / _PER_S,
        maximum=max(reply["maximum"] for reply in replies) / _PER_S,
    )


def _pauses(replies: Sequence[dict[str, Any]]) -> GcPauses:
    return GcPauses(
        count=sum(reply["gc"]["count"] for reply in replies),
        total_s=sum(reply["gc"]["total"] for reply in replies) / _PER_S,
        max_s=max(reply["gc"]["longest"] for reply in replies) / _PER_S,
        ops=sum(reply["count"] for reply in replies),
    )

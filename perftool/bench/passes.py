"""What is asked of a case beside its timed samples: calibration, single latencies, allocations."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final

from perftool.bench import requests
from perftool.bench.calibrate import calibrate as calibrated
from perftool.bench.record import FEWEST_COUNTS

if TYPE_CHECKING:
    from perftool.bench.record import Record
    from perftool.bench.session import Session
    from perftool.bench.settings import RunSettings

Json = dict[str, Any]

LATENCY_BUDGET: Final = 2.0
MEMORY_HASH_SEED: Final = 1
SLOW_UNDER_MEMRAY_S: Final = 0.1


def calibrate(session: Session, record: Record, settings: RunSettings) -> None:
    """Find the number of operations of a sample and the time of one."""
    found = calibrated(functools.partial(session.ask, record, requests.calibrate(record.case, settings)))
    if found is not None:
        record.loops, record.op_s = found


def latency(session: Session, record: Record, settings: RunSettings) -> Json | None:
    """Return the times of single operations, None where they are not wanted or make no sense."""
    count = record.latency_count(LATENCY_BUDGET * settings.min_time_s)
    if not (settings.latency and count) or record.reason is not None:
        return None
    return session.ask(record, requests.latency(record.case, record.loops, count, settings))


def counters(session: Session, record: Record, block: int, blocks: int) -> None:
    """Ask a case for its counters: in the first blocks once each, more often where there are fewer than needed."""
    if record.case.counters is None or record.reason is not None or block >= FEWEST_COUNTS:
        return
    for _ in range(-(-FEWEST_COUNTS // min(blocks, FEWEST_COUNTS))):
        reply = session.ask(record, requests.counters(record.case)) if record.counters_problem is None else None
        if reply is not None:
            record.counted = (*record.counted, reply["counters"])
        # What cannot be counted can be timed all the same.
        record.counters_problem, record.reason = record.counters_problem or record.reason, None


def memory(session: Session, record: Record) -> None:
    """Count allocations and bytes of one operation."""
    slow = record.op_s >= SLOW_UNDER_MEMRAY_S
    record.memory = session.ask(record, requests.memory(record.case, slow=slow))
    # Under memray everything is slower and needs a disk: its failure says nothing of the times.
    record.memory_problem, record.reason = record.reason, None

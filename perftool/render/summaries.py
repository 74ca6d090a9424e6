"""Summaries of a report's measurements, one per case and unit, from block medians."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from perftool.model.bench import BenchCase
    from perftool.model.measurement import Measurement
    from perftool.model.report import Report

CONFIDENCE = 0.95
CaseKey = tuple[str, str, tuple[tuple[str, str], ...]]


class Summarized(msgspec.Struct, frozen=True):
    """A measurement with its block medians, their median, and the order-statistic interval of that median."""

    measurement: Measurement
    values: tuple[float, ...]
    center: float
    lo: float | None
    hi: float | None

    @property
    def spread(self) -> float | None:
        """Return the relative spread, None where the measurement is exact and has none to speak of."""
        if self.measurement.exact and self.lo == self.hi:
            return None
        return relative_spread(self.center, self.lo, self.hi)


def relative_spread(center: float, lo: float | None, hi: float | None) -> float:
    """Return the larger distance from ``center`` to a bound as a fraction of it; infinite where it has none."""
    if lo is None or hi is None:
        return float("inf")
    if lo == hi:
        return 0.0
    return max(hi - center, center - lo) / abs(center) if center else float("inf")


def summarize_measurement(measurement: Measurement) -> Summarized | None:
    """Summarize one measurement; None when it has no values."""
    from perftool.stats.interval import summarize
    from perftool.stats.sample import block_medians

    if not measurement.values:
        return None
    values = block_medians(measurement.values, measurement.blocks) if measurement.blocks else measurement.values
    summary = summarize(values, CONFIDENCE)
    return Summarized(measurement, tuple(values), summary.center, summary.lo, summary.hi)


def by_case(report: Report) -> dict[CaseKey, dict[str, Summarized]]:
    """Return the summaries of all measurements that have values: case -> unit -> summary, in the report's order."""
    result: dict[CaseKey, dict[str, Summarized]] = {}
    for measurement in report.measurements:
        summary = summarize_measurement(measurement)
        if summary is not None:
            result.setdefault(measurement.key[:3], {})[measurement.unit] = summary
    return result


def case_key(case: BenchCase) -> CaseKey:
    """Return the key under which ``by_case`` holds the measurements of ``case``."""
    return (case.suite, case.case, tuple(sorted(case.parameters.items())))


def block_count(report: Report) -> int:
    """Return the largest number of blocks that any measurement has."""
    return max((len(set(m.blocks)) or len(m.values) for m in report.measurements), default=0)

"""What a report must satisfy beyond its types."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.model.report import Report


def violations(report: Report) -> Iterator[str]:
    """Yield ``what - at `$.path` `` for each part of ``report`` that contradicts itself."""
    for index, measurement in enumerate(report.measurements):
        where = f"$.measurements[{index}]"
        values, blocks = measurement.values, measurement.blocks
        if blocks and len(blocks) != len(values):
            yield f"{len(values)} values but {len(blocks)} block numbers - at `{where}.blocks`"
        if not all(map(isfinite, values)):
            position, value = next((i, v) for i, v in enumerate(values) if not isfinite(v))
            yield f"Expected a finite number, got {value} - at `{where}.values[{position}]`"
    yield from _histograms(report)


def _histograms(report: Report) -> Iterator[str]:
    for index, case in enumerate(getattr(report.payload, "cases", ())):
        histogram = case.latency
        if histogram is None:
            continue
        where = f"$.payload.cases[{index}].latency"
        if len(histogram.indices) != len(histogram.counts):
            yield f"{len(histogram.indices)} buckets but {len(histogram.counts)} counts - at `{where}`"
        elif sum(histogram.counts) != histogram.count:
            yield f"counts add up to {sum(histogram.counts)}, not {histogram.count} - at `{where}.count`"

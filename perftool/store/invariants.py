"""What a report must satisfy beyond its types."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.model.report import Report

_INFINITY = float("inf")


def violations(report: Report) -> Iterator[str]:
    """Yield ``what - at `$.path` `` for each part of ``report`` that contradicts itself."""
    for index, measurement in enumerate(report.measurements):
        where = f"$.measurements[{index}]"
        values, blocks = measurement.values, measurement.blocks
        if blocks and len(blocks) != len(values):
            yield f"{len(values)} values but {len(blocks)} block numbers - at `{where}.blocks`"
        for position, value in enumerate(values):
            # NaN fails both comparisons, so one chained test refuses it together with the infinities.
            if not -_INFINITY < value < _INFINITY:
                yield f"Expected a finite number, got {value} - at `{where}.values[{position}]`"
                break
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

"""What a report must satisfy beyond its types."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from perftool.model.bench import BenchPayload
from perftool.model.comparison import ComparisonPayload

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perftool.model.comparison import Table
    from perftool.model.report import Report


def contradictions(report: Report) -> Iterator[str]:
    """Yield ``what - at `$.path` `` for each part of ``report`` that contradicts another."""
    for index, measurement in enumerate(report.measurements):
        values, blocks = measurement.values, measurement.blocks
        if blocks and len(blocks) != len(values):
            yield f"{len(values)} values but {len(blocks)} block numbers - at `$.measurements[{index}].blocks`"
    if isinstance(report.payload, BenchPayload):
        for index, measurement in enumerate(report.payload.yardstick):
            values, blocks = measurement.values, measurement.blocks
            if len(blocks) != len(values):
                yield f"{len(values)} values but {len(blocks)} block numbers - at `$.payload.yardstick[{index}].blocks`"
        yield from _histograms(report.payload)
    elif isinstance(report.payload, ComparisonPayload):
        yield from _tables(report.payload)


def infinities(report: Report) -> Iterator[str]:
    """Yield ``what - at `$.path` `` for the first number in each list of ``report`` that JSON cannot hold."""
    for index, measurement in enumerate(report.measurements):
        yield from _infinite(measurement.values, f"$.measurements[{index}].values")
    if isinstance(report.payload, ComparisonPayload):
        for number, table in enumerate(report.payload.tables):
            for line, row in enumerate(table.rows):
                for column, cell in enumerate(row.cells):
                    if cell is not None:
                        where = f"$.payload.tables[{number}].rows[{line}].cells[{column}]"
                        yield from _infinite((*cell.values, cell.summary.center), f"{where}.values")


def _infinite(values: Sequence[float], where: str) -> Iterator[str]:
    if not all(map(isfinite, values)):
        position, value = next((i, v) for i, v in enumerate(values) if not isfinite(v))
        yield f"expected a finite number, got {value} - at `{where}[{position}]`"


def _histograms(payload: BenchPayload) -> Iterator[str]:
    for index, case in enumerate(payload.cases):
        histogram = case.latency
        if histogram is None:
            continue
        where = f"$.payload.cases[{index}].latency"
        if len(histogram.indices) != len(histogram.counts):
            yield f"{len(histogram.indices)} buckets but {len(histogram.counts)} counts - at `{where}`"
        elif sum(histogram.counts) != histogram.count:
            yield f"counts add up to {sum(histogram.counts)}, not {histogram.count} - at `{where}.count`"


def _tables(payload: ComparisonPayload) -> Iterator[str]:
    for index, column in enumerate(payload.columns):
        if len(column.key) != len(payload.column_fields):
            yield f"expected {len(payload.column_fields)} fields - at `$.payload.columns[{index}].key`"
    for index, table in enumerate(payload.tables):
        yield from _table(table, payload, f"$.payload.tables[{index}]")


def _table(table: Table, payload: ComparisonPayload, where: str) -> Iterator[str]:
    width = len(payload.columns)
    if not table.columns or not all(0 <= column < width for column in table.columns):
        yield f"expected at least one of the columns 0 to {width - 1} - at `{where}.columns`"
    if len(table.geomeans) != width:
        yield f"expected a geomean or null for each of {width} columns - at `{where}.geomeans`"
    for index, row in enumerate(table.rows):
        if len(row.cells) != width:
            yield f"expected a cell or null for each of {width} columns - at `{where}.rows[{index}].cells`"
        if len(row.key) != len(payload.row_fields):
            yield f"expected {len(payload.row_fields)} fields - at `{where}.rows[{index}].key`"
        for column, cell in enumerate(row.cells):
            if cell is not None and not cell.values:
                yield f"a cell has at least one value - at `{where}.rows[{index}].cells[{column}].values`"

"""What a report must satisfy beyond its types."""

from __future__ import annotations

from itertools import pairwise
from math import isfinite
from typing import TYPE_CHECKING

from perftool.model.bench import BenchPayload
from perftool.model.comparison import ComparisonPayload
from perftool.model.history import HistoryPayload
from perftool.model.query import QueryPayload

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perftool.model.comparison import Table
    from perftool.model.measurement import Measurement
    from perftool.model.paired import PairedRun
    from perftool.model.report import Report


def contradictions(report: Report) -> Iterator[str]:
    """Yield ``what - at `$.path` `` for each part of ``report`` that contradicts another."""
    for index, measurement in enumerate(report.measurements):
        values, blocks = measurement.values, measurement.blocks
        if blocks and len(blocks) != len(values):
            yield f"{len(values)} values but {len(blocks)} block numbers - at `$.measurements[{index}].blocks`"
    for where, measurement in _readings(report):
        if len(measurement.blocks) != len(measurement.values):
            found = f"{len(measurement.values)} values but {len(measurement.blocks)} block numbers"
            yield f"{found} - at `{where}.blocks`"
    if isinstance(report.payload, BenchPayload):
        yield from _histograms(report.payload)
    elif isinstance(report.payload, ComparisonPayload):
        yield from _tables(report.payload)
        if report.payload.run is not None:
            yield from _run(report.payload.run)
    elif isinstance(report.payload, HistoryPayload):
        yield from _series(report.payload)
    elif isinstance(report.payload, QueryPayload):
        yield from _rows(report.payload)


def _rows(payload: QueryPayload) -> Iterator[str]:
    for index, one in enumerate(payload.results):
        for row, values in enumerate(one.shown):
            if len(values) != len(one.columns):
                found = f"{len(values)} values but {len(one.columns)} columns"
                yield f"{found} - at `$.payload.results[{index}].shown[{row}]`"


def _readings(report: Report) -> Iterator[tuple[str, Measurement]]:
    """Yield each series of readings of the fixed kernel with its place."""
    payload, where = report.payload, "$.payload"
    found: tuple[Measurement, ...] = ()
    if isinstance(payload, BenchPayload):
        found = payload.yardstick
    elif isinstance(payload, ComparisonPayload) and payload.run is not None:
        found, where = payload.run.yardstick, "$.payload.run"
    for index, measurement in enumerate(found):
        yield f"{where}.yardstick[{index}]", measurement


def infinities(report: Report) -> Iterator[str]:
    """Yield ``what - at `$.path` `` for the first number in each list of ``report`` that JSON cannot hold."""
    for index, measurement in enumerate(report.measurements):
        yield from _infinite(measurement.values, f"$.measurements[{index}].values")
    for where, measurement in _readings(report):
        yield from _infinite(measurement.values, f"{where}.values")
    if isinstance(report.payload, ComparisonPayload):
        for number, table in enumerate(report.payload.tables):
            for line, row in enumerate(table.rows):
                for column, cell in enumerate(row.cells):
                    if cell is not None:
                        where = f"$.payload.tables[{number}].rows[{line}].cells[{column}]"
                        yield from _infinite((*cell.values, cell.summary.center), f"{where}.values")
    elif isinstance(report.payload, HistoryPayload):
        for number, one in enumerate(report.payload.series):
            yield from _infinite([point.center for point in one.points], f"$.payload.series[{number}].points")


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


def _series(payload: HistoryPayload) -> Iterator[str]:
    runs, places = range(len(payload.runs)), range(len(payload.environments))
    for index, run in enumerate(payload.runs):
        if run.environment not in places:
            yield f"there is no environment {run.environment} - at `$.payload.runs[{index}].environment`"
    for index, one in enumerate(payload.series):
        where = f"$.payload.series[{index}]"
        if one.environment not in places:
            yield f"there is no environment {one.environment} - at `{where}.environment`"
        if not one.points or any(point.run not in runs for point in one.points):
            yield f"expected at least one point, each of one of the runs - at `{where}.points`"
        ends = [level.last + 1 for level in one.levels]
        if [level.first for level in one.levels] != [0, *ends[:-1]] or ends[-1:] != [len(one.points)]:
            yield f"levels do not follow each other from the first point to the last - at `{where}.levels`"
        if any(level.last < level.first for level in one.levels):
            yield f"a level has at least one point - at `{where}.levels`"
        if [change.at for change in one.changes] != ends[:-1]:
            yield f"expected a change where each level but the first begins - at `{where}.changes`"


def _run(run: PairedRun) -> Iterator[str]:
    """Check what decides the level at which a stored run is judged again."""
    if [side.name for side in run.sides] != ["base", "now"]:
        yield "expected the sides base and now - at `$.payload.run.sides`"
    stopping = run.stopping
    if not 0 <= stopping.done <= stopping.planned:
        yield f"{stopping.done} of {stopping.planned} blocks were taken - at `$.payload.run.stopping.done`"
    seen = [0, *(look.blocks for look in stopping.looks)]
    if any(before >= after for before, after in pairwise(seen)) or seen[-1] > stopping.done:
        yield f"expected looks one after the other, up to block {stopping.done} - at `$.payload.run.stopping.looks`"


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

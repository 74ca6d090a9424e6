"""Doubts about a comparison: inputs that were partly read, environments that differ, results pooled too far."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING, Final

from perftool.model.verdict import ReportWarning
from perftool.stats.sample import median
from perftool.units.display import format_percent
from perftool.units.unit import parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perftool.compare.inputs import Input
    from perftool.model.comparison import Change, Column, ComparisonPayload
    from perftool.model.environment import Environment

_TIMES: Final = frozenset({"s", "sec", "second", "seconds", "ms", "us", "µs", "ns", "ticks"})
# What the parts of an environment's identity are, in its order.
_IDENTITY: Final = ("system", "machine", "processor", "usable cores", "Python", "Python version", "allocator")
_MOST_PACKAGES: Final = 5
# Fewer times than this often move together by their own doing; a smaller shift is nothing a threshold would feel.
_FEWEST_TOGETHER: Final = 4
_SMALLEST_SHIFT: Final = math.log(1.02)
_SHARE_TOGETHER: Final = 0.8


@functools.lru_cache(maxsize=256)
def is_time(unit: str) -> bool:
    """Tell whether ``unit`` is a time or a rate, so that it depends on the machine; peak memory counts too."""
    return "RSS" in unit or any(piece in _TIMES for piece, _ in parts(unit))


def of_inputs(inputs: Sequence[Input]) -> Iterator[ReportWarning]:
    """Yield what importers doubt, and how many lines each input had that could not be read."""
    from perftool.compare.api import SyntaxMessage

    for one in inputs:
        # Too few blocks are told at each row that they leave without an interval.
        yield from (warning for warning in one.imported.warnings if warning.code != "few-blocks")
        skipped = [event for event in one.imported.events if isinstance(event, SyntaxMessage)]
        if skipped:
            lines = "1 line was" if len(skipped) == 1 else f"{len(skipped):,} lines were"
            message = f"{lines} skipped, the first: line {skipped[0].line}: {skipped[0].text}"
            yield ReportWarning(code="lines-skipped", message=message, subject=one.imported.name)


def of_payload(payload: ComparisonPayload) -> Iterator[ReportWarning]:
    """Yield doubts that come from putting inputs side by side."""
    for index, column in enumerate(payload.columns[1:], start=1):
        # Both sides of one run were on one machine: what differs, an interpreter, is what is compared.
        comparable = payload.normalized or payload.run is not None
        yield from _of_environments(payload.columns[0], column, comparable=comparable)
        if not payload.paired:  # a pace that changes does so for both of a pair
            yield from _of_pace(payload, index)
    varying = dict.fromkeys(
        field for table in payload.tables for row in table.rows for cell in row.cells if cell for field in cell.residue
    )
    if varying:
        message = f"results are pooled that differ in {', '.join(varying)}: add them to --row or --col, or --filter"
        yield ReportWarning(code="over-aggregated", message=message)


def _of_environments(base: Column, column: Column, *, comparable: bool) -> Iterator[ReportWarning]:
    old, new = base.environment, column.environment
    if old is None or new is None:
        return
    different = [
        f"{what} {before} → {after}"
        for what, before, after in zip(_IDENTITY, old.identity, new.identity, strict=True)
        if before != after
    ]
    if different:
        doubt = "" if comparable else ", times cannot be compared well"
        message = f"measured in another environment{doubt}: {', '.join(different)}"
        yield ReportWarning(code="environment-differs", message=message, subject=column.label)
    packages = _packages(old, new)
    if packages:
        more = f" and {len(packages) - _MOST_PACKAGES} more" if len(packages) > _MOST_PACKAGES else ""
        message = f"package versions differ: {', '.join(packages[:_MOST_PACKAGES])}{more}"
        yield ReportWarning(code="packages-differ", message=message, subject=column.label)


def _packages(old: Environment, new: Environment) -> list[str]:
    names = sorted({*old.packages, *new.packages})
    return [
        f"{name} {old.packages.get(name, 'none')} → {new.packages.get(name, 'none')}"
        for name in names
        if old.packages.get(name) != new.packages.get(name)
    ]


def _of_pace(payload: ComparisonPayload, column: int) -> Iterator[ReportWarning]:
    """Doubt a shift that nearly all times share.

    Benchmarks of different code have the machine, the interpreter and the libraries in common, so when one factor
    explains them all it is rather the pace of the machine (clock rate, other tenants) than the change under test.
    One factor explains them if the median of the estimated log ratios lies in 80 % of their intervals, and it is no
    noise if most of the rows changed significantly that way: identical code did so in one of 1,800 simulated
    comparisons.
    """
    changes = _times(payload, column)
    if len(changes) < _FEWEST_TOGETHER:
        return
    shift = median(sorted(math.log1p(estimate) for estimate, _, _, _ in changes))
    if abs(shift) < _SMALLEST_SHIFT:
        return
    factor = math.expm1(shift)
    together = sum(1 for _, lo, hi, _ in changes if lo <= factor <= hi)
    surely = sum(1 for estimate, _, _, significant in changes if significant and (estimate > 0) == (factor > 0))
    if together < _SHARE_TOGETHER * len(changes) or 2 * surely <= len(changes):
        return
    which = f"all {len(changes)}" if together == len(changes) else f"{together} of {len(changes)}"
    direction = "slower" if factor > 0 else "faster"
    message = (
        f"{which} times got {direction} together, by about {format_percent(abs(factor))}: the machine's pace may have "
        "changed rather than the code; measure both sides again, in turn"
    )
    yield ReportWarning(code="moved-together", message=message, subject=payload.columns[column].label)


def _times(payload: ComparisonPayload, column: int) -> list[tuple[float, float, float, bool]]:
    """Return estimate, bounds and significance of each benchmark's change of time, rates told as times."""
    found: dict[tuple[object, object], tuple[float, float, float, bool]] = {}
    for table in payload.tables:
        if not is_time(table.unit) or "RSS" in table.unit or table.better == "unknown":
            continue
        for row in table.rows:
            cell = row.cells[column]
            if not row.gates or row.exact or cell is None or cell.change is None:
                continue
            time = _as_time(cell.change, inverse=table.better == "higher")
            if time is not None:
                found.setdefault((table.key, row.key), time)
    return list(found.values())


def _as_time(change: Change, *, inverse: bool) -> tuple[float, float, float, bool] | None:
    estimate, lo, hi = change.estimate, change.lo, change.hi
    if estimate is None or lo is None or hi is None or min(estimate, lo, hi) <= -1:
        return None
    if inverse:
        estimate, lo, hi = 1 / (1 + estimate) - 1, 1 / (1 + hi) - 1, 1 / (1 + lo) - 1
    return estimate, lo, hi, change.significant

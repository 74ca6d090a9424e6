"""Doubts about a comparison: inputs that were partly read, environments that differ, results pooled too far."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

from perftool.model.verdict import ReportWarning
from perftool.units.unit import parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perftool.compare.inputs import Input
    from perftool.model.comparison import Column, ComparisonPayload
    from perftool.model.environment import Environment

_TIMES: Final = frozenset({"s", "sec", "second", "seconds", "ms", "us", "µs", "ns"})
# What the parts of an environment's identity are, in its order.
_IDENTITY: Final = ("system", "machine", "processor", "usable cores", "Python", "Python version", "allocator")
_MOST_PACKAGES: Final = 5


@functools.lru_cache(maxsize=256)
def is_time(unit: str) -> bool:
    """Tell whether ``unit`` is a time or a rate, so that it depends on the machine; peak memory counts too."""
    return "RSS" in unit or any(piece in _TIMES for piece, _ in parts(unit))


def of_inputs(inputs: Sequence[Input]) -> Iterator[ReportWarning]:
    """Yield what importers doubt, and how many lines each input had that could not be read."""
    from perftool.compare.api import SyntaxMessage

    for one in inputs:
        yield from one.imported.warnings
        skipped = [event for event in one.imported.events if isinstance(event, SyntaxMessage)]
        if skipped:
            lines = "1 line was" if len(skipped) == 1 else f"{len(skipped):,} lines were"
            message = f"{lines} skipped, the first: line {skipped[0].line}: {skipped[0].text}"
            yield ReportWarning(code="lines-skipped", message=message, subject=one.imported.name)


def of_payload(payload: ComparisonPayload) -> Iterator[ReportWarning]:
    """Yield doubts that come from putting inputs side by side."""
    for column in payload.columns[1:]:
        yield from _of_environments(payload.columns[0], column)
    varying = dict.fromkeys(
        field for table in payload.tables for row in table.rows for cell in row.cells if cell for field in cell.residue
    )
    if varying:
        message = f"results are pooled that differ in {', '.join(varying)}: add them to --row or --col, or --filter"
        yield ReportWarning(code="over-aggregated", message=message)


def _of_environments(base: Column, column: Column) -> Iterator[ReportWarning]:
    old, new = base.environment, column.environment
    if old is None or new is None:
        return
    different = [
        f"{what} {before} → {after}"
        for what, before, after in zip(_IDENTITY, old.identity, new.identity, strict=True)
        if before != after
    ]
    if different:
        message = f"measured in another environment, times cannot be compared well: {', '.join(different)}"
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

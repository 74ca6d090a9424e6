"""Tell the times of a report in the time of the fixed kernel that was measured beside them."""

from __future__ import annotations

import functools
from array import array
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from perftool.errors import InputError
from perftool.model.verdict import ReportWarning
from perftool.stats.sample import median
from perftool.units.display import format_percent
from perftool.units.unit import parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from perftool.compare.api import Imported, Series
    from perftool.compare.changes import Tested
    from perftool.compare.inputs import Input
    from perftool.model.comparison import Column

# One tick is about 40 ns on the machine this was written on: large enough for round numbers of them.
TICKS_A_KERNEL: Final = 100_000
# Below this stayed 95 of 100 differences between normalised times of the same code under other loads, of code whose
# time is not that of the caches: docs/evidence.md, measured by docs/evidence/load_study.py.
REMAINING_ERROR: Final = 0.10
# The memory part may move this much against the other before code that lives in the caches is doubted.
_MEMORY_APART: Final = 0.15
_PLAIN: Final = {"sec": "ticks", "s": "ticks"}


def normalized(inputs: Sequence[Input]) -> list[Input]:
    """Return ``inputs`` with every time in ticks of its own kernel, block by block, and every rate per tick.

    A value of a block without a reading is told by the median of the run. Counters, bytes and allocations stay.
    raises: InputError naming an input with times and without readings of the kernel.
    """
    return [replace(one, imported=_normalized(one.imported)) for one in inputs]


def _normalized(imported: Imported) -> Imported:
    if not any(tick_unit(series.unit) != series.unit for series in imported.series):
        return imported
    tick_s = _ticks(imported)
    if not tick_s:
        raise InputError(
            f"{imported.name}: times cannot be normalised, it has no readings of the fixed kernel",
            hint="measure it again with perftool bench, which takes them beside functions and SQL",
        )
    usual = median(sorted(tick_s.values()))
    return replace(imported, series=tuple(_in_ticks(series, tick_s, usual) for series in imported.series))


def _ticks(imported: Imported) -> dict[int, float]:
    """Return the seconds of a tick in every block.

    Only the part that interprets: with the part that waits for memory mixed in, every mixture told the times of
    ordinary code worse under memory load (docs/evidence.md).
    """
    return {block: seconds / TICKS_A_KERNEL for block, seconds in _part(imported, "cpu").items()}


def _part(imported: Imported, part: str) -> dict[int, float]:
    """Return the median reading of every block."""
    found: dict[int, list[float]] = {}
    for one in imported.yardstick:
        if one.parameters.get("part") == part:
            for block, value in zip(one.blocks, one.values, strict=True):
                if value > 0:
                    found.setdefault(block, []).append(value)
    return {block: median(sorted(values)) for block, values in found.items()}


def _in_ticks(series: Series, tick_s: Mapping[int, float], usual: float) -> Series:
    unit = tick_unit(series.unit)
    if unit == series.unit:
        return series
    blocks = series.blocks if series.blocks is not None else [-1] * len(series.values)
    ticks = [tick_s.get(block, usual) for block in blocks]
    if _is_rate(series.unit):
        values = [value * tick for value, tick in zip(series.values, ticks, strict=True)]
    else:
        values = [value / tick for value, tick in zip(series.values, ticks, strict=True)]
    return replace(series, unit=unit, values=array("d", values))


@functools.lru_cache(maxsize=256)
def tick_unit(unit: str) -> str:
    """Return the unit of normalised values: ``cpu-sec/op`` gives ``cpu-ticks/op``, ``B/s`` gives ``B/ticks``.

    A unit without seconds is its own.
    """
    return "".join(_PLAIN.get(piece, piece) for piece, _ in parts(unit))


@functools.lru_cache(maxsize=256)
def measured_unit(unit: str) -> str:
    """Return the unit that a normalised one was measured in, which rules of the gate are written for."""
    pieces = parts(unit)
    return "".join(("sec" if up else "s") if piece == "ticks" else piece for piece, up in pieces)


def _is_rate(unit: str) -> bool:
    return any(piece in _PLAIN and not up for piece, up in parts(unit))


def widened(tested: Tested) -> Tested:
    """Return a change whose interval allows for what normalising leaves: a factor of 1 + ``REMAINING_ERROR`` each way.

    It stays significant only if the wider interval still excludes no change.
    """
    if tested.lo is None or tested.hi is None:
        return tested
    lo = (1 + tested.lo) / (1 + REMAINING_ERROR) - 1
    hi = (1 + tested.hi) * (1 + REMAINING_ERROR) - 1
    return replace(tested, lo=lo, hi=hi, significant=tested.significant and not lo <= 0 <= hi)


def warnings(inputs: Sequence[Input], columns: Sequence[Column]) -> Iterator[ReportWarning]:
    """Yield how far normalised times can be trusted, and what makes these less trustworthy than that."""
    error = format_percent(REMAINING_ERROR).replace(".0 %", " %")
    yield ReportWarning(
        code="normalised",
        message="times are in ticks of the fixed kernel: under other loads the remaining error was below "
        f"{error} in 95 of 100 comparisons of the same code, and intervals are that much wider; code that lives in the "
        "caches, and another processor, may differ by more (docs/evidence.md)",
    )
    for column in columns[1:]:
        base = columns[0]
        if base.environment is None or column.environment is None:
            continue
        old, new = base.environment.python, column.environment.python
        before, after = (f"{p.implementation} {'.'.join(p.version.split('.')[:2])}" for p in (old, new))
        if before != after:
            message = f"{before} → {after}: the kernel is interpreted code and changed with the interpreter, so that"
            message += " normalised times say little of the machine and decide nothing against a stored baseline"
            yield ReportWarning(code="kernel-interpreter-differs", message=message, subject=column.label)
    yield from _of_memory(inputs)


def _of_memory(inputs: Sequence[Input]) -> Iterator[ReportWarning]:
    """Doubt inputs under whose load memory got slower, or faster, than the processor did."""
    base: float | None = None
    for one in inputs:
        cpu, memory = (_part(one.imported, part) for part in ("cpu", "memory"))
        if not cpu or not memory:
            continue
        apart = median(sorted(memory.values())) / median(sorted(cpu.values()))
        if base is None:
            base = apart
        elif not 1 / (1 + _MEMORY_APART) <= apart / base <= 1 + _MEMORY_APART:
            change = format_percent(apart / base - 1, signed=True)
            message = f"waiting for memory took {change} against computing, compared with the first input: code that"
            message += " needs much of the caches may differ by far more than that"
            yield ReportWarning(code="memory-differs", message=message, subject=one.imported.name)

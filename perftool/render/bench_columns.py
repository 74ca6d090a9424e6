"""Choose the columns of a benchmark table and fill them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import msgspec

from perftool.render.figures import bare, value
from perftool.units.display import format_value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from perftool.model.bench import BenchCase
    from perftool.render.summaries import Summarized

    Units = dict[str, Summarized]

WALL: Final = "sec/op"
CPU: Final = "cpu-sec/op"
_TAILS: Final = ("p50-sec/op", "p90-sec/op", "p99-sec/op", "max-sec/op")
_INFORMING: Final = ("p50-sec/op", "p90-sec/op", "max-sec/op", "user-sec/op", "sys-sec/op", "gc-sec/op", "peak-RSS-B")
_ALWAYS: Final = ("B/op", "allocs/op")
_TITLES: Final = {
    "instructions/op": "instr/op",
    CPU: "CPU/op",
    WALL: "wall/op",
    "user-sec/op": "user/op",
    "sys-sec/op": "system/op",
    "gc-sec/op": "GC/op",
    "peak-RSS-B": "peak memory",
    **{unit: unit.removesuffix("-sec/op") for unit in _TAILS},
}


class BenchColumn(msgspec.Struct, frozen=True):
    """One column: its title, when it is dropped, its text for a case, its geometric mean over cases."""

    title: str
    drop: int
    text: Callable[[BenchCase, Units], str]
    geomean: Callable[[Sequence[Units]], str]


def primary_unit(cases: Sequence[Units]) -> str | None:
    """Return the time that gates in most of ``cases``: CPU or wall; any unit if no time was measured."""
    times = [unit for unit in (CPU, WALL) if any(unit in units for units in cases)]
    if times:
        return max(times, key=lambda unit: sum(unit in u and u[unit].measurement.gates for u in cases))
    return next((unit for units in cases for unit in units), None)


def choose(cases: Sequence[Units], described: Sequence[BenchCase], *, verbose: bool) -> list[BenchColumn]:
    """Return the columns for ``cases``: gating time, the other time, rate, p99, memory, and the rest."""
    present = list(dict.fromkeys(unit for units in cases for unit in units))
    primary = primary_unit(cases)
    if primary is None:
        return []
    columns: list[BenchColumn] = []
    if primary in (CPU, WALL):
        other = CPU if primary == WALL else WALL
        columns.append(_measured(primary, 0))
        if other in present:
            columns.append(_measured(other, 4))
        columns.append(BenchColumn("ops/s", 3, lambda _, units: _rate(units, primary, 1.0, ""), _nothing))
    shown = {CPU, WALL, "p99-sec/op", *_INFORMING, *_ALWAYS}
    columns += [_measured(unit, 5) for unit in ("p99-sec/op",) if unit in present]
    columns += [_measured(unit, 1 + i) for i, unit in enumerate(_ALWAYS) if unit in present]
    others = [unit for unit in present if unit not in shown]
    # Counters that are nought everywhere say little beside those that are not.
    columns += [_measured(unit, 2) for unit in others if verbose or any(_counts(units, unit) for units in cases)]
    if verbose:
        work = dict.fromkeys(w for case in described for w in case.work)
        columns += [_work(name, primary) for name in work if primary in (CPU, WALL)]
        columns += [_measured(unit, 7) for unit in _INFORMING if unit in present]
    return columns


def _counts(units: Units, unit: str) -> bool:
    return unit in units and (units[unit].center != 0 or not units[unit].measurement.exact)


def _measured(unit: str, drop: int) -> BenchColumn:
    tail = unit in _TAILS

    def text(_: BenchCase, units: Units) -> str:
        if unit not in units:
            return ""
        one = units[unit]
        if tail:
            return bare(one.center, unit, one.spread)
        return value(one.center, unit, one.lo, one.hi, exact=one.measurement.exact)

    return BenchColumn(_TITLES.get(unit, unit), drop, text, lambda cases: _geomean(unit, cases))


def _work(name: str, primary: str) -> BenchColumn:
    def text(case: BenchCase, units: Units) -> str:
        return _rate(units, primary, case.work[name], name) if name in case.work else ""

    return BenchColumn(f"{name}/s", 6, text, _nothing)


def _rate(units: Units, primary: str, work: float, name: str) -> str:
    if primary not in units or units[primary].center <= 0:
        return ""
    one = units[primary]
    return format_value(work / one.center, f"{name or 'op'}/s", one.spread).partition(" ±")[0]


def _geomean(unit: str, cases: Sequence[Units]) -> str:
    """Return the geometric mean of the centres of a time, where every case has one above zero."""
    if unit not in (CPU, WALL) or len(cases) < 2:
        return ""
    centers = [units[unit].center for units in cases if unit in units]
    if len(centers) < len(cases) or min(centers) <= 0:
        return ""
    return format_value(math.exp(math.fsum(map(math.log, centers)) / len(centers)), unit, None)


def _nothing(_: Sequence[Units]) -> str:
    return ""

"""Numbers as people read them: values with their spread, changes, p-values, counts, ages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.render.strip import extent
from perftool.render.summaries import relative_spread
from perftool.units.display import format_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.render.document import Series

_NAMES = {
    "sec/op": "wall time/op",
    "cpu-sec/op": "CPU time/op",
    "user-sec/op": "user time/op",
    "sys-sec/op": "system time/op",
    "gc-sec/op": "GC time/op",
    "p50-sec/op": "p50 latency",
    "p90-sec/op": "p90 latency",
    "p99-sec/op": "p99 latency",
    "max-sec/op": "max latency",
    "peak-RSS-B": "peak memory",
}
_MINUS = "\u2212"


def unit_title(unit: str) -> str:
    """Return what people call ``unit``: ``cpu-sec/op`` is CPU time/op, in ticks too; an unknown one keeps its name."""
    return _NAMES.get(unit) or _NAMES.get(unit.replace("ticks", "sec"), unit)


def is_time(unit: str) -> bool:
    """Tell whether ``unit`` is a time, so that a change is faster or slower."""
    return not {"sec", "ticks"}.isdisjoint(unit.split("/", 1)[0].split("-"))


def value(center: float, unit: str, lo: float | None, hi: float | None, *, exact: bool = False) -> str:
    """Return a centre with its spread: ``31.2 µs ± 1%``; an exact one has none unless its values differ."""
    spread = None if exact and (lo is None or lo == hi) else relative_spread(center, lo, hi)
    return format_value(center, unit, spread)


def bare(center: float, unit: str, spread: float | None = None) -> str:
    """Return a value without its spread, but with no more digits than the spread allows."""
    return format_value(center, unit, spread).partition(" ±")[0]


def ends(series: Sequence[Series], unit: str) -> tuple[str, str]:
    """Return the two ends of the axis common to ``series`` with the digits that tell them apart."""
    low, high = extent(series)
    apart = (high - low) / max(abs(low), abs(high)) if high > low else 1.0
    return bare(low, unit, apart / 10), bare(high, unit, apart / 10)


def percent(fraction: float, *, signed: bool = True) -> str:
    """Return a fraction as percent with one decimal: ``+25.5 %``, ``−0.9 %``; two below 0.1 %, none from 1000 %."""
    return _number(fraction, signed) + " %"


def _number(fraction: float, signed: bool) -> str:
    size = abs(fraction) * 100
    decimals = 0 if size >= 1000 else 2 if 0 < size < 0.095 else 1
    text = f"{size:.{decimals}f}"
    if float(text) == 0:
        return text
    sign = _MINUS if fraction < 0 else "+" if signed else ""
    return sign + text


def change_interval(lo: float | None, hi: float | None) -> str:
    """Return the interval of a change in percent: ``[+22.1, +28.9]``; empty when no bound is known."""
    if lo is None and hi is None:
        return ""
    low = f"{_MINUS}∞" if lo is None else _number(lo, signed=True)
    high = "+∞" if hi is None else _number(hi, signed=True)
    return f"[{low}, {high}]"


def threshold(fraction: float) -> str:
    """Return a threshold in percent without needless digits: ``20 %``, ``0.5 %``."""
    return f"{fraction * 100:.10g} %"


def p_value(p: float | None, test: str, adjusted: float | None = None, correction: str = "") -> str:
    """Return ``p<0.001``, ``p=0.012``, ``p=0.31``; ``exact`` where no test was needed, empty without one.

    One that was adjusted for the number of rows is told beside it: ``p=0.030 (holm 0.12)``.
    """
    if test == "exact":
        return "exact"
    if p is None:
        return ""
    beside = "" if adjusted is None else f" ({correction} {_probability(adjusted).removeprefix('=')})"
    return f"p{_probability(p)}{beside}"


def _probability(p: float) -> str:
    if p < 0.001:
        return "<0.001"
    return f"={p:.3f}" if p < 0.1 else f"={p:.2f}"


def count(number: int, noun: str, plural: str = "") -> str:
    """Return ``1 case``, ``5 cases``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def age(earlier: str, later: str) -> str:
    """Return how long before ``later`` was ``earlier`` (both ISO 8601): ``3 days``; empty where unknown."""
    from datetime import datetime

    try:
        seconds = (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()
    except (ValueError, TypeError):
        return ""
    for size, noun in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            return count(int(seconds // size), noun)
    return "moments" if seconds >= 0 else ""

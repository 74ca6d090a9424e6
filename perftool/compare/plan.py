"""Reading many equal lines: one plan for each benchmark, values kept packed until the end."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from perftool.compare.api import Series


class Plan(msgspec.Struct, gc=False):
    """How to read the usual line of one benchmark: its units as written, their series and factors, in order.

    ``pending`` are the values read so far, line after line as written: a line costs one step, not one for each unit.
    """

    units: list[bytes]
    series: tuple[Series, ...]
    factors: tuple[float, ...]
    length: int
    pending: array[float]

    def flush(self) -> None:
        """Give the pending values to their series."""
        for place, (series, factor) in enumerate(zip(self.series, self.factors, strict=True)):
            values = self.pending[place :: len(self.series)]
            if factor != 1.0:
                values = array("d", [value * factor for value in values])
            series.values = series.values + values if series.values else values
        self.pending = array("d")


def share_constants(series: Iterable[Series], known: dict[tuple[bytes, int], array[float]]) -> None:
    """Let series that are the same constant throughout, as most counters are, share their values.

    ``known`` remembers what is shared from call to call. Nothing may be added to a series afterwards.
    """
    for one in series:
        first = one.values[:1].tobytes()
        if one.values.tobytes() == first * len(one.values):
            one.values = known.setdefault((first, len(one.values)), one.values)

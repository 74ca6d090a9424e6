"""One common prefix and number of decimals for a set of values, as benchmark tables of Go print them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Scale:
    """Print values divided by ``factor`` with ``decimals``, followed by ``prefix``."""

    prefix: str
    factor: float
    decimals: int

    def format(self, value: float) -> str:
        """Return ``value`` scaled, rounded and prefixed, without a space."""
        scaled = value / self.factor
        if not math.isfinite(scaled):
            return ("NaN" if value != value else "+Inf" if value > 0 else "-Inf") + self.prefix
        return f"{scaled:.{self.decimals}f}{self.prefix}"


_Step = tuple[str, float, float, float, float]

# Thresholds are correctly rounded literals, not products: 9.9995 * 1e-9 is another double than 9.9995e-9.
_DECIMAL: Final[tuple[_Step, ...]] = tuple(
    (prefix, 10.0**power, float(f"99.995e{power}"), float(f"9.9995e{power}"), float(f".99995e{power}"))
    for prefix, power in (("T", 12), ("G", 9), ("M", 6), ("k", 3), ("", 0))
) + tuple(
    (prefix, float(f"1e{power}"), float(f"99.995e{power}"), float(f"9.9995e{power}"), float(f".99995e{power}"))
    for prefix, power in (("m", -3), ("µ", -6), ("n", -9))
)
_BINARY: Final[tuple[_Step, ...]] = tuple(
    (prefix, 2.0**power, 99.995 * 2.0**power, 9.9995 * 2.0**power, 0.99995 * 2.0**power)
    for prefix, power in (("Ti", 40), ("Gi", 30), ("Mi", 20), ("Ki", 10), ("", 0))
)
_MOST_DECIMALS: Final = 10


def common_scale(values: Iterable[float], binary: bool) -> Scale:
    """Return the scale that gives the smallest non-zero magnitude of ``values`` four significant digits.

    ``binary`` chooses prefixes of 1024 (Ki, Mi …) instead of 1000 (n … T). No value but zeros: no prefix and
    three decimals.
    source: golang.org/x/perf benchunit, "CommonScale"
    """
    smallest = min((abs(value) for value in values if value), default=0.0)
    if not smallest:
        return Scale("", 1.0, 3)
    steps = _BINARY if binary else _DECIMAL
    for prefix, factor, hundred, ten, one in steps:
        if smallest >= hundred:
            return Scale(prefix, factor, 1)
        if smallest >= ten:
            return Scale(prefix, factor, 2)
        if smallest >= one:
            return Scale(prefix, factor, 3)
    prefix, factor = steps[-1][:2]
    scaled = smallest / factor
    for extra in range(_MOST_DECIMALS - 3 + 1):
        if scaled >= float(f"9.9995e-{extra + 1}"):
            return Scale(prefix, factor, 3 + extra)
    return Scale(prefix, factor, _MOST_DECIMALS)

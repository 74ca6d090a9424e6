"""The geometric mean."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def geomean(values: Sequence[float]) -> float | None:
    """Return the geometric mean of ``values``; None if there are none or one is not above 0 and finite.

    source: Fleming and Wallace, How Not to Lie with Statistics (DOI 10.1145/5666.5673)
    """
    if not values or not all(0 < value < math.inf for value in values):
        return None
    return math.exp(math.fsum(math.log(value) for value in values) / len(values))

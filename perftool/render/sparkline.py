"""Draw a series as a short line of blocks, its changes of level as bars between them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from perftool.render.strip import position

if TYPE_CHECKING:
    from collections.abc import Sequence

_BLOCKS: Final = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float], starts: Sequence[int], columns: int, low: float, high: float) -> str:
    """Return ``values`` in about ``columns`` characters between ``low`` and ``high``; ``starts`` begin new levels.

    Where there are more values than columns a character is the median of its share, never of two levels.
    """
    from perftool.stats.sample import median

    bounds = [0, *starts, len(values)]
    share = max(1.0, len(values) / max(1, columns))
    pieces = []
    for start, end in pairwise(bounds):
        count = max(1, round((end - start) / share))
        edges = [start + (end - start) * index // count for index in range(count + 1)]
        middles = [median(sorted(values[a:b])) for a, b in pairwise(edges) if b > a]
        pieces.append("".join(_block(position(middle, low, high)) for middle in middles))
    return "│".join(pieces)


def _block(share: float) -> str:
    return _BLOCKS[round(min(1.0, max(0.0, share)) * (len(_BLOCKS) - 1))]

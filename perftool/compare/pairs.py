"""Blocks of all sides put in pairs by their numbers: what one side lost leaves no partner behind."""

from __future__ import annotations

from array import array
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.compare.api import Series
    from perftool.compare.matcher import Pool

Pools = tuple["Pool | None", ...]


def by_number(pools: Sequence[Pool | None]) -> tuple[Pools, str]:
    """Keep of the ``pools`` of a row the blocks whose numbers all of them have, in the order of the numbers.

    Of several series in each pool the i-th ones belong together. Where values have no blocks, or the pools have
    different numbers of series, the order in which they came is all there is, and nothing changes.
    returns: the pools, and what there is to doubt about them, "" if nothing.
    """
    present = [pool.series for pool in pools if pool is not None]
    if len(present) < 2 or len({len(series) for series in present}) > 1:
        return tuple(pools), ""
    if any(one.blocks is None for series in present for one in series):
        return tuple(pools), ""
    kept = [_common(together) for together in zip(*present, strict=True)]
    if not any(kept):
        return tuple(pools), "no block is on all sides: compared by the order of the blocks"
    lost = sum(
        len({*(one.blocks or ())} - common) for series in present for one, common in zip(series, kept, strict=True)
    )
    chosen = tuple(None if pool is None else _chosen(pool, kept) for pool in pools)
    if not lost:
        return chosen, ""
    blocks = "1 block" if lost == 1 else f"{lost} blocks"
    return chosen, f"{blocks} without a partner on the other side left out"


def _common(together: Sequence[Series]) -> frozenset[int]:
    first, *others = [frozenset(one.blocks or ()) for one in together]
    return first.intersection(*others)


def _chosen(pool: Pool, kept: Sequence[frozenset[int]]) -> Pool:
    first, *more = [_only(one, common) for one, common in zip(pool.series, kept, strict=True)]
    if first is pool.first and not more:
        return pool
    return msgspec.structs.replace(pool, first=first, more=more or None)


def _only(series: Series, common: frozenset[int]) -> Series:
    """Return ``series`` with the blocks in ``common`` alone, ascending; itself if that is what it is."""
    blocks = series.blocks or array("q")
    if common.issuperset(blocks) and all(low <= high for low, high in pairwise(blocks)):
        return series
    order = sorted((index for index, block in enumerate(blocks) if block in common), key=blocks.__getitem__)
    return msgspec.structs.replace(
        series,
        values=array("d", [series.values[index] for index in order]),
        blocks=array("q", [blocks[index] for index in order]),
    )

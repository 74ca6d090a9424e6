"""Who calls a function and what it calls, by weight."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from perftool.model.profile_view import Edge, Peek
from perftool.profiling.capture import Function
from perftool.profiling.origins import place
from perftool.profiling.shares import by_stack, numbered, pattern, unit, weights
from perftool.profiling.top import row

if TYPE_CHECKING:
    from collections.abc import Iterable

    from perftool.profiling.capture import Capture
    from perftool.profiling.shares import Spot, Weight


def peeks(
    capture: Capture, at: int, wanted: str, *, most: int, lines: bool = False, whole: int | None = None, root: str = ""
) -> tuple[tuple[Peek, ...], int]:
    """Return the ``most`` heaviest functions that the pattern ``wanted`` finds, and how many more there are.

    A pair of caller and callee counts once for each sample, however often it stands in its stack; a function that
    calls itself is no caller of its own. ``whole`` and ``root`` are as in ``ranking``.
    """
    everything = capture.total(at) if whole is None else whole
    found = weights(capture, at, lines=lines)
    names = matching(found, wanted, "peek")
    kept = names[:most]
    spots, numbers = numbered(capture, lines=lines)
    chosen = set(kept)
    asked = {number for number, spot in enumerate(spots) if spot in chosen}
    callers: dict[Spot, Counter[Spot]] = {spot: Counter() for spot in kept}
    callees: dict[Spot, Counter[Spot]] = {spot: Counter() for spot in kept}
    for stack, value in by_stack(capture, at).items():
        frames = [numbers[frame] for frame in capture.stacks[stack]]
        if asked.isdisjoint(frames):
            continue
        for above, below in set(pairwise(frames)):
            if above != below and below in asked:
                callers[spots[below]][spots[above]] += value
            if above != below and above in asked:
                callees[spots[above]][spots[below]] += value
    _, parts = unit(capture.value_types[at])
    return tuple(
        Peek(
            row(spot, found[spot].own, found[spot].total, everything, parts, root),
            tuple(_edges(callers[spot], found[spot].total, parts, root)),
            tuple(_edges(callees[spot], found[spot].total, parts, root)),
        )
        for spot in kept
    ), len(names) - len(kept)


def matching(found: dict[Spot, Weight], wanted: str, option: str) -> list[Spot]:
    """Return the spots whose name the pattern finds, the heaviest first.

    raises: UsageError for a pattern that is none.
    """
    compiled = pattern(wanted, option)
    names = [spot for spot, weight in found.items() if weight.total and compiled.search(spot.name)]
    return sorted(names, key=lambda spot: (-found[spot].total, spot))


def _edges(weights: Counter[Spot], total: int, parts: float, root: str) -> Iterable[Edge]:
    for spot, weight in sorted(weights.items(), key=lambda item: (-item[1], item[0])):
        yield Edge(
            function=spot.name,
            weight=weight / parts,
            share=weight / total if total else 0.0,
            file=place(Function(spot.name, spot.file, spot.start_line, spot.kind), root),
            line=spot.line or spot.start_line,
            kind=spot.kind,
        )

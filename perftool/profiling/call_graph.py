"""Stacks out of a call graph, for profilers that keep who called whom and not from where.

Own times are exact. Above a function, its time is shared out among its callers in proportion to the time that each
spent in it, above these in proportion to the time that their callers spent in them, and so on: as if a caller's
callers had all made it call alike. gprof made that assumption first.

source: Graham, Kessler and McKusick, "gprof: a call graph execution profiler", SIGPLAN 1982, section 4.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Below this share of all time, a piece goes to its likeliest callers undivided.
_FINEST: Final = 2_000
#: With this many stacks nothing is divided any more.
_MOST_STACKS: Final = 200_000
#: What sums of clock readings may be off without meaning anything.
_SLACK: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Edge:
    """What one caller had a function do: calls, own time of the function and time with all it called, in seconds."""

    calls: int
    own_s: float
    total_s: float


@dataclass(frozen=True, slots=True)
class Node:
    """A function of the graph; ``callers`` by their index."""

    calls: int
    own_s: float
    total_s: float
    callers: dict[int, Edge] = field(default_factory=dict)


def stacks(nodes: Sequence[Node]) -> Iterator[tuple[tuple[int, ...], int]]:
    """Yield stacks of node indexes, the outermost first, with nanoseconds; those of a leaf add up to its own time.

    A function stands in a stack once, however deep it recurs.
    """
    total = sum(round(node.own_s * 1e9) for node in nodes)
    finest = max(total // _FINEST, 1)
    made = 0
    for leaf, node in enumerate(nodes):
        # Pieces of the leaf's own time, with the path from the leaf upwards that is theirs.
        left: list[tuple[tuple[int, ...], int, bool]] = [((leaf,), round(node.own_s * 1e9), True)]
        while left:
            path, weight, splits = left.pop()
            if weight <= 0:
                continue
            ways = _ways(nodes, path)
            if not ways:
                made += 1
                yield tuple(reversed(path)), weight
            elif splits and made < _MOST_STACKS:
                for caller, piece in _divided(weight, ways):
                    if caller is not None:
                        left.append(((*path, caller), piece, piece >= finest))
                    elif piece:
                        made += 1
                        yield tuple(reversed(path)), piece
            else:
                made += 1
                yield tuple(reversed(_likeliest(nodes, path))), weight


def _ways(nodes: Sequence[Node], path: tuple[int, ...]) -> dict[int | None, float]:
    """Return how likely each way up from the end of a path is; None is the way out of the profile.

    Callers that stand on the path already are left out: what they share is spent below other callers of theirs.
    """
    node = nodes[path[-1]]
    # The own times of the leaf are known for each of its callers; further up only times with all they called.
    leaf = len(path) == 1
    all_s = node.own_s if leaf else node.total_s
    by_time = {at: edge.own_s if leaf else edge.total_s for at, edge in node.callers.items()}
    outside = max(all_s - sum(by_time.values()), 0.0)
    taken = frozenset(path)
    ways: dict[int | None, float] = {at: time for at, time in by_time.items() if at not in taken and time > 0}
    if not ways:
        ways = {at: float(max(edge.calls, 1)) for at, edge in node.callers.items() if at not in taken}
    elif outside > all_s * _SLACK:
        ways[None] = outside
    return ways


def _likeliest(nodes: Sequence[Node], path: tuple[int, ...]) -> tuple[int, ...]:
    while ways := _ways(nodes, path):
        # The first of equals, so that the same file is always read the same.
        caller = max(ways, key=lambda at: (ways[at], -1 if at is None else -at))
        if caller is None:
            break
        path = (*path, caller)
    return path


def _divided(weight: int, ways: dict[int | None, float]) -> Iterator[tuple[int | None, int]]:
    """Divide ``weight`` in whole numbers that add up to it, in proportion."""
    whole = sum(ways.values())
    done = 0.0
    given = 0
    for caller, share in ways.items():
        done += share
        upto = min(round(weight * (done / whole)), weight)
        yield caller, upto - given
        given = upto

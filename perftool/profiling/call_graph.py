"""Stacks out of a call graph, for profilers that keep who called whom and not from where.

A tree is laid out from the roots down. What a function spent in another is shared out among the places where it
stands, in proportion to the time that it has there: as if it made its calls alike wherever it is called from. gprof
made that assumption first. Own times are shared out in the end, and are exact.

Where functions call each other in circles, the time that the profiler gives a call has the time of calls inside of it.
There the call with the most time is taken to be the outermost, and each call gets its time once.

source: Graham, Kessler and McKusick, "gprof: a call graph execution profiler", SIGPLAN 1982, section 4.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: A place with less than this share of all time is not divided any more.
_FINEST: Final = 2_000
#: A call that would have less than this share of such a place is not given one of its own.
_CRUMB: Final = 50
#: The most places, and calls looked at, after which the rest goes to the main callers undivided.
_MOST_PLACES: Final = 200_000
_MOST_CALLS: Final = 20_000_000
_DEEPEST: Final = 400
#: How often a function may stand in a stack.
_MOST_TURNS: Final = 40
#: What sums of clock readings may be off without meaning anything.
_SLACK: Final = 1e-3

_Key = TypeVar("_Key")


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


@dataclass(slots=True)
class _Place:
    """Where a function stands: below which other place, how deep, and the time that it has there."""

    function: int
    above: _Place | None
    depth: int
    time_s: float

    def path(self) -> tuple[int, ...]:
        """Return the functions from the outermost down to this one."""
        found = []
        place: _Place | None = self
        while place is not None:
            found.append(place.function)
            place = place.above
        return tuple(reversed(found))


def stacks(nodes: Sequence[Node]) -> Iterator[tuple[tuple[int, ...], int]]:
    """Yield stacks of node indexes, the outermost first, with nanoseconds; those of a leaf add up to its own time."""
    tree = _Tree(nodes)
    tree.grow()
    for function, node in enumerate(nodes):
        whole = round(node.own_s * 1e9)
        shares: dict[int | None, float] = {caller: edge.own_s for caller, edge in node.callers.items()}
        outside = node.own_s - sum(shares.values())
        if not shares or outside > node.own_s * _SLACK:
            shares[None] = max(outside, 0.0) or 1.0
        for caller, weight in _divided(whole, shares):
            places = tree.places.get((caller, function))
            if not weight:
                continue
            if not places:
                yield (*tree.likeliest(caller), function), weight
                continue
            times = {place: one.time_s for place, one in enumerate(places)}
            for place, piece in _divided(weight, times):
                if piece:
                    yield places[place].path(), piece


class _Tree:
    """The places of all functions; ``places`` by caller, None outside of the profile, and function."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._nodes = nodes
        self._called: dict[int, list[int]] = {}
        for at, node in enumerate(nodes):
            for caller in node.callers:
                self._called.setdefault(caller, []).append(at)
        self._left = {
            (caller, at): edge.total_s for at, node in enumerate(nodes) for caller, edge in node.callers.items()
        }
        self._circular = [self._overlaps(at) for at in range(len(nodes))]
        self._best: dict[int, _Place] = {}
        self._finest = sum(node.own_s for node in nodes) / _FINEST
        self.places: dict[tuple[int | None, int], list[_Place]] = {}

    def grow(self) -> None:
        """Lay out the places, those with the most time first, so that the outermost calls come first."""
        heap: list[tuple[float, int, _Place]] = []
        count = 0
        for at, node in enumerate(self._nodes):
            # Times do not say what was called from outside where they overlap, but calls do.
            if node.calls > sum(edge.calls for edge in node.callers.values()):
                inside = 0.0 if self._circular[at] else sum(edge.total_s for edge in node.callers.values())
                outside = max(node.total_s - inside, 0.0)
                heap.append((-outside, count, self._added(None, at, outside)))
                count += 1
        heapq.heapify(heap)
        looked_at = 0
        while heap and count < _MOST_PLACES and looked_at < _MOST_CALLS:
            _, _, place = heapq.heappop(heap)
            looked_at += len(self._called.get(place.function, ()))
            for callee, time in self._calls(place):
                inner = self._added(place, callee, time)
                if time >= self._finest and inner.depth < _DEEPEST:
                    count += 1
                    heapq.heappush(heap, (-time, count, inner))

    def likeliest(self, function: int | None) -> tuple[int, ...]:
        """Return the path to a function's place with the most time; above one without a place go its main callers."""
        below: list[int] = []
        while function is not None and function not in self._best and function not in below:
            below.append(function)
            callers = self._nodes[function].callers
            function = max(callers, key=lambda at: (callers[at].total_s, -at), default=None)
        above = self._best[function].path() if function in self._best else ()
        return (*above, *reversed(below))

    def _overlaps(self, at: int) -> bool:
        inner = sum(self._nodes[callee].callers[at].total_s for callee in self._called.get(at, ()))
        node = self._nodes[at]
        return inner + node.own_s > node.total_s * (1 + _SLACK)

    def _added(self, above: _Place | None, function: int, time: float) -> _Place:
        place = _Place(function, above, above.depth + 1 if above else 0, time)
        self.places.setdefault((above.function if above else None, function), []).append(place)
        if function not in self._best or self._best[function].time_s < time:
            self._best[function] = place
        return place

    def _calls(self, place: _Place) -> Iterator[tuple[int, float]]:
        """Yield what is called at a place, with the time that it has below it."""
        at = place.function
        node = self._nodes[at]
        edges = [(callee, self._nodes[callee].callers[at]) for callee in self._called.get(at, ())]
        crumb = self._finest / _CRUMB
        if not self._circular[at]:
            share = place.time_s / node.total_s if node.total_s else 0.0
            yield from ((callee, edge.total_s * share) for callee, edge in edges if edge.total_s * share >= crumb)
            return
        gone = self._gone(place)
        first = sorted((-self._left[at, callee], callee) for callee, _ in edges if callee not in gone)
        again = sorted((-edge.total_s, callee) for callee, edge in edges if 0 < gone.get(callee, 0) < _MOST_TURNS)
        left = place.time_s - self._own(place)
        for time, callee in [*first, *again]:
            given = min(-time, left)
            if given < crumb:
                continue
            left -= given
            if callee not in gone:
                self._left[at, callee] -= given
            yield callee, given

    def _gone(self, place: _Place) -> dict[int, int]:
        """Return what the function of a place has called already above it, and how often."""
        found: dict[int, int] = {}
        inner = place
        while (above := inner.above) is not None:
            if above.function == place.function:
                found[inner.function] = found.get(inner.function, 0) + 1
            inner = above
        return found

    def _own(self, place: _Place) -> float:
        """Return the part of a place's time that is the function's own."""
        node = self._nodes[place.function]
        edge = node.callers.get(place.above.function) if place.above else None
        own, total = (edge.own_s, edge.total_s) if edge else (node.own_s, node.total_s)
        return place.time_s * min(own / total, 1.0) if total else 0.0


def _divided(weight: int, shares: dict[_Key, float]) -> Iterator[tuple[_Key, int]]:
    """Divide ``weight`` in whole numbers that add up to it, in proportion; evenly when nothing says how."""
    whole = sum(shares.values())
    even = 1 / len(shares)
    done = 0.0
    given = 0
    for number, (key, share) in enumerate(shares.items(), 1):
        done += share / whole if whole > 0 else even
        upto = weight if number == len(shares) else min(round(weight * done), weight)
        yield key, upto - given
        given = upto

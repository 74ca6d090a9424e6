"""Change points: where a series of values moved to another level."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from perftool.stats.normal import cdf, quantile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: A level has at least as many values: two in a row are no level yet.
FEWEST: Final = 3
# Up to this size of the shorter side ranks are counted; above it the normal tail is used, which is the longer one.
_MOST_COUNTED: Final = 9
_DECAY: Final = math.sqrt(0.5)
# Fitted so that at most 5 % of unchanged series have a change: docs/evidence/change_points.py measures it again.
_TESTS: Final = 0.33


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """``index`` is the first value on the new level; ``p`` is adjusted for all places that were tried."""

    index: int
    p: float


def change_points(values: Sequence[float], alpha: float = 0.05) -> tuple[ChangePoint, ...]:
    """Return where the level of ``values``, in the order taken, changed: an unchanged series has none with 1 - alpha.

    A rank test (Mann and Whitney) is made at every place of every interval of a fixed family, in which each pair of
    neighbouring changes is parted by some interval. The narrowest interval with a significant place gives a change;
    both sides of it are searched again. Each place is then moved to where two medians fit best (least absolute
    deviations), and changes whose two whole levels do not differ significantly are taken back, the weakest first.
    Ranks make the error independent of how the values are distributed: heavy tails, outliers and two modes do not
    raise it. Values that depend on their neighbours do: see docs/statistics.md for measured rates.
    source: seeded intervals: Kovács, Bühlmann, Li and Munk 2023 (DOI 10.1093/biomet/asac052); narrowest over
    threshold: Baranowski, Chen and Fryzlewicz 2019 (DOI 10.1111/rssb.12322)
    cost: n (log n)^2
    """
    n = len(values)
    if alpha <= 0 or n < fewest_values(alpha):
        return ()
    level = alpha / trials(n)
    found = _settled(values, _searched(values, level), level)
    adjusted = [
        (at, _p(values[start:end], at - start) * trials(n))
        for start, at, end in zip((0, *found), found, (*found[1:], n), strict=False)
    ]
    return tuple(ChangePoint(at, min(1.0, p)) for at, p in adjusted)


def trials(n: int) -> float:
    """Return to how many independent tests the search of ``n`` values amounts: p of one place times it is p of all.

    Ranks of unchanged values have the same distribution whatever the values are, so it was fitted to random ones once,
    for 9 to 3,000 values.
    """
    return max(1.0, _TESTS * (n - 2 * FEWEST) * math.log2(n))


@functools.lru_cache(maxsize=16)
def fewest_values(alpha: float) -> int:
    """Return the fewest values among which a change can ever be found at ``alpha``."""
    n = 2 * FEWEST
    while 2 / math.comb(n, n // 2) >= alpha / trials(n):
        n += 1
    return n


def _searched(values: Sequence[float], level: float) -> list[int]:
    """Return the places found in the narrowest intervals, and then between these, ascending."""
    n = len(values)
    found: list[int] = []
    for start, end in _seeded(n):
        if not any(start < known < end for known in found):
            best = _best_place(values, start, end, level)
            found += [] if best is None else [best]
    stretches = list(zip((0, *sorted(found)), (*sorted(found), n), strict=True)) if found else []
    while stretches:
        start, end = stretches.pop()
        best = _best_place(values, start, end, level)
        if best is not None:
            found.append(best)
            stretches += [(start, best), (best, end)]
    return sorted(found)


def _seeded(n: int) -> Iterator[tuple[int, int]]:
    """Yield the intervals of the family, the narrowest first: each layer's overlap by half and more.

    source: Kovács, Bühlmann, Li and Munk, definition 1
    """
    layers = []
    length = float(n)
    while length >= 2 * FEWEST:
        layers.append(length)
        length *= _DECAY
    for size in reversed(layers):
        count = 2 * math.ceil(n / size - 1e-9) - 1
        step = (n - size) / (count - 1) if count > 1 else 0.0
        for index in range(count):
            yield math.floor(index * step), min(n, math.ceil(index * step + size - 1e-9))


def _best_place(values: Sequence[float], start: int, end: int, level: float) -> int | None:
    """Return the place between ``start`` and ``end`` with the smallest p below ``level``, None without one."""
    size = end - start
    limits = _limits(size, level)
    if not limits:
        return None
    best, smallest = None, level
    for at, doubled in _doubled_u(values[start:end]):
        middle = at * (size - at)
        if abs(doubled - middle) >= limits[at]:
            p = _tail(min(at, size - at), size, doubled)
            if p < smallest:
                best, smallest = at, p
    return None if best is None else start + best


def _doubled_u(values: Sequence[float]) -> Iterator[tuple[int, int]]:
    """Yield each place at which both sides have enough values, with 2 * U of the side before it."""
    size = len(values)
    order = sorted(range(size), key=values.__getitem__)
    ranks = [0] * size  # twice the mean rank, from 1
    first = 0
    while first < size:
        last = first
        while last + 1 < size and values[order[last + 1]] == values[order[first]]:
            last += 1
        for position in range(first, last + 1):
            ranks[order[position]] = first + last + 2
        first = last + 1
    total = 0
    for at in range(1, size - FEWEST + 1):
        total += ranks[at - 1]
        if at >= FEWEST:
            yield at, total - at * (at + 1)


@functools.lru_cache(maxsize=1024)
def _limits(size: int, level: float) -> tuple[float, ...]:
    """Return for each place how far 2 * U must be from its mean to be significant; nothing where none can be."""
    limits = [math.inf] * (size + 1)
    for short in range(FEWEST, size // 2 + 1):
        long = size - short
        if short <= _MOST_COUNTED:
            limit = _counted_limit(short, long, level)
        else:
            limit = 2 * (-quantile(level / 2) * math.sqrt(short * long * (size + 1) / 12) + 0.5)
        limits[short] = limits[long] = limit
    return tuple(limits) if min(limits) < math.inf else ()


def _counted_limit(short: int, long: int, level: float) -> float:
    """Return the distance of 2 * U from its mean from which on the counted two-sided p is below ``level``."""
    wanted = level / 2 * math.comb(short + long, short)
    if wanted <= 1:
        return math.inf
    cap = 64
    while True:
        mass = 0
        for u, count in enumerate(_counts(short, long, cap)):
            mass += count
            if mass >= wanted:
                return short * long - 2 * (u - 1)
        cap *= 4


@functools.lru_cache(maxsize=256)
def _counts(short: int, long: int, cap: int) -> tuple[int, ...]:
    """Return how many arrangements without ties give U = 0, 1 … at most ``cap``: Gaussian binomial coefficients.

    source: Andrews, The Theory of Partitions, section 3.2
    """
    top = min(cap, short * long)
    counts = [1] + [0] * top
    for i in range(1, short + 1):
        for power in range(top, long + i - 1, -1):
            counts[power] -= counts[power - long - i]
        for power in range(i, top + 1):
            counts[power] += counts[power - i]
    return tuple(counts)


def _tail(short: int, size: int, doubled: int) -> float:
    """Return the two-sided p of 2 * U where the shorter side has ``short`` of ``size`` values; ties count as untied."""
    long = size - short
    nearest = min(doubled, 2 * short * long - doubled)
    if short <= _MOST_COUNTED:
        u = (nearest + 1) // 2
        return min(1.0, 2 * sum(_counts(short, long, _cap(u))[: u + 1]) / math.comb(size, short))
    distance = abs(doubled - short * long) / 2 - 0.5
    return min(1.0, 2 * cdf(-distance / math.sqrt(short * long * (size + 1) / 12)))


def _cap(u: int) -> int:
    """Return a bound from ``u`` up of which there are few, so that counts are kept."""
    return max(64, 1 << u.bit_length())


def _p(values: Sequence[float], at: int) -> float:
    """Return p of a change at ``at`` of ``values``, both of whose sides are long enough."""
    doubled = next(u for place, u in _doubled_u(values) if place == at)
    return _tail(min(at, len(values) - at), len(values), doubled)


def _settled(values: Sequence[float], found: list[int], level: float) -> list[int]:
    """Move the places to where they fit best and take back the weakest until all are significant."""
    n = len(values)
    while found:
        for index in range(len(found)):
            start = found[index - 1] if index else 0
            end = found[index + 1] if index + 1 < len(found) else n
            found[index] = start + _fitted(values[start:end])
        bounds = list(zip((0, *found), found, (*found[1:], n), strict=False))
        chances = [_p(values[start:end], at - start) for start, at, end in bounds]
        weakest = max(range(len(found)), key=chances.__getitem__)
        if chances[weakest] < level:
            break
        del found[weakest]
    return found


def _fitted(values: Sequence[float]) -> int:
    """Return the place at which two medians, one before and one from it on, leave the least absolute deviations."""
    before = _deviations(values)
    after = _deviations(values[::-1])[::-1]
    places = range(FEWEST, len(values) - FEWEST + 1)
    return min(places, key=lambda at: before[at - 1] + after[at])


def _deviations(values: Sequence[float]) -> list[float]:
    """Return for each beginning of ``values`` the sum of the absolute deviations from its median.

    cost: n log n, with one heap for each half
    """
    from heapq import heappush, heappushpop

    low: list[float] = []  # negated
    high: list[float] = []
    below = above = 0.0
    sums = []
    for value in values:
        if len(low) == len(high):
            moved = heappushpop(high, value)
            above += value - moved
            heappush(low, -moved)
            below += moved
        else:
            moved = -heappushpop(low, -value)
            below += value - moved
            heappush(high, moved)
            above += moved
        middle = -low[0]
        sums.append(above - below + middle * (len(low) - len(high)))
    return sums

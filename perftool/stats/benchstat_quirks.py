"""QUIRKS: the numbers of benchstat, with its errors, for ``--format benchstat`` and nothing else.

Everything here reproduces benchstat (golang.org/x/perf, 2026-06) to the digit, also where it is wrong:

- for 21 to 30 values rounding noise of a log-gamma decides which order statistics bound a median;
- tied samples of different sizes are tested on one tail whichever side it lies, so p may be 0 or above 1;
- with two distinct values a count is truncated towards zero where it should be floored;
- p equal to alpha is significant; untied p carries the rounding of a recurrence in doubles;
- a negative centre has a negative spread, and a median next to an infinite value is NaN;
- geometric means are running means of logarithms that differ from the C library's in the last digits.

No other module computes like this: see ``interval``, ``mann_whitney`` and ``geomean`` for what is right.
"""

from __future__ import annotations

import functools
import math
import struct
from typing import TYPE_CHECKING, Final

from perftool.stats.mann_whitney import MOST_EXACT_TIED, MOST_EXACT_UNTIED, normal_p, rank_counts, tied_tail
from perftool.stats.normal import quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

_LARGEST_EXACT_INTERVAL: Final = 30

# Order in which the interval of the median grows for n = 21 to 30; "ties left" holds only below that.
_GROWTH: Final = {
    21: "RLRLRRLLRLRRLLRRLLRLR",
    22: "RLLRLRRLLRLRRLLRRLLRLR",
    23: "RLRLRLRRLLRLRRLLRRLLRLR",
    24: "RLLRLRLRRLLRLRRLLRRLLRLR",
    25: "RLRRLLRLRRLLRLRRLLRRLLRLR",
    26: "LRLRRLLRLRRLLRLRRLLRRLLRLR",
    27: "RLRRLRLLRLRRLLRLRRLLRRLLRLR",
    28: "RLRLLRRLLRLRRLLRLRRLLRRLLRLR",
    29: "RRLLRLRRLLRLRRLRLRLRLLRRLLRLR",
    30: "RLRLLRLRRLLRRLRLRLRLRLLRRLLRLR",
}

# Smallest p of n against n, as the table in benchstat has it.
_SMALLEST_P: Final = (
    1.0,
    0.3333333333333333,
    0.1,
    0.02857142857142857,
    0.007936507936507936,
    0.0021645021645021645,
    0.0005827505827505828,
    0.0001554001554001554,
    4.113533525298231e-05,
)


@functools.lru_cache(maxsize=1024)
def median_interval(n: int, confidence: float) -> tuple[int, int]:
    """Return benchstat's 1-based order statistics for the interval of the median; 0 and n + 1 are infinite."""
    if confidence >= 1:
        return 0, n + 1
    if n > _LARGEST_EXACT_INTERVAL:
        return _approximate_interval(n, confidence)
    left = (n + 2) // 2 - 1
    right = left + 1
    numerator, denominator = confidence.as_integer_ratio()
    wanted = numerator << n
    mass = math.comb(n, left)
    for step in _GROWTH.get(n) or ("LR" if n % 2 == 0 else "RL") * n:
        if mass * denominator >= wanted or (left <= 0 and right > n):
            break
        if step == "L":
            left -= 1
            mass += math.comb(n, left) if left >= 0 else 0
        else:
            mass += math.comb(n, right) if right <= n else 0
            right += 1
    return max(left, 0), min(right, n + 1)


def _approximate_interval(n: int, confidence: float) -> tuple[int, int]:
    mean, deviation = n / 2, math.sqrt(n / 4)
    below = mean + deviation * quantile((1 - confidence) / 2)
    above = 2 * mean - below
    if math.isinf(below):
        return 0, n + 1
    left = math.floor(math.floor(below - 0.5) + 0.5) + 1
    right = math.floor(math.ceil(above - 0.5) + 0.5) + 1

    def share(x: float) -> float:
        return math.erfc(-(x - 0.5 - mean) / deviation / math.sqrt(2)) / 2

    if share(right - 1) - share(left) >= confidence and share(right - 1) - share(left) < share(right) - share(left):
        right -= 1
    return max(left, 0), min(right, n + 1)


@functools.lru_cache(maxsize=64)
def samples_for_interval(confidence: float) -> int | None:
    """Return the smallest n from 2 to 50 whose interval is finite in benchstat, None if there is none."""
    for n in range(2, 51):
        low, high = median_interval(n, confidence)
        if low >= 1 and high <= n:
            return n
    return None


def samples_for_difference(alpha: float) -> int | None:
    """Return the smallest n a side that can reach ``alpha`` by benchstat's table, None if that ends before."""
    return next((n for n, p in enumerate(_SMALLEST_P, start=1) if p <= alpha), None)


def summarize(ordered: Sequence[float], confidence: float) -> tuple[float, float, float]:
    """Return (centre, lo, hi) of ascending values; a bound may be infinite."""
    low, high = median_interval(len(ordered), confidence)
    lo = ordered[low - 1] if low >= 1 else -math.inf
    hi = ordered[high - 1] if high <= len(ordered) else math.inf
    return _median(ordered), lo, hi


def _median(ordered: Sequence[float]) -> float:
    """Return the median; next to an infinite value it is NaN, because 0 * inf is."""
    count = len(ordered)
    position = 1 / 3 + 0.5 * (count + 1 / 3)
    below = math.floor(position)
    if below <= 0:
        return ordered[0]
    if below >= count:
        return ordered[-1]
    return ordered[below - 1] + (position - below) * (ordered[below] - ordered[below - 1])


def spread_text(center: float, lo: float, hi: float) -> str:
    """Return the text after ±: negative for a negative centre, ``?`` where the interval crosses 0."""
    if math.isinf(lo) or math.isinf(hi):
        return "∞"
    if _sign(lo) != _sign(center) or _sign(hi) != _sign(center):
        return "?"
    if center == 0:
        return "0%"
    return fixed(100 * max(hi / center - 1, 1 - lo / center), 0) + "%"


def fixed(value: float, decimals: int, *, signed: bool = False) -> str:
    """Return ``value`` with ``decimals`` as Go's %f writes it: ``NaN``, ``+Inf``, ``+NaN`` when signed."""
    if math.isfinite(value):
        return f"{value:{'+' if signed else ''}.{decimals}f}"
    if math.isnan(value):
        return "+NaN" if signed else "NaN"
    return "+Inf" if value > 0 else "-Inf"


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def compare(x1: Sequence[float], x2: Sequence[float]) -> float | None:
    """Return benchstat's p for baseline ``x1`` and ``x2``; with ties it may be 0 or above 1.

    returns: None when all values are equal, which benchstat takes for p = 1 with a warning.
    """
    n1, n2 = len(x1), len(x2)
    doubled, groups = rank_counts(x1, x2)
    if len(groups) < 2:
        return None
    tied = len(groups) < n1 + n2
    if max(n1, n2) > (MOST_EXACT_TIED if tied else MOST_EXACT_UNTIED):
        return normal_p(n1, n2, groups, doubled / 2)
    if doubled == n1 * n2:
        return 1.0
    nearest = min(doubled, 2 * n1 * n2 - doubled)
    if tied:
        return _tied_p(n1, n2, groups, nearest)
    return _untied_p(min(n1, n2), max(n1, n2), nearest // 2)


@functools.lru_cache(maxsize=256)
def _tied_p(n1: int, n2: int, groups: tuple[int, ...], doubled: int) -> float:
    if len(groups) == 2:
        first, second = groups
        last = int((doubled - n1 * (first - n1)) / (first + second))  # truncated: a negative share counts as 0
        count = sum(math.comb(first, n1 - r) * math.comb(second, r) for r in range(max(0, n1 - first), last + 1))
    else:
        count = tied_tail(n1, groups, doubled)
    return 2 * count / math.comb(n1 + n2, n1)


@functools.lru_cache(maxsize=4096)
def _untied_p(n1: int, n2: int, u: int) -> float:
    share = 0.0
    for probability in _u_probabilities(n1, n2)[: u + 1]:
        share += probability  # in this order: math.fsum would round better and so differ
    return share * 2


@functools.lru_cache(maxsize=32)
def _u_probabilities(n1: int, n2: int) -> tuple[float, ...]:
    """Return P(U = 0), P(U = 1) … up to the middle for n1 <= n2, with the rounding of a recurrence in doubles.

    source: Mann and Whitney 1947 (DOI 10.1214/aoms/1177730491), equation 2
    """
    middle = n1 * n2 // 2
    above: list[list[float]] = []  # sizes (0 … n, m - 1)
    for m in range(1, n2 + 1):
        row = [[1.0]]  # sizes (0 … n, m)
        for n in range(1, min(m, n1) + 1):
            size = min(n * m, middle) + 1
            without_first = [0.0] * m + row[n - 1]
            without_second = above[n] if n < m else row[n - 1]  # (m, m - 1) is (m - 1, m)
            row.append(
                [
                    (n * first + m * second) / (n + m)
                    for first, second in zip(_padded(without_first, size), _padded(without_second, size), strict=True)
                ]
            )
        above = row
    return tuple(above[n1])


def _padded(values: list[float], size: int) -> list[float]:
    return values[:size] + [0.0] * (size - len(values))


def geomean(values: Sequence[float]) -> float | None:
    """Return benchstat's geometric mean, None if there are no values or one is not above 0."""
    if not values or not all(value > 0 for value in values):
        return None
    mean = 0.0
    for count, value in enumerate(values, start=1):
        mean += (_log(value) - mean) / count
    # Two infinite values have the difference NaN, which benchstat takes for undefined.
    return None if math.isnan(mean) else _exp(mean)


def _bits(*words: int) -> tuple[float, ...]:
    return struct.unpack(f">{len(words)}d", struct.pack(f">{len(words)}Q", *words))


_L: Final = _bits(
    0x3FE5555555555593, 0x3FD999999997FA04, 0x3FD2492494229359, 0x3FCC71C51D8E78AF,
    0x3FC7466496CB03DE, 0x3FC39A09D078C69F, 0x3FC2F112DF3E5244,
)  # fmt: skip
_LN2_HI, _LN2_LO = _bits(0x3FE62E42FEE00000, 0x3DEA39EF35793C76)
_LN2_UPPER: Final = 0.69314718055966295651160180568695068359375
_LN2_LOWER: Final = 0.28235290563031577122588448175013436025525412068e-12
_SMALLEST_NORMAL: Final = 2.0**-1022
_LARGEST_EXPONENT: Final = 709.782712893384
# Go's assembly scales by 2**power at once, and 2**1024 is infinite though the product would not be.
_MOST_POWER: Final = 1023


def _log(x: float) -> float:
    """Return the natural logarithm of ``x`` > 0 with the rounding of Go on amd64.

    source: FreeBSD's e_log.c (fdlibm), the method of Go's math.Log
    """
    if math.isinf(x):
        return x
    mantissa, exponent = math.frexp(x)
    if x < _SMALLEST_NORMAL:
        # Go's assembly takes the bits apart as those of a normal number, whose leading bit is not stored.
        mantissa, exponent = 0.5 + x / _SMALLEST_NORMAL / 2, -1022
    if mantissa <= 0.7071067811865476:
        mantissa *= 2
        exponent -= 1
    f = mantissa - 1
    s = f / (2 + f)
    s2 = s * s
    s4 = s2 * s2
    odd = s2 * (_L[0] + s4 * (_L[2] + s4 * (_L[4] + s4 * _L[6])))
    even = s4 * (_L[1] + s4 * (_L[3] + s4 * _L[5]))
    half = 0.5 * f * f
    return exponent * _LN2_HI - ((half - (s * (half + (odd + even)) + exponent * _LN2_LO)) - f)


def _exp(x: float) -> float:
    """Return e**x with the rounding of Go on amd64 with fused multiply-add."""
    if math.isnan(x) or x > _LARGEST_EXPONENT:
        return math.inf if x > 0 else x
    if x == -math.inf:
        return 0.0
    power = round(x * 1.4426950408889634)
    if power > _MOST_POWER:
        return math.inf
    reduced = _fma(-power, _LN2_LOWER, _fma(-power, _LN2_UPPER, x)) / 16
    series = 1 / 40320
    for coefficient in (1 / 5040, 1 / 720, 1 / 120, 1 / 24, 1 / 6, 0.5, 1.0):
        series = _fma(series, reduced, coefficient)
    y = reduced * series
    for _ in range(3):
        y *= y + 2
    return math.ldexp(_fma(y, y + 2, 1.0), power)


def _fma(a: float, b: float, c: float) -> float:
    """Return a * b + c rounded once: the quotient of two integers is correctly rounded."""
    (an, ad), (bn, bd), (cn, cd) = float(a).as_integer_ratio(), b.as_integer_ratio(), c.as_integer_ratio()
    return (an * bn * cd + cn * ad * bd) / (ad * bd * cd)

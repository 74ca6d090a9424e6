"""How much a sample changed, with the interval that inverts the test used on it."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from perftool.stats.mann_whitney import MOST_EXACT_UNTIED, untied_counts
from perftool.stats.normal import quantile
from perftool.stats.sample import median
from perftool.stats.signed_rank import MOST_EXACT, sign_counts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LARGEST_LIST: Final = 20_000
_LARGEST_LOG: Final = 709.0


@dataclass(frozen=True, slots=True)
class ChangeEstimate:
    """The change as a fraction of the old value (0.1 is 10 % more); None where it is not defined.

    ``lo`` and ``hi`` are None as well when the samples are too small for the confidence.
    """

    estimate: float | None
    lo: float | None
    hi: float | None


_NOTHING: Final = ChangeEstimate(None, None, None)


def ratio_change(
    old: Sequence[float], new: Sequence[float], confidence: float = 0.95, paired: bool = False
) -> ChangeEstimate:
    """Estimate new/old - 1 and its interval at ``confidence``.

    Unpaired: median of all log(new_j / old_i) (Hodges and Lehmann) with Moses' interval, whose rank comes from
    the exact null distribution of U up to 50 values a side. Paired: median of the Walsh averages of the log ratios
    with the quantile of the signed-rank distribution, exact up to 50 pairs. The interval leaves 0 out just when
    the untied test has p < 1 - confidence.
    Where a value is not above 0 there is no logarithm: differences are used, relative to abs(median(old)), and
    everything is None if that median is 0 or a value is not finite. A bound too large for a double is None too.
    source: Hodges and Lehmann 1963 (DOI 10.1214/aoms/1177704172); Hollander, Wolfe and Chicken, Nonparametric
    Statistical Methods, sections 3.2, 3.3, 4.2 and 4.3
    cost: n1*n2 log(n1*n2); above 20,000 pairs by bisection in memory of n1 + n2
    """
    if not old or not new or not all(map(math.isfinite, old)) or not all(map(math.isfinite, new)):
        return _NOTHING
    if min(old) > 0 and min(new) > 0:
        shifts = _shifts(list(map(math.log, old)), list(map(math.log, new)), confidence, paired)
        return ChangeEstimate(*map(_fraction, shifts))
    base = abs(median(sorted(old)))
    shifts = _shifts(old, new, confidence, paired)
    if not base:
        return ChangeEstimate(0.0, 0.0, 0.0) if shifts == (0.0, 0.0, 0.0) else _NOTHING
    return ChangeEstimate(*(None if shift is None else _finite(shift / base) for shift in shifts))


def _fraction(shift: float | None) -> float | None:
    """Return exp(shift) - 1, None where it is more than a double holds."""
    if shift is None or shift > _LARGEST_LOG:
        return None
    return math.expm1(shift)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


_Shifts = tuple[float | None, float | None, float | None]


def _shifts(old: Sequence[float], new: Sequence[float], confidence: float, paired: bool) -> _Shifts:
    # Decimal confidences such as 0.9 must give the alpha that is written, not 0.09999999999999998.
    alpha = round(1 - confidence, 12)
    if paired:
        changes = sorted(after - before for before, after in zip(old, new, strict=True))
        n = len(changes)
        total = n * (n + 1) // 2
        # The Walsh averages (x_i + x_j) / 2 with i <= j, doubled: the order is the same.
        kth = _selector([-c for c in reversed(changes)], changes, total, walsh=True)
        halves: Callable[[int], float] = lambda k: kth(k) / 2  # noqa: E731
        return _by_rank(halves, total, _signed_rank_critical(n, alpha))
    total = len(old) * len(new)
    kth = _selector(sorted(old), sorted(new), total, walsh=False)
    sizes = sorted((len(old), len(new)))
    return _by_rank(kth, total, _u_critical(sizes[0], sizes[1], alpha))


def _by_rank(kth: Callable[[int], float], total: int, rank: int) -> _Shifts:
    low, high = kth((total + 1) // 2), kth(total // 2 + 1)
    middle = low if low == high else low + (high - low) / 2
    if rank < 1:
        return middle, None, None
    return middle, kth(rank), kth(total + 1 - rank)


@functools.lru_cache(maxsize=512)
def _u_critical(n1: int, n2: int, alpha: float) -> int:
    """Return the largest k with 2 * P(U <= k - 1) < alpha, 0 if there is none."""
    if alpha <= 0:
        return 0
    if n2 <= MOST_EXACT_UNTIED:
        return _critical(untied_counts(n1, n2), math.comb(n1 + n2, n1), alpha)
    deviation = math.sqrt(n1 * n2 * (n1 + n2 + 1) / 12)
    return max(0, math.ceil(n1 * n2 / 2 + quantile(alpha / 2) * deviation - 0.5))


@functools.lru_cache(maxsize=512)
def _signed_rank_critical(n: int, alpha: float) -> int:
    """Return the largest k with 2 * P(W <= k - 1) < alpha, 0 if there is none."""
    if alpha <= 0:
        return 0
    if n <= MOST_EXACT:
        return _critical(sign_counts(tuple(range(1, n + 1))), 1 << n, alpha)
    deviation = math.sqrt(n * (n + 1) * (2 * n + 1) / 24)
    return max(0, math.ceil(n * (n + 1) / 4 + quantile(alpha / 2) * deviation - 0.5))


def _critical(counts: Sequence[int], total: int, alpha: float) -> int:
    mass = 0
    for k, count in enumerate(counts):
        mass += count
        if 2 * mass / total >= alpha:
            return k
    return 0


def _selector(a: Sequence[float], b: Sequence[float], total: int, *, walsh: bool) -> Callable[[int], float]:
    """Return a function giving the k-th smallest of all b_j - a_i; both sides ascend.

    ``walsh``: ``a`` is ``b`` negated and reversed, and of the symmetric sums only one of each two is meant.
    """
    if a[0] == a[-1] and b[0] == b[-1]:
        constant = b[0] - a[0]  # counters repeat: nothing to sort
        return lambda _: constant
    if total <= _LARGEST_LIST:
        ordered = [x + y for i, x in enumerate(b) for y in b[i:]] if walsh else [y - x for x in a for y in b]
        ordered.sort()  # in place: runs that ascend already are merged
        return lambda k: ordered[k - 1]
    if not walsh:
        return lambda k: _kth_difference(a, b, lambda x: _count(a, b, x), k)

    def walsh_count(x: float) -> int:
        # All n*n sums count each unordered pair twice, but the diagonal once.
        return (_count(a, b, x) + sum(1 for value in b if value + value <= x)) // 2

    return lambda k: _kth_difference(a, b, walsh_count, k)


def _count(a: Sequence[float], b: Sequence[float], x: float) -> int:
    """Count the pairs with b_j - a_i <= x in one pass over both ascending sides."""
    count = end = 0
    for value in a:
        while end < len(b) and b[end] - value <= x:
            end += 1
        count += end
    return count


def _kth_difference(a: Sequence[float], b: Sequence[float], count: Callable[[float], int], k: int) -> float:
    """Bisect for the smallest double with ``count`` >= k, which is the k-th difference itself.

    Ends when no double is left between the bounds, or when they are closer than the differences are exact.
    """
    low, high = b[0] - a[-1], b[-1] - a[0]
    if count(low) >= k:
        return low
    precise = 1e-15 * max(abs(low), abs(high))
    while high - low > precise:
        middle = low + (high - low) / 2
        if middle <= low or middle >= high:
            break
        if count(middle) >= k:
            high = middle
        else:
            low = middle
    return high

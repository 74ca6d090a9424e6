"""P-values adjusted for how many there are: among many rows some are small by chance alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

Correction = Literal["holm", "bh"]


def adjusted(p: Sequence[float], correction: Correction) -> tuple[float, ...]:
    """Return ``p`` adjusted by Holm ("holm") or by Benjamini and Hochberg ("bh"), in the order given."""
    return holm(p) if correction == "holm" else benjamini_hochberg(p)


def holm(p: Sequence[float]) -> tuple[float, ...]:
    """Return ``p`` so that calling those below alpha different calls none wrongly with chance 1 - alpha.

    The i-th smallest of m is multiplied by m - i + 1, no result being below one of a smaller p. Holds however the
    tests depend on each other.
    raises: ValueError when a p is not from 0 to 1; what was not tested has no place here.
    source: Holm 1979, A Simple Sequentially Rejective Multiple Test Procedure (JSTOR 4615733)
    """
    order = _ascending(p)
    found = [0.0] * len(p)
    least = 0.0
    for rank, index in enumerate(order):
        least = max(least, min(1.0, (len(p) - rank) * p[index]))
        found[index] = least
    return tuple(found)


def benjamini_hochberg(p: Sequence[float]) -> tuple[float, ...]:
    """Return ``p`` so that of those below alpha a share of at most alpha is expected to be called different wrongly.

    The i-th smallest of m is multiplied by m / i, no result being above one of a larger p. Holds for tests that are
    independent or depend on each other positively, as times on one machine do.
    raises: ValueError when a p is not from 0 to 1; what was not tested has no place here.
    source: Benjamini and Hochberg 1995 (DOI 10.1111/j.2517-6161.1995.tb02031.x); positive dependence: Benjamini and
    Yekutieli 2001 (DOI 10.1214/aos/1013699998)
    """
    order = _ascending(p)
    found = [0.0] * len(p)
    most = 1.0
    for rank in range(len(p), 0, -1):
        index = order[rank - 1]
        most = min(most, len(p) * p[index] / rank)
        found[index] = most
    return tuple(found)


def _ascending(p: Sequence[float]) -> list[int]:
    wrong = next((value for value in p if not 0 <= value <= 1), None)
    if wrong is not None:
        raise ValueError(f"a p-value is from 0 to 1, not {wrong}")
    return sorted(range(len(p)), key=lambda index: p[index])

"""What a statement answered, in little memory, so that two answers can be told apart."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: Sums over the same numbers in another order differ by this share at most: parallel plans add in any order.
_TOLERANCE: Final = 1e-9
_MODULUS: Final = 1 << 128


@dataclass(frozen=True, slots=True)
class Answer:
    """A multiset of rows: their number, a sum of digests of all values but fractions, and sums of the fractions."""

    rows: int
    digest: int
    sums: tuple[float, ...]
    sizes: tuple[float, ...]

    def same(self, other: Answer) -> bool:
        """Tell whether the other has the same rows, in any order; fractions as exactly as sums can be.

        Two answers that differ only in which row has which fraction are taken for the same.
        """
        if (self.rows, self.digest, len(self.sums)) != (other.rows, other.digest, len(other.sums)):
            return False
        scales = [max(a, b) for a, b in zip(self.sizes, other.sizes, strict=True)]
        return all(abs(a - b) <= _TOLERANCE * scale for a, b, scale in zip(self.sums, other.sums, scales, strict=True))


def answer(chunks: Iterable[Sequence[tuple[Any, ...]]]) -> Answer:
    """Read rows to their end and return what they were."""
    rows = digest = 0
    sums: list[float] = []
    sizes: list[float] = []
    for chunk in chunks:
        for row in chunk:
            if not rows:
                # Each fraction goes into a sum and a sum of squares, so that a swap within a column's sum shows.
                sums, sizes = [0.0] * (2 * len(row)), [0.0] * (2 * len(row))
            rows += 1
            others: list[tuple[str, str] | None] = []
            for at, value in enumerate(row):
                if isinstance(value, float) and math.isfinite(value) and abs(value) < _LARGEST:
                    for place, term in ((2 * at, value), (2 * at + 1, value * value)):
                        sums[place] += term
                        sizes[place] += abs(term)
                    others.append(None)
                else:
                    others.append((type(value).__name__, str(value)))
            text = repr(others).encode("utf-8", "surrogatepass")
            digest += int.from_bytes(hashlib.blake2b(text, digest_size=16).digest(), "big")
    return Answer(rows, digest % _MODULUS, tuple(sums), tuple(sizes))


#: Beyond it a square is no longer finite.
_LARGEST: Final = 1e150

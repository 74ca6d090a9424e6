"""What a long batch took, in a bounded number of stretches, so that two batches can be compared by more than a mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.model.measurement import Measurement

if TYPE_CHECKING:
    from perftool.model.measurement import Better

SUITE: Final = "query-batch"
CASE: Final = "queries"
#: Stretches at most; where there are more, each two become one.
MOST: Final = 64


class Slices:
    """Stretches of equally many queries: (queries, seconds waited, seconds executed, seconds passed) of each."""

    def __init__(self, now: float) -> None:
        self._each = 1
        self._full: list[tuple[int, float, float, float]] = []
        self._count, self._wait, self._execution = 0, 0.0, 0.0
        self._began = now

    def take(self, wait_s: float, execution_s: float, now: float) -> None:
        """Count a query that is finished ``now``."""
        self._count += 1
        self._wait += wait_s
        self._execution += execution_s
        if self._count < self._each:
            return
        self._full.append((self._count, self._wait, self._execution, now - self._began))
        self._count, self._wait, self._execution, self._began = 0, 0.0, 0.0, now
        if len(self._full) == MOST:
            halves = zip(self._full[::2], self._full[1::2], strict=True)
            self._full = [(a + e, b + f, c + g, d + h) for (a, b, c, d), (e, f, g, h) in halves]
            self._each *= 2

    def measurements(self) -> list[Measurement]:
        """Return time per query and rate, one value a stretch; the time of execution alone gates."""
        full = [one for one in self._full if one[3] > 0]
        if not full:
            return []
        rows: tuple[tuple[str, Better, tuple[float, ...]], ...] = (
            ("sec/op", "lower", tuple(execution / count for count, _, execution, _ in full)),
            ("wait-sec/op", "lower", tuple(wait / count for count, wait, _, _ in full)),
            ("queries/s", "higher", tuple(count / passed for count, _, _, passed in full)),
        )
        return [
            Measurement(suite=SUITE, case=CASE, unit=unit, better=better, values=values, gates=unit == "sec/op")
            for unit, better, values in rows
        ]

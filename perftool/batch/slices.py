"""The speed of a run in a bounded number of slices, so that two runs can be compared by more than one number each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from perftool.model.measurement import Better, Measurement

MOST: Final = 64


class Slices:
    """Consecutive stretches of equally many worked statements; when there are too many, each two become one."""

    def __init__(self, now: float) -> None:
        self._each = 1
        self._full: list[tuple[int, int, float, float]] = []
        self._worked, self._seen, self._busy = 0, 0, 0.0
        self._began = now

    def repeat(self) -> None:
        """Count an item that had been worked already."""
        self._seen += 1

    def take(self, seconds: float, now: float) -> None:
        """Count a statement that was worked for ``seconds`` and is finished ``now``."""
        self._worked += 1
        self._seen += 1
        self._busy += seconds
        if self._worked < self._each:
            return
        self._full.append((self._worked, self._seen, self._busy, now - self._began))
        self._worked, self._seen, self._busy, self._began = 0, 0, 0.0, now
        if len(self._full) == MOST:
            self._full = [
                (a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3])
                for a, b in zip(self._full[::2], self._full[1::2], strict=True)
            ]
            self._each *= 2

    def measurements(self, case: str, parameters: dict[str, str]) -> list[Measurement]:
        """Return time per statement and both rates, one value a slice; a slice that took no time is left out."""
        from perftool.model.measurement import Measurement

        full = [one for one in self._full if one[3] > 0]
        if not full:
            return []
        rows: tuple[tuple[str, Better, tuple[float, ...]], ...] = (
            ("sec/op", "lower", tuple(busy / worked for worked, _, busy, _ in full)),
            ("statements/s", "higher", tuple(seen / wall for _, seen, _, wall in full)),
            ("distinct/s", "higher", tuple(worked / wall for worked, _, _, wall in full)),
        )
        return [
            Measurement(
                suite="batch",
                case=case,
                unit=unit,
                better=better,
                values=values,
                parameters=parameters,
                # A rate of one slice says what stood in it; the time per statement is what a change of the code moves.
                gates=unit == "sec/op",
            )
            for unit, better, values in rows
        ]

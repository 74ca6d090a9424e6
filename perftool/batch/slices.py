"""The speed of a run in a bounded number of slices, so that two runs can be compared by more than one number each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from perftool.model.measurement import Better, Measurement

MOST: Final = 64


@dataclass(slots=True)
class _Slice:
    worked: int = 0
    seen: int = 0
    busy_s: float = 0.0
    cpu_s: float = 0.0
    wall_s: float = 0.0

    def joined(self, other: _Slice) -> _Slice:
        """Return both as one."""
        return _Slice(
            self.worked + other.worked,
            self.seen + other.seen,
            self.busy_s + other.busy_s,
            self.cpu_s + other.cpu_s,
            self.wall_s + other.wall_s,
        )


class Slices:
    """Consecutive stretches of equally many worked statements; when there are too many, each two become one."""

    def __init__(self, now: float) -> None:
        self._each = 1
        self._full: list[_Slice] = []
        self._open = _Slice()
        self._began = now

    def repeat(self) -> None:
        """Count an item that had been worked already."""
        self._open.seen += 1

    def take(self, seconds: float, cpu_seconds: float, now: float) -> None:
        """Count a statement that was worked for ``seconds`` and is finished ``now``."""
        current = self._open
        current.worked += 1
        current.seen += 1
        current.busy_s += seconds
        current.cpu_s += cpu_seconds
        if current.worked < self._each:
            return
        current.wall_s = now - self._began
        self._full.append(current)
        self._open, self._began = _Slice(), now
        if len(self._full) == MOST:
            self._full = [one.joined(two) for one, two in zip(self._full[::2], self._full[1::2], strict=True)]
            self._each *= 2

    def measurements(self, case: str, parameters: dict[str, str]) -> list[Measurement]:
        """Return time per statement and both rates, one value a slice; a slice that took no time is left out."""
        from perftool.model.measurement import Measurement

        full = [one for one in self._full if one.wall_s > 0]
        if not full:
            return []
        rows: tuple[tuple[str, Better, tuple[float, ...]], ...] = (
            ("sec/op", "lower", tuple(one.busy_s / one.worked for one in full)),
            ("cpu-sec/op", "lower", tuple(one.cpu_s / one.worked for one in full)),
            ("statements/s", "higher", tuple(one.seen / one.wall_s for one in full)),
            ("distinct/s", "higher", tuple(one.worked / one.wall_s for one in full)),
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

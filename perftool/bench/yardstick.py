"""Readings of the fixed kernel, block by block: how fast the machine was while the cases were measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from perftool.model.measurement import Measurement

if TYPE_CHECKING:
    from collections.abc import Sequence

Json = dict[str, Any]

# About 25 ms each, most of it to fill the memory that is read: half a second in a run of twelve blocks.
READINGS: Final = 2
PARTS: Final = ("cpu", "memory")


@dataclass(slots=True)
class Yardstick:
    """The readings of each finished block, in the order taken."""

    finished: tuple[tuple[int, tuple[Json, ...]], ...] = ()

    def add(self, block: int, readings: Sequence[Json]) -> None:
        """Keep the readings of a finished block, in one step; a block may be without."""
        self.finished = (*self.finished, (block, tuple(readings)))

    def measurements(self) -> tuple[Measurement, ...]:
        """Return CPU seconds of both parts, none without readings."""
        blocks = tuple(block for block, readings in self.finished for _ in readings)
        if not blocks:
            return ()
        return tuple(
            Measurement(
                suite="perftool",
                case="yardstick",
                unit="cpu-sec/op",
                better="lower",
                values=tuple(reading[part] for _, readings in self.finished for reading in readings),
                parameters={"part": part},
                blocks=blocks,
                gates=False,
            )
            for part in PARTS
        )

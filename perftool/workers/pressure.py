"""Bring the memory of a crew back below its limit, gently first."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from perftool.workers.chunks import Sizer, Window
    from perftool.workers.crew import Crew
    from perftool.workers.memory import Guard, Reading
    from perftool.workers.metrics import Tally
    from perftool.workers.worker import Worker


# Ending a worker smaller than this frees nothing that would be worth an item.
_LIGHT_BYTES: Final = 64 << 20


class Pressure:
    """Acts on what ``guard`` reads: smaller chunks and window, then a fresh worker, then the end of a heavy item."""

    def __init__(self, guard: Guard, crew: Crew, sizer: Sizer, window: Window, tally: Tally) -> None:
        self._guard = guard
        self._crew = crew
        self._sizer = sizer
        self._window = window
        self._tally = tally

    def relieve(self, pids: list[int]) -> None:
        """Look at the memory of ``pids``, if it is time, and do what it asks for."""
        reading = self._guard.reading(pids)
        if reading is None:
            return
        self._tally.peak_bytes = max(self._tally.peak_bytes, reading.total)
        if reading.over:
            gc.collect()
            self._sizer.shrink()
            self._window.shrink()
            self._lighten(reading)
        elif reading.calm:
            self._sizer.grow()
            self._window.grow()

    def _lighten(self, reading: Reading) -> None:
        """Recycle the heaviest worker; kill it when an item keeps it that heavy.

        A worker within its fair share of the limit is not to blame, whatever the parent uses.
        """
        sizes = reading.by_pid
        heaviest: Worker | None = max(
            (w for w in self._crew.workers.values() if w.pid in sizes and not w.doomed),
            key=lambda w: sizes[w.pid or 0],
            default=None,
        )
        if heaviest is None:
            return
        size = sizes[heaviest.pid or 0]
        fair = max(reading.limit / (len(self._crew.workers) + 1), _LIGHT_BYTES)
        running = heaviest.running()
        number = 0 if running is None else running[1]
        if number and size > fair and (reading.alarming or number == heaviest.heavy_item):
            if self._crew.kill(heaviest):
                heaviest.doomed, heaviest.doom = number, "memory"
        elif size > fair / 2 and not heaviest.retiring:
            self._tally.recycled += 1
            self._crew.retire(heaviest)
        heaviest.heavy_item = number

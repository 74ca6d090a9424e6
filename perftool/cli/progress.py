"""Show the progress of long work on standard error, and only on a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Self

from perftool.clock import SystemClock

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

    from perftool.clock import Clock
    from perftool.events import Progress

_PLAIN_INTERVAL_S = 15.0
_REDRAW_S = 0.2


class ProgressLine:
    """A ``perftool.events.Listener`` for a ``with`` block: a bar on a terminal, a line now and then elsewhere.

    Elsewhere (a CI log) the first line comes after ``interval_s``, so that short runs stay silent. ``quiet``
    shows nothing but notes.
    """

    def __init__(self, *, quiet: bool = False, clock: Clock | None = None, interval_s: float = _PLAIN_INTERVAL_S):
        self._quiet = quiet
        self._clock = clock or SystemClock()
        self._interval_s = interval_s
        self._spoke_at = self._clock.monotonic()
        self._drawn_at = float("-inf")
        self._bar: RichProgress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        """Start; the bar itself appears with the first event."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Remove the bar: standard error keeps notes only."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def progress(self, event: Progress) -> None:
        """Show that work advanced."""
        if self._quiet:
            return
        if sys.stderr.isatty():
            self._draw(event)
        elif self._clock.monotonic() - self._spoke_at >= self._interval_s:
            self._spoke_at = self._clock.monotonic()
            total = f"/{event.total}" if event.total is not None else ""
            self._write(f"{event.done}{total}  {event.activity}{_left(event)}")

    def note(self, message: str) -> None:
        """Print one line above the bar."""
        if self._bar is not None:
            self._bar.console.print(message, markup=False, highlight=False)
        else:
            self._write(message)

    def _draw(self, event: Progress) -> None:
        if self._bar is None:
            from rich.console import Console
            from rich.progress import BarColumn, TextColumn
            from rich.progress import Progress as RichProgress

            self._bar = RichProgress(
                BarColumn(bar_width=24),
                TextColumn("{task.completed:.0f}/{task.total}", markup=False),
                TextColumn("{task.description}", markup=False),
                console=Console(stderr=True),
                transient=True,
                # A thread that redraws would compete with what is being measured.
                auto_refresh=False,
            )
            self._bar.start()
            self._task = self._bar.add_task("", total=event.total)
        if self._task is not None:
            description = event.activity + _left(event)
            now = self._clock.monotonic()
            due = now - self._drawn_at >= _REDRAW_S or event.done == event.total
            self._drawn_at = now if due else self._drawn_at
            self._bar.update(self._task, completed=event.done, total=event.total, description=description, refresh=due)

    @staticmethod
    def _write(line: str) -> None:
        sys.stderr.write(line + "\n")
        sys.stderr.flush()


def _left(event: Progress) -> str:
    if event.remaining_s is None:
        return ""
    minutes, seconds = divmod(round(event.remaining_s), 60)
    return f"  {minutes}:{seconds:02d} left"

"""What long work tells the outside while it runs: a listener port and the event that it hears."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Progress:
    """A step of long work: ``done`` of ``total`` units (``total`` None: unknown), and what is under way.

    ``remaining_s`` is the estimated seconds left, None while unknown.
    """

    done: int
    total: int | None
    activity: str
    remaining_s: float | None = None


class Listener(Protocol):
    """Hears progress and notes; the command line draws them, tests collect them."""

    def progress(self, event: Progress) -> None:
        """Hear that work advanced."""

    def note(self, message: str) -> None:
        """Hear one line worth telling the user now."""


class Silent:
    """A listener that ignores everything."""

    def progress(self, event: Progress) -> None:
        """Ignore ``event``."""

    def note(self, message: str) -> None:
        """Ignore ``message``."""

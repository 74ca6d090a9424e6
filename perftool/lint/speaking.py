"""What files speak that do not tell it themselves: as those around them do, and their project's tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.lint.loading import spoken
from perftool.lint.reading.surroundings import NOTHING, Beside
from perftool.lint.votes import Votes

if TYPE_CHECKING:
    from perftool.lint.found import Found
    from perftool.lint.reading.surroundings import Surroundings
    from perftool.lint.selection import FilePlan, Selection


class Speaking:
    """The votes of a run's files, and those around files that were named alone."""

    def __init__(self, selection: Selection, surroundings: Surroundings | None) -> None:
        self._selection = selection
        self._surroundings = surroundings
        self._neighbours = surroundings.neighbours if surroundings is not None else None
        self._votes = Votes()

    def beside(self, found: Found, plan: FilePlan, data: bytes) -> Beside:
        """Return what is known of a file beside its bytes."""
        if self._surroundings is None:
            return NOTHING
        return self._surroundings.of(found.path, data, on_disk=found.data is None, asked=plan.dialect is None)

    def note(self, name: str, dialect: str) -> None:
        """Note what the file called ``name`` tells."""
        self._votes.note(name, dialect)

    def so_far(self, name: str) -> str:
        """Return what most files speak that were met so far beside the file called ``name``."""
        return self._votes.of(name)

    def vote(self, found: Found, plan: FilePlan, data: bytes, beside: Beside, *, tells: bool | None) -> str:
        """Return what the files around one speak, where that matters.

        Those around one named alone are read, so only where it does not tell itself; ``tells`` says so if it is known.
        """
        if self._neighbours is None or not self._neighbours.are_asked(found):
            return self._votes.of(found.name)
        if tells is None:
            tells = spoken(data, found.name, plan, "", beside).voted is None
        return "" if tells else self._neighbours.vote(found, self._spoken_by)

    def _spoken_by(self, found: Found) -> str:
        """Return the dialect that a file tells by itself, "" if none."""
        try:
            data = found.read()
        except OSError:
            return ""
        plan = self._selection.plan(found.name)
        told = spoken(data, found.name, plan, "", self.beside(found, plan, data))
        return told.dialect if told.voted is None else ""

"""Report again what a run found, where the next one would find the same: without a file read or a rule loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.lint.problems import PROBLEMS
from perftool.lint.reading.watching import size, state
from perftool.lint.reporting import Reporting
from perftool.workers.metrics import Tally

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from perftool.lint.found import Found
    from perftool.lint.whole_run import Kept
    from perftool.workers.metrics import Metrics


class Replay(Reporting):
    """A run that does as the ``kept`` one; see ``engine.Run``."""

    def __init__(self, kept: Kept) -> None:
        super().__init__()
        self._run = kept.run
        self._states = kept.states
        self._places = {found.name: found.path for found in kept.run.found}

    def lint(self, _: Iterable[Found] = ()) -> None:
        """Report what was found, in the files of the run that was kept."""
        for name, reason in self._run.skipped:
            self.totals.skip(name, reason)
        for name, judged in self._run.files():
            self.take(name, judged, unchanged=True)

    def is_as_read(self, name: str, data: bytes) -> bool:
        """Say whether the file called ``name``, which held ``data`` a moment ago, is what it was in that run."""
        place = self._places.get(name)
        known = self._states.get(place, ()) if place is not None else ()
        return place is not None and bool(known) and len(data) == size(known) and state(place) == known

    @property
    def codes(self) -> Collection[str]:
        """The rules that ran on some file."""
        return self._run.codes

    def looks_for(self, code: str) -> bool:
        """Say whether the rule ``code`` runs on some file."""
        return code in self._run.codes or code in PROBLEMS

    def metrics(self) -> Metrics:
        """Return that workers have done nothing."""
        return Tally(workers=1).metrics({})

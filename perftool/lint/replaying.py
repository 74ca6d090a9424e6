"""Report again what a run found, where the next one would find the same: without a file read or a rule loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.lint.found import whole
from perftool.lint.problems import PROBLEMS
from perftool.lint.reading.watching import size, state
from perftool.lint.reporting import Reporting
from perftool.workers.metrics import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from perftool.lint.found import Found
    from perftool.lint.whole_run import Kept
    from perftool.workers.metrics import Metrics


SMALL: Final = 4 << 20
"""Bytes of findings that are decoded at once."""


class Replay(Reporting):
    """A run that does as the ``kept`` one; see ``engine.Run``."""

    def __init__(self, kept: Kept) -> None:
        super().__init__([] if kept.run.size < SMALL else None)
        self._kept = kept
        self._run = kept.run
        self._states = kept.states

    def lint(self, _: Iterable[Found] = ()) -> None:
        """Report what was found, in the files of the run that was kept."""
        for name, reason in self._run.skipped:
            self.totals.skip(name, reason)
        for name, judged in self._kept.files():
            self.take(name, judged, unchanged=True)

    def reader(self, _: Iterable[Found] = ()) -> Callable[[str], bytes | None]:
        """Return what gives the bytes of a file by its name, as long as it is what it was in that run."""
        places = {found.name: found.path for found in self._run.found}

        def read(name: str) -> bytes | None:
            place = places.get(name, "")
            known = self._states.get(place)
            if not known:
                return None
            try:
                data = whole(place)
            except OSError:
                return None
            return data if len(data) == size(known) and state(place) == known else None

        return read

    def close(self) -> None:
        """Let go of the files."""
        self._kept.judged.close()
        super().close()

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

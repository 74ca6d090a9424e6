"""Lint any number of files: gather what is known of each, then conclude what is to be said of it.

The first half reads each file once and sends those that nobody knows yet to workers, which judge them too where their
findings stand whatever other files define (``gathering``). The second half adds up the definitions of all files,
judges the rest, and counts and keeps what was found (``concluding``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.lint.concluding import Conclusion
from perftool.lint.diagnosing import Diagnoser
from perftool.lint.gathering import LARGE, Gathering
from perftool.lint.limits import Limits, Schema
from perftool.lint.problems import PROBLEMS
from perftool.lint.reporting import Reporting
from perftool.lint.spill import Pile

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from perftool.events import Listener
    from perftool.lint.cache import Cache
    from perftool.lint.found import Found
    from perftool.lint.judged_file import JudgedFile
    from perftool.lint.reading.surroundings import Surroundings
    from perftool.lint.records import StatementRecord
    from perftool.lint.selection import Selection
    from perftool.lint.whole_run import Notes
    from perftool.lint.work import Work
    from perftool.workers.api import Executor
    from perftool.workers.metrics import Metrics

__all__ = ["LARGE", "Limits", "Run", "Schema"]


class Run(Reporting):
    """One run of the linter over files; to be closed."""

    def __init__(
        self,
        selection: Selection,
        cache: Cache,
        executor: Executor,
        listener: Listener,
        limits: Limits,
        salt: bytes,
        schema: Schema | None = None,
        surroundings: Surroundings | None = None,
    ) -> None:
        super().__init__()
        self._selection = selection
        self._surroundings = surroundings
        self._executor = executor
        self._listener = listener
        self._pile = Pile()
        self._gathering = Gathering(selection, cache, self._pile, listener, limits, salt, self.totals, surroundings)
        diagnoser = Diagnoser(selection.book(limits.runner))
        self._conclusion = Conclusion(
            self._gathering.entries,
            self._pile,
            cache,
            selection,
            diagnoser,
            limits,
            salt,
            schema,
            lambda entry: self._gathering.recover(entry, executor),
        )
        #: Takes what the next run may say again, where that is wanted.
        self.notes: Notes | None = None

    def lint(self, files: Iterable[Found]) -> None:
        """Lint ``files``; then ``diagnostics`` and ``totals`` hold what was found.

        raises: what the executor raises; a file that cannot be read is counted as skipped.
        """
        self._gathering.gather(files, self._executor)
        notes = self.notes
        lasting = True
        if notes is not None:
            notes.skipped = tuple((one.path, one.reason) for one in self.totals.skipped)
        # The project that is added up now takes the room that workers had.
        self._executor.rest()
        for name, judged, unchanged in self._conclusion.files(self._listener):
            if judged is None:
                self.totals.skip(name, "what the cache knew of it was lost, and it has changed since")
                lasting = False
                continue
            self.take(name, judged, unchanged=unchanged)
            if notes is not None:
                notes.take(name, judged)
        if notes is not None:
            notes.lasting &= lasting and self._gathering.lasting
            notes.looked_for = self._surroundings.looked_for if self._surroundings is not None else ()

    def look(self, name: str, data: bytes, work: Callable[[Work], StatementRecord]) -> JudgedFile:
        """Return what is found in ``data`` if it were the file called ``name``, after a run, in this process.

        ``work`` analyses one statement as a worker does. The project is that of the run. A template is read as it is:
        what dbt made of it would not be made of ``data``.
        raises: InputError when it cannot be text.
        """
        return self._conclusion.judged(self._gathering.assembled(name, data, work))

    def is_as_read(self, name: str, data: bytes) -> bool:
        """Say whether ``data`` is what the file called ``name`` held when it was looked at."""
        return self._gathering.is_as_read(name, data)

    def reader(self, files: Iterable[Found]) -> Callable[[str], bytes | None]:
        """Return what gives the bytes of one of ``files`` by its name, as long as they are those that were read."""
        places = {found.name: found for found in files}

        def read(name: str) -> bytes | None:
            found = places.get(name)
            if found is None:
                return None
            try:
                data = found.read()
            except OSError:
                return None
            return data if self.is_as_read(name, data) else None

        return read

    def was_compiled(self, name: str) -> bool:
        """Say whether a text that was made of the file called ``name`` was looked at in its place."""
        entry = self._gathering.entry(name)
        return entry is not None and entry.compiled

    @property
    def codes(self) -> Collection[str]:
        """The rules that run on some file."""
        return self._selection.rules.keys()

    def looks_for(self, code: str) -> bool:
        """Say whether the rule ``code`` runs on some file."""
        return code in self._selection.rules or code in PROBLEMS

    def metrics(self) -> Metrics:
        """Return what the workers have done."""
        return self._executor.metrics()

    def close(self) -> None:
        """Let go of the temporary files."""
        self._pile.close()
        if self.notes is not None:
            self.notes.close()
        super().close()

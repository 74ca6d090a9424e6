"""What of the findings of files is reported and counted, wherever they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.lint.totals import Totals

if TYPE_CHECKING:
    from collections.abc import Callable

    from perftool.lint.judged_file import JudgedFile
    from perftool.lint.spill import Spill
    from perftool.model.diagnostic import Diagnostic


class Reporting:
    """Counts and findings of one run; to be closed. They go to a temporary file unless there is a list for them."""

    def __init__(self, diagnostics: list[Diagnostic] | None = None) -> None:
        self.totals = Totals()
        #: What a finding must be to be reported; the others are not even counted.
        self.scope: Callable[[Diagnostic], bool] | None = None
        #: Whether a finding is known and does not count.
        self.known: Callable[[Diagnostic], bool] | None = None
        #: Every finding, in the order of files and lines.
        self.diagnostics: Spill[Diagnostic] | list[Diagnostic] = diagnostics if diagnostics is not None else _spill()

    def take(self, name: str, judged: JudgedFile, *, unchanged: bool) -> None:
        """Count the file called ``name`` and report what was found in it."""
        self.totals.add_file(name, judged, unchanged=unchanged)
        for one in judged.diagnostics:
            if self.scope is not None and not self.scope(one):
                continue
            if self.known is not None and self.known(one):
                self.totals.known += 1
                continue
            self.totals.add(one)
            self.diagnostics.append(one)

    def close(self) -> None:
        """Let go of the temporary file."""
        if not isinstance(self.diagnostics, list):
            self.diagnostics.close()


def _spill() -> Spill[Diagnostic]:
    from perftool.lint.spill import Spill
    from perftool.model.diagnostic import Diagnostic

    return Spill(Diagnostic)

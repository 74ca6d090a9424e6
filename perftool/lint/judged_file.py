"""What is kept of a file once its findings are judged: nothing that needs a parser to be read again."""

from __future__ import annotations

import msgspec

from perftool.model.diagnostic import Diagnostic


class JudgedFile(msgspec.Struct, frozen=True, array_like=True):
    """The findings of one file as they were judged, for the next run with the same file and project.

    ``left_out`` is what was not looked at; where that is all of it, the file counts as skipped. ``note`` says which
    text was read where there were two; ``outdated``: what dbt made of it is older than it is.
    """

    diagnostics: tuple[Diagnostic, ...]
    suppressed: int
    count: int
    opaque: int
    errors: int
    dialect: str
    reason: str
    sets: tuple[str, ...]
    size: int
    left_out: tuple[str, ...] = ()
    note: str = ""
    outdated: bool = False

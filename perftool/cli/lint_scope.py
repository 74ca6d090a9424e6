"""What of the findings counts, and the text that they stand in."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from perftool.model.diagnostic import Diagnostic

_LONGEST_LINE: Final = 1 << 16


def on_changed_lines(root: Path, revision: str) -> Callable[[Diagnostic], bool]:
    """Return the test whether a finding stands on lines that differ from ``revision``.

    raises: UsageError for an unknown revision, or where there is no repository.
    """
    from perftool.revisions.lines import changed_lines, touches

    changed = changed_lines(root, revision, os.environ)

    def stands(diagnostic: Diagnostic) -> bool:
        where = diagnostic.span
        if where is None or where.path not in changed:
            return False
        return touches(changed[where.path], where.line, max(where.line, where.end_line))

    return stands


class Texts:
    """The lines that findings stand in, read when they are shown, one file at a time.

    ``read`` returns the bytes of a file by its name in the report, None when it is not there any more or is not the
    one that was looked at.
    """

    def __init__(self, read: Callable[[str], bytes | None]) -> None:
        self._read = read
        self._name = ""
        self._data: bytes | None = None

    def quote(self, path: str, start: int, end: int) -> str | None:
        """Return the whole lines that the bytes ``start`` to ``end`` lie in; of many only the first.

        None for a line of more than 64 KiB: nobody reads it, and a file may have thousands of findings in it.
        """
        if path != self._name:
            self._name, self._data = path, self._read(path)
        data = self._data
        if data is None or start > len(data):
            return None
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return None
        least, end = max(0, start - _LONGEST_LINE), end if end - start <= _LONGEST_LINE else start
        most = min(len(data), end + _LONGEST_LINE)
        first = max(data.rfind(b"\n", least, start), data.rfind(b"\r", least, start)) + 1
        ends = [place for place in (data.find(b"\n", end, most), data.find(b"\r", end, most)) if place >= 0]
        if (not first and least) or (not ends and most < len(data)):
            return None
        last = min(ends) if ends else len(data)
        return data[first:last].decode("utf-8", "surrogateescape").removeprefix("\ufeff")

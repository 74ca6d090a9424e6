"""The lines and characters of a text as byte offsets."""

from __future__ import annotations

import bisect
import re
from array import array
from typing import TYPE_CHECKING, Final

from perftool.sql.splitter import UTF8_MARK

if TYPE_CHECKING:
    from perftool.sql.splitter import Buffer

_BREAK: Final = re.compile(rb"\r\n?|\n")


class Rows:
    """The lines of a buffer, without their breaks."""

    def __init__(self, buffer: Buffer) -> None:
        self.size = len(buffer)
        self.starts = array("q", [len(UTF8_MARK) if buffer[:3] == UTF8_MARK else 0])
        self.ends = array("q")
        for match in _BREAK.finditer(buffer):
            self.ends.append(match.start())
            self.starts.append(match.end())
        self.ends.append(self.size)

    def around(self, start: int, end: int) -> tuple[int, int]:
        """Return from where to where the lines go that ``start`` and ``end`` lie on."""
        first = max(bisect.bisect_right(self.starts, start) - 1, 0)
        last = max(bisect.bisect_right(self.starts, max(start, end - 1)) - 1, 0)
        return self.starts[first], max(self.ends[last], self.starts[first])

    def after(self, end: int) -> int:
        """Return where the line after the one that ends at ``end`` begins."""
        return self.starts[bisect.bisect_right(self.starts, end)] if end < self.starts[-1] else self.size


class Offsets:
    """Byte offsets of the characters of ``text``, which begins at the byte ``base``; asked in ascending order."""

    def __init__(self, text: str, base: int) -> None:
        self.text = text
        self.ascii = text.isascii()
        self.base = base
        self.character = 0
        self.byte = base

    def of(self, character: int) -> int:
        """Return where ``character`` begins."""
        if self.ascii:
            return self.base + character
        if character < self.character:
            self.character, self.byte = 0, self.base
        self.byte += len(self.text[self.character : character].encode("utf-8", "surrogateescape"))
        self.character = character
        return self.byte

"""A stretch of SQL in a file."""

from __future__ import annotations

from typing import Literal, NamedTuple

from perftool.lint.reading import filling


class Region(NamedTuple):
    """A stretch of SQL in a file, half-open byte offsets.

    ``replaced`` are ranges of the file inside it that hold no SQL, such as the fields of an f-string. With a
    ``reason`` the region was left out: it is SQL, but its text in the file is not what runs.
    """

    start: int
    end: int
    kind: Literal["sql", "python"] = "sql"
    replaced: tuple[tuple[int, int], ...] = ()
    reason: str = ""

    def text(self, data: bytes) -> bytes:
        """Return the SQL of this region of ``data``, as long as the region is: fields in it have become names."""
        text = bytearray(data[self.start : self.end])
        for start, end in self.replaced:
            text[start - self.start : end - self.start] = filling.letters(data[start:end])
        return bytes(text)

"""Line and column of a byte offset: the one place where perftool turns positions into what people read."""

from __future__ import annotations

import bisect
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from perftool.sql.splitter import Buffer

_UTF8_MARK: Final = b"\xef\xbb\xbf"
_STEP: Final = 1 << 20
_KEEP_EVERY: Final = 1 << 16


class Place(NamedTuple):
    """A place in a text: line and column from 1, the column in characters."""

    line: int
    column: int


FIRST: Final = Place(1, 1)


class Places:
    """Find the places of byte offsets in ``buffer``.

    Lines end with LF, CR LF or a lone CR. A byte order mark takes no column; a byte that is no UTF-8 takes one.
    Offsets asked in ascending order cost one pass over the text in all; others start from the nearest one before,
    of which one is kept for every 64 KiB. A ``buffer`` that is part of a text has its first ``place`` at ``start``.
    """

    def __init__(self, buffer: Buffer, start: int = 0, place: Place = FIRST) -> None:
        self._buffer = buffer
        if place is FIRST and start == 0 and buffer[:3] == _UTF8_MARK:
            start = 3
        self._offset = start
        self._place = place
        self._kept_offsets = [start]
        self._kept_places = [self._place]
        # A text whose lines all end with LF can be counted where they are.
        self._ascii = buffer.isascii()
        self._in_place = b"\r" not in buffer

    def find(self, offset: int) -> Place:
        """Return the place of the byte at ``offset``, which begins a character; past the end is the end."""
        offset = min(offset, len(self._buffer))
        if offset < self._offset:
            nearest = max(bisect.bisect_right(self._kept_offsets, offset) - 1, 0)
            self._offset, self._place = self._kept_offsets[nearest], self._kept_places[nearest]
        if self._in_place:
            if self._offset < offset:
                self._count(offset)
            return self._place
        while self._offset < offset:
            self._advance(min(offset, self._offset + _STEP))
        return self._place

    def _count(self, offset: int) -> None:
        """Go on to ``offset`` in one step, without a copy of what lies between."""
        buffer, start = self._buffer, self._offset
        line, column = self._place
        last = buffer.rfind(b"\n", start, offset)
        if last >= 0:
            line += buffer.count(b"\n", start, last) + 1
            column = 1
            start = last + 1
        column += offset - start if self._ascii else len(buffer[start:offset].decode("utf-8", "surrogateescape"))
        self._offset, self._place = offset, Place(line, column)
        if offset - self._kept_offsets[-1] >= _KEEP_EVERY:
            self._kept_offsets.append(offset)
            self._kept_places.append(self._place)

    def _advance(self, offset: int) -> None:
        chunk = self._buffer[self._offset : offset]
        # A step must not end inside CR LF or inside a character; only a step that is not the last can.
        if chunk.endswith(b"\r") and self._buffer[offset : offset + 1] == b"\n" and len(chunk) > 1:
            chunk = chunk[:-1]
        elif len(chunk) == _STEP:
            chunk = _whole_characters(chunk)
        line, column = self._place
        breaks = chunk.count(b"\n") + chunk.count(b"\r") - chunk.count(b"\r\n")
        if breaks:
            line += breaks
            column = 1
        last = max(chunk.rfind(b"\n"), chunk.rfind(b"\r")) + 1
        column += len(chunk[last:].decode("utf-8", "surrogateescape"))
        self._offset += len(chunk)
        self._place = Place(line, column)
        if self._offset - self._kept_offsets[-1] >= _KEEP_EVERY:
            self._kept_offsets.append(self._offset)
            self._kept_places.append(self._place)


def _whole_characters(chunk: bytes) -> bytes:
    """Drop the first bytes of a character at the end of ``chunk`` (at most three)."""
    for back in range(1, 4):
        byte = chunk[-back]
        if byte >= 0xC0:
            return chunk[:-back]
        if byte < 0x80:
            break
    return chunk

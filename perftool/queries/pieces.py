"""Text that an engine wrote, in pieces that end anywhere: its records whole, and counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Counted:
    """Passes records on and counts them: a record that is cut off by an error is never passed on.

    ``quoted`` is for CSV, where a line's end inside quotes ends no record; ``header`` is how many records are no rows.
    """

    def __init__(self, pieces: Iterable[bytes], *, quoted: bool, header: int = 0) -> None:
        self._pieces = pieces
        self._quoted = quoted
        self._records = -header

    @property
    def rows(self) -> int:
        """Return how many rows were passed on."""
        return max(self._records, 0)

    def __iter__(self) -> Iterator[bytes]:
        kept = b""
        for piece in self._pieces:
            data = kept + piece if kept else bytes(piece)
            end = self._end(data)
            if end:
                whole = data if end == len(data) else data[:end]
                self._records += self._count(whole)
                yield whole
            kept = data[end:]
        if kept:
            self._records += 1
            yield kept

    def _end(self, data: bytes) -> int:
        """Return where the last whole record ends."""
        end = data.rfind(b"\n") + 1
        if self._quoted:
            # A record begins outside quotes, so an odd number of them up to here means: inside.
            while end and data.count(b'"', 0, end) % 2:
                end = data.rfind(b"\n", 0, end - 1) + 1
        return end

    def _count(self, data: bytes) -> int:
        if not self._quoted or b'"' not in data:
            return data.count(b"\n")
        return b"".join(data.split(b'"')[::2]).count(b"\n")

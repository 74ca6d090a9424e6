"""Numbers by their place in a list of any length, of which a few pieces are in memory and the rest in a file."""

from __future__ import annotations

import tempfile
from array import array
from collections import OrderedDict
from typing import IO, Final

from perftool.errors import OutputError

_EACH: Final = 8
_ENTRIES: Final = 8192
_PIECES: Final = 64


class Digests:
    """Numbers of eight bytes; 0 stands wherever none was put.

    Places are best asked for nearly in their order: what lies far apart costs a look into the file each time.
    ``entries`` numbers make a piece, ``pieces`` of them are in memory. raises: OutputError when the disk is full.
    """

    def __init__(self, entries: int = _ENTRIES, pieces: int = _PIECES) -> None:
        self._entries = entries
        self._most = pieces
        self._length = 0
        self._file: IO[bytes] | None = None
        self._pieces: OrderedDict[int, array[int]] = OrderedDict()
        self._changed: set[int] = set()

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, place: int) -> int:
        if place >= self._length:
            return 0
        number, index = divmod(place, self._entries)
        return self._piece(number)[index]

    def __setitem__(self, place: int, value: int) -> None:
        number, index = divmod(place, self._entries)
        self._piece(number)[index] = value
        self._changed.add(number)
        self._length = max(self._length, place + 1)

    def close(self) -> None:
        """Let the file go."""
        if self._file is not None:
            self._file.close()

    def _piece(self, number: int) -> array[int]:
        piece = self._pieces.get(number)
        if piece is None:
            piece = self._pieces[number] = self._read(number)
            if len(self._pieces) > self._most:
                self._put_away(*self._pieces.popitem(last=False))
        return piece

    def _read(self, number: int) -> array[int]:
        data = b""
        if self._file is not None:
            self._file.seek(number * self._entries * _EACH)
            data = self._file.read(self._entries * _EACH)
        return array("Q", data.ljust(self._entries * _EACH, b"\0"))

    def _put_away(self, number: int, piece: array[int]) -> None:
        if number not in self._changed:
            return
        self._changed.remove(number)
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="perftool-", buffering=0)  # noqa: SIM115  goes with the process
            self._file.seek(number * self._entries * _EACH)
            left = memoryview(piece).cast("B")
            while left:
                left = left[self._file.write(left) :]
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise OutputError(
                f"cannot write a temporary file: {reason}", hint="set TMPDIR to where there is room"
            ) from error

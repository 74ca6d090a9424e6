"""Open inputs and count what is read of them, and how long the system took to give it."""

from __future__ import annotations

import io
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from perftool.sql.opening import opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from perftool.sql.source import Source
    from perftool.sql.stretches import Stretched

_PIECE: Final = 1 << 17


class Tap:
    """What was opened and read: ``items`` inputs, ``bytes`` of them, ``busy_s`` until they were there.

    A file of 8 MiB and more is read while it is cut, which nothing tells apart: its bytes count, its time does not.
    """

    def __init__(self) -> None:
        self.items = 0
        self.bytes = 0
        self.busy_s = 0.0

    def open(self, path: Path) -> BinaryIO:
        """Open a file of lines; raises: OSError."""
        began = time.monotonic()
        file = _Counted(path, self)
        self.busy_s += time.monotonic() - began
        self.items += 1
        return cast("BinaryIO", io.BufferedReader(file, _PIECE))

    @contextmanager
    def source(self, path: Path, name: str) -> Iterator[Source | Stretched]:
        """Open a file of SQL for the time of a ``with`` block; raises: InputError."""
        began = time.monotonic()
        with opened(path, name=name) as source:
            self.busy_s += time.monotonic() - began
            self.items += 1
            self.bytes += source.size
            yield source


class _Counted(io.FileIO):
    """A file that tells ``tap`` what is read of it."""

    def __init__(self, path: Path, tap: Tap) -> None:
        super().__init__(path, "rb")
        self._tap = tap

    def readinto(self, buffer: Any, /) -> int | None:
        """Read into ``buffer`` what the system gives at once."""
        began = time.monotonic()
        size = super().readinto(buffer)
        self._tap.busy_s += time.monotonic() - began
        self._tap.bytes += size or 0
        return size

"""A file to look at, and how it is read: whole, if it still is a file."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Final, NamedTuple

_AT_ONCE: Final = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class Found(NamedTuple):
    """A file: where it is, how a report calls it, and the reason when it cannot be read.

    ``data`` is what it holds where that was read already (standard input).
    """

    path: Path
    name: str
    reason: str = ""
    data: bytes | None = None

    def read(self) -> bytes:
        """Return what it holds; raises: OSError when it cannot be read."""
        return whole(self.path) if self.data is None else self.data


def whole(path: Path | str) -> bytes:
    """Return what a file holds, if it still is one: a pipe in its place would be waited for, a device never end."""
    descriptor = os.open(path, os.O_RDONLY | _AT_ONCE)
    try:
        told = os.fstat(descriptor)
        if stat.S_ISDIR(told.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(told.st_mode):
            raise OSError(errno.EINVAL, "no longer a file")
        # One byte more than it has: less comes back only at its end, so that most files take one call.
        wanted = told.st_size + 1
        data = os.read(descriptor, wanted)
        if len(data) == told.st_size:
            return data
        parts = [data]
        while parts[-1]:
            parts.append(os.read(descriptor, wanted))
        return b"".join(parts)
    finally:
        os.close(descriptor)

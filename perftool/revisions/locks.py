"""Locks that end with their owner, however it ends: the system drops them with the process."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self


class Lock:
    """A held lock on a file, which stays where it is: removing it would let two owners hold two files."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        """Give the lock back; harmless when it was."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


def acquire(path: Path) -> Lock | None:
    """Return the lock on the file ``path``, which is made when missing; None while another process holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        _take(descriptor)
        # Whoever removed the file with its folder meanwhile leaves a lock on nothing.
        if os.fstat(descriptor).st_ino == path.stat().st_ino:
            return Lock(descriptor)
    except OSError:
        pass
    os.close(descriptor)
    return None


def _take(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

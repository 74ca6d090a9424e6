"""Locks that end with their owner, however it ends: the system drops them with the process."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from perftool.errors import OutputError

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
    """Return the lock on the file ``path``, which is made when missing; None while another process holds it.

    raises: OutputError where nothing can be written, or nothing locked.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise _refused("make", path, error) from error
    try:
        _take(descriptor)
        # Whoever removed the file with its folder meanwhile leaves a lock on nothing.
        if os.fstat(descriptor).st_ino == path.stat().st_ino:
            return Lock(descriptor)
    except (BlockingIOError, FileNotFoundError, PermissionError):
        pass
    except OSError as error:
        os.close(descriptor)
        raise _refused("lock", path, error) from error
    os.close(descriptor)
    return None


def _refused(what: str, path: Path, error: OSError) -> OutputError:
    reason = (error.strerror or str(error)).lower()
    return OutputError(f"cannot {what} {path}: {reason}", hint="it must be a local folder that you own")


def _take(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

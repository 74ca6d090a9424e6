"""A file that is written piece by piece and takes its name only when it is whole."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from perftool.store.atomic import beside, refused, take_name

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO


class Replacement:
    """Writes beside ``path`` and replaces it at the end; missing folders are made. A device or pipe is written itself.

    raises: OutputError from every method, saying why; the old file is then untouched.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._temporary: Path | None = None
        try:
            self._target = path.resolve()
            if self._target.exists() and not self._target.is_file():
                self._file: BinaryIO = self._target.open("wb", buffering=0)
                return
            self._target.parent.mkdir(parents=True, exist_ok=True)
            self._temporary = beside(self._target)
            self._file = self._temporary.open("wb", buffering=0)
        except OSError as error:
            raise refused(path, error) from error

    @property
    def direct(self) -> bool:
        """Say whether what is written is there at once, and cannot be taken back."""
        return self._temporary is None

    def fileno(self) -> int:
        """Return the descriptor that is written to."""
        return self._file.fileno()

    def write(self, data: bytes) -> None:
        """Write ``data``; BrokenPipeError passes where it is a pipe whose reader has gone."""
        view = memoryview(data)
        try:
            while view:
                view = view[self._file.write(view) :]
        except BrokenPipeError:
            raise
        except OSError as error:
            raise refused(self.path, error) from error

    def restart(self) -> None:
        """Forget what was written."""
        self._file.seek(0)
        self._file.truncate()

    def commit(self) -> None:
        """Take the name."""
        try:
            if self._temporary is not None:
                os.fsync(self._file.fileno())
            self._file.close()
            if self._temporary is not None:
                take_name(self._temporary, self._target)
                self._temporary = None
        except OSError as error:
            raise refused(self.path, error) from error

    def discard(self, kept: Path | None = None) -> None:
        """Remove what was written, or leave it as ``kept``; does nothing behind ``commit``."""
        self._file.close()
        if self._temporary is None:
            return
        temporary, self._temporary = self._temporary, None
        try:
            if kept is None:
                temporary.unlink(missing_ok=True)
            else:
                temporary.replace(kept)
        except OSError as error:
            raise refused(kept or self.path, error) from error

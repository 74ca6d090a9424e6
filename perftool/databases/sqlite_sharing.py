"""Which SQLite files this process has open, so that another copy of SQLite has a file to itself.

ADBC's driver brings a SQLite of its own. Two copies in one process do not see each other's locks, closing a file in one
drops those of the other, and one may truncate the shared memory of the write-ahead log under the other.
source: sqlite.org, "How To Corrupt An SQLite Database File", section 2.2.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

from perftool.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator


class Files:
    """Sessions by file; what opens one without saying so is not known here."""

    def __init__(self) -> None:
        self._sessions: Counter[str] = Counter()
        self._alone: set[str] = set()
        self._changed = threading.Condition()

    def enter(self, path: str, patience_s: float) -> None:
        """Count a session, once nobody has the file alone.

        raises: UnavailableError when that takes longer than ``patience_s``.
        """
        name = os.path.realpath(path)
        with self._changed:
            if not self._changed.wait_for(lambda: name not in self._alone, patience_s):
                raise UnavailableError(
                    f"{os.path.basename(path)} is being read as Arrow in this process",
                    hint="finish that first: two copies of SQLite must not share a file",
                )
            self._sessions[name] += 1

    def leave(self, path: str) -> None:
        """Forget a session."""
        with self._changed:
            self._sessions[os.path.realpath(path)] -= 1

    @contextmanager
    def alone(self, path: str) -> Iterator[None]:
        """Let the one session of a file have it for another copy of SQLite; who opens it meanwhile waits.

        raises: UnavailableError where there are several.
        """
        name = os.path.realpath(path)
        with self._changed:
            if self._sessions[name] != 1 or name in self._alone:
                raise UnavailableError("Arrow needs a SQLite file to itself, and this process has it open elsewhere")
            self._alone.add(name)
        try:
            yield
        finally:
            with self._changed:
                self._alone.discard(name)
                self._changed.notify_all()


FILES = Files()

"""What has been worked once in a run, so that an equal statement is not worked again."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from perftool.batch.entries import Work

ROOM: Final = 64 << 20
"""Bytes that remembered results may take."""

_ALONE: Final = 600


class Known:
    """Work by the digest of its text; the one that was asked for longest ago is forgotten first."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._taken = 0
        self._works: OrderedDict[bytes, Work] = OrderedDict()

    def get(self, digest: bytes) -> Work | None:
        """Return the work on a text that is known, finished or not."""
        found = self._works.get(digest)
        if found is not None:
            self._works.move_to_end(digest)
        return found

    def add(self, digest: bytes, work: Work) -> None:
        """Remember work that begins now."""
        self._works[digest] = work
        self._taken += _ALONE
        self._trim()

    def grown(self, digest: bytes, work: Work) -> None:
        """Count the result of work that has finished."""
        if self._works.get(digest) is work:
            self._taken += work.size
            self._trim()

    def _trim(self) -> None:
        while self._taken > self._room and self._works:
            _, work = self._works.popitem(last=False)
            self._taken -= _ALONE + work.size

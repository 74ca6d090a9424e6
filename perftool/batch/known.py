"""What has been worked once in a run, so that an equal statement is not worked again."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

import msgspec

from perftool.batch.entries import Work
from perftool.batch.worker import Done

ROOM: Final = 64 << 20
"""Bytes that remembered results may take."""

#: What a digest and a result take beside the result's own bytes.
_ALONE: Final = 320


class _Result(msgspec.Struct, frozen=True, gc=False):
    """What is left of work when it is finished: as much as another line of it needs."""

    status: str
    result: bytes | None
    error: str
    error_line: int
    error_column: int

    @property
    def size(self) -> int:
        return _ALONE + len(self.result or b"") + len(self.error)


class Known:
    """Work by the digest of its text; the result that was asked for longest ago is forgotten first.

    Work that is under way counts for nothing here: there is never more of it than the workers are given.
    """

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._taken = 0
        self._under_way: dict[bytes, Work] = {}
        self._results: OrderedDict[bytes, _Result] = OrderedDict()

    def get(self, digest: bytes) -> Work | None:
        """Return the work on a text that is known, finished or not."""
        kept = self._results.get(digest)
        if kept is None:
            return self._under_way.get(digest)
        self._results.move_to_end(digest)
        return Work(kept.status, Done(kept.result, kept.error, kept.error_line, kept.error_column))

    def add(self, digest: bytes, work: Work) -> None:
        """Remember work that begins now."""
        self._under_way[digest] = work

    def finish(self, digest: bytes) -> None:
        """Keep no more than the result of work that has finished; nothing of what was given up."""
        work = self._under_way.pop(digest, None)
        if work is None or work.status in ("", "cancelled"):
            return
        done = work.done
        kept = _Result(work.status, done.result, done.error, done.error_line, done.error_column)
        self._results[digest] = kept
        self._taken += kept.size
        while self._taken > self._room and self._results:
            _, oldest = self._results.popitem(last=False)
            self._taken -= oldest.size

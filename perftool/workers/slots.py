"""Memory that a worker and its parent share: what runs since when, and results not sent yet.

A killed worker cannot say what it was doing. So it writes that down first, for some hundred nanoseconds an item, and
keeps each result here until the socket has taken it: what was finished is neither lost nor done again.
"""

from __future__ import annotations

import mmap
import os
import tempfile
from typing import Final

JOURNAL_BYTES: Final = 64 * 1024
_HEADER_BYTES: Final = 64  # a cache line of its own for each worker
_STRIDE: Final = _HEADER_BYTES + JOURNAL_BYTES
_NUMBER, _STARTED, _USED = range(3)


class Slot:
    """The part of one worker. Words are written whole, each by one side only."""

    __slots__ = ("_journal", "_words")

    def __init__(self, words: memoryview, journal: memoryview) -> None:
        self._words = words
        self._journal = journal

    def begin(self, number: int, now: int) -> None:
        """Write down that the ``number``-th item begins at ``now`` (monotonic nanoseconds)."""
        words = self._words
        words[_STARTED] = 0
        words[_NUMBER] = number
        words[_STARTED] = now

    def end(self) -> None:
        """Write down that nothing runs."""
        self._words[_STARTED] = 0

    def running(self) -> tuple[int, int]:
        """Return the number of the item begun last and when, 0 when it has ended."""
        words = self._words
        while True:
            started, number = words[_STARTED], words[_NUMBER]
            if words[_STARTED] == started:
                return number, started

    def keep(self, frame: bytes | bytearray) -> bool:
        """Keep a message until it is sent; False when there is no room."""
        used = self._words[_USED]
        end = used + len(frame)
        if end > JOURNAL_BYTES:
            return False
        self._journal[used:end] = frame
        self._words[_USED] = end  # after the message: what is counted is whole
        return True

    def kept(self) -> memoryview:
        """Return what is kept."""
        return self._journal[: self._words[_USED]]

    def sent(self) -> None:
        """Forget what is kept."""
        self._words[_USED] = 0

    def reset(self) -> None:
        """Make it fit for another worker."""
        for word in (_STARTED, _NUMBER, _USED):
            self._words[word] = 0

    def release(self) -> None:
        """Let go of the memory, so that it can be closed."""
        self._words.release()
        self._journal.release()


class Slots:
    """``count`` slots in the file behind ``descriptor``, which may be closed afterwards."""

    def __init__(self, descriptor: int, count: int) -> None:
        self._map = mmap.mmap(descriptor, count * _STRIDE)
        self._view = memoryview(self._map)
        self._slots = [self._cut(place) for place in range(count)]

    def __getitem__(self, place: int) -> Slot:
        return self._slots[place]

    def close(self) -> None:
        """Unmap it all; slots taken from here are dead then."""
        for slot in self._slots:
            slot.release()
        self._view.release()
        self._map.close()

    def _cut(self, place: int) -> Slot:
        start = place * _STRIDE
        header = self._view[start : start + _HEADER_BYTES]
        words = header.cast("Q")
        header.release()
        return Slot(words, self._view[start + _HEADER_BYTES : start + _STRIDE])


def shared_file(count: int) -> int:
    """Return the descriptor of a nameless file with room for ``count`` slots."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("perftool-workers")
    else:
        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    os.ftruncate(descriptor, count * _STRIDE)
    return descriptor

"""Cut a stream of bytes into messages: four bytes of length, then so many bytes."""

from __future__ import annotations

import struct
from typing import Final

_LENGTH: Final = struct.Struct("<I")
LONGEST: Final = 2**32 - 1


def framed(body: bytes) -> bytes:
    """Return ``body`` with its length before it.

    raises: ValueError for 4 GiB or more.
    """
    if len(body) > LONGEST:
        raise ValueError(f"a message of {len(body):,} bytes is longer than 4 GiB")
    return _LENGTH.pack(len(body)) + body


class Frames:
    """Collects what arrives and gives back whole messages; pieces may be cut anywhere."""

    __slots__ = ("_buffer", "_wanted")

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._wanted = _LENGTH.size

    def feed(self, data: bytes | memoryview) -> list[bytes]:
        """Return the messages that ``data`` completes, in order."""
        buffer = self._buffer
        buffer += data
        size = len(buffer)
        if size < self._wanted:
            return []  # a long message in many pieces is looked at once
        found: list[bytes] = []
        at = 0
        wanted = _LENGTH.size
        with memoryview(buffer) as view:
            while size - at >= _LENGTH.size:
                (length,) = _LENGTH.unpack_from(view, at)
                wanted = _LENGTH.size + length
                if size - at < wanted:
                    break
                found.append(view[at + _LENGTH.size : at + wanted].tobytes())
                at += wanted
                wanted = _LENGTH.size
        del buffer[:at]
        self._wanted = wanted
        return found

    @property
    def pending(self) -> int:
        """Return the bytes of an unfinished message."""
        return len(self._buffer)

"""Cut a stream of bytes into messages: four bytes of length, then so many bytes of msgpack."""

from __future__ import annotations

import struct
from typing import Final

import msgspec

_LENGTH: Final = struct.Struct("<I")
LONGEST: Final = 2**32 - 1

_encode_into: Final = msgspec.msgpack.Encoder().encode_into


def framed(message: object) -> bytearray:
    """Return ``message`` as msgpack with its length before it.

    raises: ValueError for 4 GiB or more, TypeError for what msgpack cannot hold.
    """
    frame = bytearray(_LENGTH.size)
    _encode_into(message, frame, _LENGTH.size)
    length = len(frame) - _LENGTH.size
    if length > LONGEST:
        raise ValueError(f"a message of {length:,} bytes is longer than 4 GiB")
    _LENGTH.pack_into(frame, 0, length)
    return frame


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

"""The wire format of protocol buffers, as far as pprof files use it: varints, and fields that have a length.

source: Protocol Buffers Documentation, "Encoding" (protobuf.dev/programming-guides/encoding).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

VARINT: Final = 0
_FIXED64: Final = 1
LENGTH: Final = 2
_FIXED32: Final = 5
_WIDTHS: Final = {_FIXED64: 8, _FIXED32: 4}

_MOST: Final = (1 << 63) - 1
_LEAST: Final = -(1 << 63)
_MASK: Final = (1 << 64) - 1
_LONGEST_VARINT: Final = 10


class DamagedError(ValueError):
    """Bytes that are no message; ``at`` is the offset of the first byte that does not fit."""

    def __init__(self, at: int, what: str) -> None:
        super().__init__(f"byte {at}: {what}")
        self.at = at
        self.what = what


def varint(value: int) -> bytes:
    """Return ``value`` in 7 bits a byte, the lowest first; a negative one as the 64 bits of its two's complement.

    raises: OverflowError when it needs more than 64 bits with its sign.
    """
    if not _LEAST <= value <= _MOST:
        raise OverflowError(f"{value} does not fit into 64 bits")
    rest = value & _MASK
    out = bytearray()
    while rest > 0x7F:
        out.append(rest & 0x7F | 0x80)
        rest >>= 7
    out.append(rest)
    return bytes(out)


def number(field: int, value: int) -> bytes:
    """Return a field with a number; nothing for 0, which is what a field is when it is not there."""
    return varint(field << 3 | VARINT) + varint(value) if value else b""


def block(field: int, data: bytes) -> bytes:
    """Return a field with bytes: a string, a message or packed numbers."""
    return varint(field << 3 | LENGTH) + varint(len(data)) + data


def packed(values: Iterable[int]) -> bytes:
    """Return the numbers one after the other, as a packed field holds them."""
    return b"".join(map(varint, values))


def fields(data: bytes, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield the fields of the message in ``data[start:end]`` as (number, first, second).

    For a number, ``first`` is its value without sign and ``second`` is -1; for bytes they are where these begin and
    end. Numbers of fixed width, which pprof does not use, are passed over.
    raises: DamagedError.
    """
    at = start
    while at < end:
        began = at
        tag, at = _varint(data, at, end)
        field, wire = tag >> 3, tag & 7
        if not field:
            raise DamagedError(began, "a field has the number 0")
        if wire == VARINT:
            value, at = _varint(data, at, end)
            yield field, value, -1
        elif wire == LENGTH:
            size, at = _varint(data, at, end)
            if size > end - at:
                raise DamagedError(began, f"a field of {size} bytes does not fit into the {end - at} that are left")
            yield field, at, at + size
            at += size
        elif wire in _WIDTHS:
            at += _WIDTHS[wire]
            if at > end:
                raise DamagedError(began, "a field is cut off")
        else:
            raise DamagedError(began, f"no field has the wire type {wire}")


def numbers(data: bytes, first: int, second: int) -> list[int]:
    """Return what one field adds to repeated numbers: a single one, or those packed in ``data[first:second]``.

    raises: DamagedError.
    """
    if second < 0:
        return [first]
    found: list[int] = []
    at = first
    while at < second:
        byte = data[at]
        if byte < 0x80:
            found.append(byte)
            at += 1
        else:
            value, at = _varint(data, at, second)
            found.append(value)
    return found


def signed(value: int) -> int:
    """Return the number that 64 bits of two's complement stand for."""
    return value - (1 << 64) if value > _MOST else value


def _varint(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Return the number that begins at ``at`` and where it ends."""
    value = shift = 0
    for here in range(at, min(end, at + _LONGEST_VARINT)):
        byte = data[here]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & _MASK, here + 1
        shift += 7
    raise DamagedError(at, "a number is cut off" if end - at < _LONGEST_VARINT else "a number has no end")

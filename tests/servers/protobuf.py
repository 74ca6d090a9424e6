"""As much of protobuf's wire format as Flight SQL's commands need: numbers and bytes, no schema."""

from __future__ import annotations

VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5


def parsed(data: bytes) -> dict[int, int | bytes]:
    """Return the fields of a message by number; of one that comes twice, the last."""
    fields: dict[int, int | bytes] = {}
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, kind = key >> 3, key & 7
        if kind == VARINT:
            fields[number], at = _varint(data, at)
        elif kind == LENGTH:
            size, at = _varint(data, at)
            fields[number], at = data[at : at + size], at + size
        else:
            at += 8 if kind == FIXED64 else 4
    return fields


def message(fields: dict[int, int | bytes]) -> bytes:
    """Return the bytes of a message."""
    parts = []
    for number, value in fields.items():
        if isinstance(value, int):
            parts.append(_number(number << 3 | VARINT) + _number(value))
        else:
            parts.append(_number(number << 3 | LENGTH) + _number(len(value)) + value)
    return b"".join(parts)


def any_of(data: bytes) -> tuple[str, dict[int, int | bytes]]:
    """Return the name and the fields of the message that an Any holds."""
    outer = parsed(data)
    url, inner = outer.get(1, b""), outer.get(2, b"")
    assert isinstance(url, bytes)
    assert isinstance(inner, bytes)
    return url.decode().rsplit(".", 1)[-1], parsed(inner)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def _number(value: int) -> bytes:
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    parts.append(value)
    return bytes(parts)

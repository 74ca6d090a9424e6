"""The wrapping of a value in a store that others can write to: whose it is, until when, and whether it is whole."""

from __future__ import annotations

import math
import struct
import zlib
from typing import Final

from perftool.caching.api import Kept

_MARK: Final = b"perftool\x01"
_HEAD: Final = struct.Struct(">8sBdI")


class RefusedError(ValueError):
    """What was found is not ours, or is damaged."""


def seal(value: bytes, expires: float | None) -> bytes:
    """Return ``value`` with its head; ``expires`` is in seconds of the epoch."""
    end = math.inf if expires is None else expires
    return _HEAD.pack(_MARK[:8], _MARK[8], end, _check(value, end)) + value


def unseal(sealed: object) -> Kept:
    """Return what ``seal`` was given.

    The checksum finds damage and foreign values, not forgery: whoever may write to the store can put any result
    there, but never code, as values are data in every encoding.
    raises: RefusedError for anything else, whatever it is.
    """
    if not isinstance(sealed, bytes) or len(sealed) < _HEAD.size:
        raise RefusedError("no value of perftool")
    mark, version, end, check = _HEAD.unpack_from(sealed)
    value = sealed[_HEAD.size :]
    if bytes((*mark, version)) != _MARK or math.isnan(end) or check != _check(value, end):
        raise RefusedError("no value of perftool")
    return Kept(value, None if end == math.inf else end)


def _check(value: bytes, end: float) -> int:
    return zlib.crc32(value, zlib.crc32(struct.pack(">d", end)))

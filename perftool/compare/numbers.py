"""Numbers as Go benchmark text writes them, where Python's own parsers are too kind or too strict."""

from __future__ import annotations

import math
from typing import Final

INVALID: Final = "invalid syntax"
OUT_OF_RANGE: Final = "value out of range"

_INT_MIN: Final = -(2**63)
_INT_MAX: Final = 2**63 - 1


def parse_count(text: bytes) -> int:
    """Return the 64-bit integer ``text``: an optional sign and ASCII digits, nothing else.

    raises: ValueError saying ``invalid syntax`` or ``value out of range``.
    """
    digits = text[1:] if text[:1] in (b"+", b"-") else text
    if not digits.isdigit():
        raise ValueError(INVALID)
    # int() refuses thousands of digits with a message of its own; nothing that long is in range anyway.
    significant = digits.lstrip(b"0") or b"0"
    if len(significant) > len(str(_INT_MAX)):
        raise ValueError(OUT_OF_RANGE)
    value = -int(significant) if text[:1] == b"-" else int(significant)
    if not _INT_MIN <= value <= _INT_MAX:
        raise ValueError(OUT_OF_RANGE)
    return value


def parse_float(text: bytes) -> float:
    """Return the double ``text``: decimal or hexadecimal with exponent, underscores between digits, inf, nan.

    raises: ValueError saying ``invalid syntax`` or ``value out of range``.
    source: Go strconv.ParseFloat (documented syntax)
    """
    lower = text.lower()
    if b"0x" in lower[:3]:
        return _parse_hex(lower)
    if lower in (b"+nan", b"-nan"):
        raise ValueError(INVALID)
    try:
        value = float(text)
    except ValueError:
        raise ValueError(INVALID) from None
    if text != text.strip():
        raise ValueError(INVALID)
    if math.isinf(value) and b"inf" not in lower:
        raise ValueError(OUT_OF_RANGE)
    return value


def _parse_hex(text: bytes) -> float:
    import re

    if not re.fullmatch(rb"[+-]?0x(_?[0-9a-f]+)*(\.([0-9a-f]+(_[0-9a-f]+)*)?)?p[+-]?[0-9]+(_[0-9]+)*", text):
        raise ValueError(INVALID)
    mantissa = text.partition(b"x")[2].partition(b"p")[0]
    if not mantissa.strip(b"._"):
        raise ValueError(INVALID)
    try:
        value = float.fromhex(text.replace(b"_", b"").decode("ascii"))
    except OverflowError:
        raise ValueError(OUT_OF_RANGE) from None
    return value

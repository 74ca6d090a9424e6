"""Values of rows as what JSON has a word for; everything else as a text that says what it is."""

from __future__ import annotations

import math
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.model.query import Value

# JSON's readers take whole numbers as 64 bits, most as 53; what is longer stays exact as text.
_LARGEST: Final = 2**63 - 1


def plain(value: Any) -> Value:
    """Return ``value`` as a report holds it: numbers, texts, booleans and None as they are, others as text.

    Bytes are ``x'00ff'``, times ISO 8601 with a blank, decimals their digits, NaN and infinities their names, arrays
    and documents JSON.
    """
    if value is None or type(value) in (str, bool):
        return value  # type: ignore[no-any-return]
    if type(value) is int:
        return value if -_LARGEST <= value <= _LARGEST else str(value)
    if type(value) is float:
        return value if math.isfinite(value) else _not_finite(value)
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return f"x'{bytes(value).hex()}'"
    if isinstance(value, list | tuple | dict | set | frozenset):
        return msgspec.json.encode(_nested(value)).decode()
    return str(value)


def _nested(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(plain(key)): _nested(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_nested(inner) for inner in value]
    return plain(value)


def _not_finite(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def plain_rows(rows: Sequence[Sequence[Any]]) -> list[list[Value]]:
    """Return rows as JSON arrays may hold them."""
    return [[plain(value) for value in row] for row in rows]


class Meter:
    """Measures rows as JSON, and gives them: bytes of their arrays, without what stands between them."""

    def __init__(self) -> None:
        self._encoder = msgspec.json.Encoder(enc_hook=_text, decimal_format="string")

    def encoded(self, rows: Sequence[Sequence[Any]]) -> bytes:
        """Return ``rows`` as a JSON array of arrays."""
        try:
            return self._encoder.encode(rows)
        except (OverflowError, TypeError, UnicodeEncodeError, ValueError):
            # A whole number of more than 64 bits, a key that is no text, half of a pair.
            return msgspec.json.encode(_writable(plain_rows(rows)))


def _writable(rows: list[list[Value]]) -> list[list[Value]]:
    return [[v.encode("utf-8", "backslashreplace").decode() if isinstance(v, str) else v for v in row] for row in rows]

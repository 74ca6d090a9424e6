"""How values are written that JSON and CSV have no word for: the same on every way out of a database."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from perftool.databases.api import Column, Row

#: What the encoder writes as it should be: NaN and infinity as null, times in ISO 8601.
_PLAIN: Final = frozenset(
    {
        type(None), bool, int, float, str, dt.datetime, dt.date, dt.time, dt.timedelta,
        uuid.UUID,
    }
)  # fmt: skip
_ENCODER: Final = msgspec.json.Encoder(decimal_format="number", enc_hook=str)


def unique(columns: Sequence[Column]) -> list[str]:
    """Return the columns' names; a name that comes again is numbered, since an object has each key once."""
    taken = {column.name for column in columns}
    seen: set[str] = set()
    found = []
    for column in columns:
        name, number = column.name, 2
        while name in seen or (name != column.name and name in taken):
            name, number = f"{column.name}_{number}", number + 1
        seen.add(name)
        found.append(name)
    return found


def json_value(value: Any) -> Any:
    """Return what stands for ``value`` in JSON, as something that the encoder writes so.

    Bytes are lower-case hexadecimal digits, decimals numbers with all their digits, without end or not a number null.
    """
    kind = type(value)
    if kind in _PLAIN:
        return value
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if isinstance(value, (bytes, bytearray, memoryview)):
        return value.hex()
    if isinstance(value, dict):
        return {str(key): json_value(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [json_value(one) for one in value]
    return value if isinstance(value, (str, int, float)) else str(value)


def json_text(value: Any) -> str:
    """Write one value as JSON."""
    return _ENCODER.encode(json_value(value)).decode()


def csv_value(value: Any) -> Any:
    """Return what stands for ``value`` in a field of CSV, so that ``str`` of it is the field's text.

    Truth is true and false, bytes are hexadecimal digits, durations ISO 8601, nested values JSON.
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (bytes, bytearray, memoryview)):
        return value.hex()
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() else str(float(value))
    if isinstance(value, dt.timedelta):
        return json_text(value).strip('"')
    if isinstance(value, (dict, list, tuple, set, frozenset)):
        return json_text(value)
    return value


def mapped(rows: Iterable[Row], simple: frozenset[type], convert: Callable[[Any], Any]) -> Iterable[Row]:
    """Return ``rows`` with ``convert`` done to the columns that hold anything but ``simple`` types."""
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    odd = [number for number, values in enumerate(columns) if not simple.issuperset(map(type, values))]
    if not odd:
        return rows
    for number in odd:
        columns[number] = [convert(value) for value in columns[number]]
    return zip(*columns, strict=True)


class Lines:
    """Writes rows as JSON objects, one a line."""

    def __init__(self, columns: Sequence[Column]) -> None:
        names = unique(columns)
        # A struct is encoded several times as fast as a dictionary, but takes no name that needs an escape.
        plain = all(name and name.isprintable() and not {'"', "\\"} & set(name) for name in names)
        self._made: Callable[..., Any]
        if plain:
            fields = [f"c{number}" for number in range(len(names))]
            self._made = msgspec.defstruct("Row", fields, rename=dict(zip(fields, names, strict=True)), gc=False)
        else:
            self._made = lambda *values: dict(zip(names, values, strict=True))

    def encode(self, rows: Iterable[Row]) -> bytes:
        """Return the lines of ``rows``, each with its end."""
        made = self._made
        return _ENCODER.encode_lines([made(*row) for row in mapped(rows, _PLAIN, json_value)])

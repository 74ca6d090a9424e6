"""Values on their way into MariaDB and MySQL, and the names of their types on the way out."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Callable

#: By the number that the protocol gives a type; text and bytes share numbers and differ in their character set.
_TYPES: Final = {
    **dict(enumerate(("decimal", "tinyint", "smallint", "int", "float", "double", "null", "timestamp"))),
    **dict(enumerate(("bigint", "mediumint", "date", "time", "datetime", "year"), start=8)),
    **dict(enumerate(("varchar", "bit"), start=15)),
    **dict(enumerate(("json", "decimal", "enum", "set", "text", "text", "text", "text"), start=245)),
    **dict(enumerate(("varchar", "char", "geometry"), start=253)),
}
_BYTES: Final = {"text": "blob", "varchar": "varbinary", "char": "binary"}
_BINARY: Final = 63


def type_name(number: int, character_set: int | None) -> str:
    """Return what a type is called, "" for one that is not known."""
    name = _TYPES.get(number, "")
    return _BYTES.get(name, name) if character_set == _BINARY else name


def utc(moment: datetime) -> datetime:
    """Return a moment as these systems keep it: in UTC, without saying so."""
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def duration(value: timedelta) -> str:
    """Return a duration as TIME is written; the sign is of all its parts."""
    sign, value = ("-", -value) if value < timedelta(0) else ("", value)
    minutes, seconds = divmod(value.days * 86_400 + value.seconds, 60)
    return f"{sign}{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}.{value.microseconds:06d}"


def document(value: object) -> str:
    """Return a dictionary or a list as JSON."""
    return json.dumps(value, ensure_ascii=False)


def plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return parameters with dictionaries and lists as JSON; PyMySQL makes a list of values of a list."""
    if any(isinstance(value, dict | list) for value in row):
        return tuple(document(value) if isinstance(value, dict | list) else value for value in row)
    return row


def conversions() -> dict[Any, Any]:
    """Return PyMySQL's conversions, and how what it does not know is written."""
    from pymysql import converters

    def text(write: Callable[[Any], str]) -> Callable[[Any, Any], str]:
        def escaped(value: Any, _: Any = None) -> str:
            return "'" + converters.escape_string(write(value)) + "'"

        return escaped

    return {
        **converters.conversions,
        datetime: lambda value, mapping=None: converters.escape_datetime(utc(value), mapping),
        timedelta: text(duration),
        UUID: text(str),
    }


#: What is escaped in a file that is loaded.
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\\0"})


def field(value: Any, *, as_hex: bool) -> str:
    """Return a value as a field of LOAD DATA; ``as_hex`` for a column that has bytes."""
    if value is None:
        return "\\N"
    if as_hex:
        return (value if isinstance(value, bytes) else str(value).encode()).hex()
    kind = type(value)
    if kind is str:
        return str(value).translate(_ESCAPES)
    if kind is int or kind is Decimal:
        return str(value)
    if kind is bool:
        return str(int(value))
    if kind is float:
        return repr(value)
    if kind is datetime:
        return utc(value).isoformat(" ")
    if kind is timedelta:
        return duration(value)
    if isinstance(value, dict | list):
        return document(value).translate(_ESCAPES)
    return (value.isoformat() if isinstance(value, date) else str(value)).translate(_ESCAPES)

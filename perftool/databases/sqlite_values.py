"""Values on their way into SQLite, which stores numbers, text and bytes, and settings on their way out."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NATIVE: Final = frozenset({int, float, str, bytes, bool, type(None)})
_SYNCHRONOUS: Final = {0: "off", 1: "normal", 2: "full", 3: "extra"}
_TEMP_STORE: Final = {0: "default", 1: "file", 2: "memory"}
_VACUUM: Final = {0: "none", 1: "full", 2: "incremental"}


#: A decimal as text: columns of NUMERIC affinity make a number of it, those of TEXT keep every digit.
_PLAIN: Final[Mapping[type, Callable[[Any], object]]] = {
    datetime: lambda value: value.isoformat(" "),
    date: date.isoformat,
    time: time.isoformat,
    Decimal: str,
    UUID: str,
    timedelta: timedelta.total_seconds,
    dict: lambda value: json.dumps(value, ensure_ascii=False),
    list: lambda value: json.dumps(value, ensure_ascii=False),
}


def plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return a row of what SQLite stores; one that is so already comes back itself."""
    if NATIVE.issuperset(map(type, row)):
        return row
    return tuple([made(value) if (made := _PLAIN.get(type(value))) else value for value in row])


def stored(name: str, value: object) -> str:
    """Return the value of a pragma in words."""
    words = {"synchronous": _SYNCHRONOUS, "temp_store": _TEMP_STORE, "auto_vacuum": _VACUUM}.get(name)
    return words.get(value, str(value)) if words and isinstance(value, int) else str(value)

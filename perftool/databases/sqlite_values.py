"""Values on their way into SQLite, which stores numbers, text and bytes, and settings on their way out."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

NATIVE: Final = frozenset({int, float, str, bytes, bool, type(None)})
_SYNCHRONOUS: Final = {0: "off", 1: "normal", 2: "full", 3: "extra"}
_TEMP_STORE: Final = {0: "default", 1: "file", 2: "memory"}
_VACUUM: Final = {0: "none", 1: "full", 2: "incremental"}


def plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return a row of what SQLite stores; one that is so already comes back itself."""
    return row if NATIVE.issuperset(map(type, row)) else tuple(map(_plain, row))


def _plain(value: object) -> object:
    # A decimal as text: columns of NUMERIC affinity make a number of it, those of TEXT keep every digit.
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return value


def stored(name: str, value: object) -> str:
    """Return the value of a pragma in words."""
    words = {"synchronous": _SYNCHRONOUS, "temp_store": _TEMP_STORE, "auto_vacuum": _VACUUM}.get(name)
    return words.get(value, str(value)) if words and isinstance(value, int) else str(value)

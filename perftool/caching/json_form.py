"""Rows as JSON: what JSON knows goes as it is, other values as their type's letter and a text."""

from __future__ import annotations

import math
from base64 import b64decode, b64encode
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import msgspec

from perftool.caching.keys import UncachableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Row = tuple[Any, ...]
_PLAIN: Final = frozenset({type(None), bool, int, str})


class _Result(msgspec.Struct, array_like=True):
    """Columns, the numbers of those columns that hold other values than JSON's, and all rows."""

    columns: tuple[str, ...]
    tagged: tuple[int, ...]
    rows: list[tuple[Any, ...]]


_DECODER: Final = msgspec.json.Decoder(_Result)

_WRITE: Final[dict[type, tuple[str, Callable[[Any], str]]]] = {
    float: ("f", repr),
    bytes: ("b", lambda value: b64encode(value).decode()),
    Decimal: ("d", str),
    # A zone is kept as its distance from UTC, which is all that a database gives.
    datetime: ("t", lambda value: value.isoformat()),
    date: ("D", lambda value: value.isoformat()),
    time: ("T", lambda value: value.isoformat()),
    timedelta: ("i", lambda value: f"{value.days},{value.seconds},{value.microseconds}"),
    UUID: ("u", str),
}
_READ: Final[dict[str, Callable[[str], Any]]] = {
    "f": float,
    "b": lambda text: b64decode(text, validate=True),
    "d": Decimal,
    "t": datetime.fromisoformat,
    "D": date.fromisoformat,
    "T": time.fromisoformat,
    "i": lambda text: timedelta(*map(int, text.split(","))),
    "u": UUID,
}


def encode(columns: Sequence[str], rows: Sequence[Row]) -> bytes:
    """Return ``rows`` as JSON.

    Whether a column needs letters is found column by column: most need none, and cost no look at each value.
    raises: UncachableError for a value that would not come back as it was.
    """
    tagged = tuple(at for at, values in enumerate(zip(*rows, strict=True)) if not _all_plain(values))
    written: Sequence[Row] = rows
    if tagged:
        chosen = set(tagged)
        written = [tuple(_tag(v) if at in chosen else v for at, v in enumerate(row)) for row in rows]
    try:
        return msgspec.json.encode(_Result(tuple(columns), tagged, list(written)))
    except UnicodeEncodeError as error:
        raise UncachableError("a text that is no Unicode") from error


def _all_plain(values: tuple[Any, ...]) -> bool:
    kinds = set(map(type, values)) - _PLAIN
    if kinds != {float}:
        return not kinds
    return all(math.isfinite(value) for value in values if type(value) is float)


def _tag(value: Any) -> Any:
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind in (list, tuple):
        return ["l" if kind is list else "r", [_tag(one) for one in value]]
    if kind is dict and all(type(key) is str for key in value):
        return ["o", {key: _tag(one) for key, one in value.items()}]
    if kind not in _WRITE:
        raise UncachableError(f"a value of type {kind.__name__}")
    letter, write = _WRITE[kind]
    text = write(value)
    if kind in (datetime, time) and (value.fold or _READ[letter](text) != value):
        raise UncachableError("a time that its text does not say in full")
    return [letter, text]


def decode(data: memoryview | bytes) -> tuple[tuple[str, ...], list[Row]]:
    """Return what ``encode`` was given.

    raises: UncachableError for anything else.
    """
    try:
        found = _DECODER.decode(data)
        rows = found.rows
        if found.tagged:
            chosen = set(found.tagged)
            rows = [tuple(_untag(v) if at in chosen else v for at, v in enumerate(row)) for row in rows]
    except (msgspec.MsgspecError, ValueError, ArithmeticError, TypeError, KeyError, RecursionError) as error:
        raise UncachableError("not in the form that we write") from error
    if any(len(row) != len(found.columns) for row in rows):
        raise UncachableError("rows and columns do not fit")
    return found.columns, rows


def _untag(value: Any) -> Any:
    if type(value) is not list:
        return value
    letter, held = value
    if letter == "l":
        return [_untag(one) for one in held]
    if letter == "r":
        return tuple(_untag(one) for one in held)
    if letter == "o":
        return {key: _untag(one) for key, one in held.items()}
    return _READ[letter](held)

"""The key of a result: what a query asked, and of whom."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Part of every key: results in another form than this version's are never found.
FORM: Final = "1"
_PLAIN: Final = (bool, int, float, str, bytes, Decimal, date, datetime, time, timedelta, UUID, type(None))


class UncachableError(ValueError):
    """The result cannot be kept: a parameter or a value is of a type that would not come back as it was."""


def key(database: str, statement: str, parameters: Iterable[Any] = (), *, version: str = "") -> str:
    """Return a digest that is equal only for the same query with the same parameters to the same database.

    ``database`` has to tell databases apart wherever the store is shared: server, name and, where rows depend on it,
    the user. ``statement`` is the text as it is sent: a fingerprint would take two literals for one query.
    ``version`` is whatever changes when the data or their tables do. Every part goes in with its length, parameters
    with their type too: ("ab", "c") is not ("a", "bc"), and 1 is not True.
    raises: UncachableError for a parameter whose text does not say all of its value.
    """
    digest = hashlib.sha256()
    for part in (FORM, version, database, statement):
        _add(digest, "", part.encode("utf-8", "surrogatepass"))
    for value in parameters:
        if type(value) not in _PLAIN:
            raise UncachableError(f"a parameter is of type {type(value).__name__}")
        text = value if isinstance(value, bytes) else repr(value).encode("utf-8", "surrogatepass")
        _add(digest, type(value).__name__, text)
    return digest.hexdigest()


def _add(digest: Any, kind: str, data: bytes) -> None:
    digest.update(f"{kind}:{len(data)}:".encode())
    digest.update(data)

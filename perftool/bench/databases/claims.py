"""Two ways to do the same, of which guides promise that one is several times better: the suite ``db-claims``."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final

from perftool.bench.databases import generated
from perftool.bench.databases.backends import session, warm
from perftool.bench.databases.reading import buffered, streamed
from perftool.bench.databases.running import disconnect
from perftool.bench.databases.workload import POINT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from perftool.databases.api import Connection

__all__ = ["INTO", "MANY", "WAYS", "connect", "disconnect", "operation"]

INTO: Final = "perftool_claims"
COLUMNS: Final = {"id": "INTEGER", "note": "VARCHAR(40)"}
#: So many rows are looked up, or inserted, by one operation.
MANY: Final = 100
#: What is done → the ways to do it, the one that guides advise against first.
WAYS: Final = {
    "connection": ("new", "reused"),
    "lookups": ("single", "batched"),
    "inserts": ("single", "batched"),
    "memory": ("nothing", "buffered", "streamed"),
}


class _UndoneError(Exception):
    """Ends a transaction that is to be rolled back."""


def connect(url: str, settings: Mapping[str, str], *, write: bool) -> dict[str, Any]:
    """Open the connection that an operation takes."""
    return {"connection": session(url, settings, write=write)}


def operation(
    url: str,
    settings: Mapping[str, str],
    doing: str,
    way: str,
    parameter: str,
    scale: float,
    *,
    write: bool,
    connection: Connection | None = None,
) -> Callable[[], object]:
    """Return the operation: ``doing`` something in one of its WAYS."""
    if connection is None:
        warm(url)
        return dict
    known = connection
    if doing == "connection":
        if way == "new":
            return lambda: _asked_anew(url, settings)
        return lambda: known.execute("SELECT 1")
    if doing == "lookups":
        return _lookups(known, way, parameter, scale)
    if doing == "inserts":
        assert write, "a session that inserts may write"
        return lambda: _inserted(known, way, parameter)
    return {
        "nothing": lambda: known.execute("SELECT 1"),
        "buffered": lambda: buffered(known),
        "streamed": lambda: streamed(known),
    }[way]


def _asked_anew(url: str, settings: Mapping[str, str]) -> None:
    with contextlib.closing(session(url, settings, write=False)) as connection:
        connection.execute("SELECT 1")


def _lookups(connection: Connection, way: str, parameter: str, scale: float) -> Callable[[], object]:
    """Return a look-up of rows by their keys: a statement for each, or one for all."""
    total = generated.count(scale) * generated.ORDERS_EACH
    # Spread over the table, and the same every time.
    keys = tuple(1 + number * 7919 % total for number in range(MANY))
    one = POINT.format(parameter)
    if way == "single":
        return lambda: [connection.execute(one, (key,)).rows for key in keys]
    several = one.replace(f"id = {parameter}", f"id IN ({', '.join([parameter] * MANY)})")
    return lambda: connection.execute(several, keys).rows


def _inserted(connection: Connection, way: str, parameter: str) -> None:
    """Insert rows in a transaction that is rolled back, so that the table stays as it is."""
    sql = f"INSERT INTO {INTO} (id, note) VALUES ({parameter}, {parameter})"  # noqa: S608 - names of our own
    rows = [(number, f"row {number:030d}") for number in range(MANY)]
    with contextlib.suppress(_UndoneError), connection.transaction():
        if way == "single":
            for row in rows:
                connection.execute(sql, row)
        else:
            connection.execute_many(sql, rows)
        raise _UndoneError

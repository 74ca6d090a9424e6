"""Ways to get a large result, and to repeat a small query: the operations of the suite ``db-read``."""

from __future__ import annotations

from itertools import count, cycle
from typing import TYPE_CHECKING, Any, Final

from perftool.bench.databases import generated
from perftool.bench.databases.backends import session, warm
from perftool.bench.databases.running import disconnect
from perftool.bench.databases.workload import POINT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from perftool.databases.api import Connection

__all__ = ["connect", "disconnect", "read"]

ALL: Final = "SELECT orders, line, part, quantity, price, discount, shipped FROM perftool_lines"
LARGE: Final = ("buffered", "streamed", "arrow")
SMALL: Final = ("prepared", "unprepared")
_LOOKED_UP: Final = 997


def connect(url: str, settings: Mapping[str, str]) -> dict[str, Any]:
    """Open the connection that the operation takes."""
    return {"connection": session(url, settings, write=False)}


def read(
    url: str,
    settings: Mapping[str, str],
    way: str,
    parameter: str,
    scale: float,
    connection: Connection | None = None,
) -> Callable[[], object]:
    """Return the operation: a whole table all at once, in chunks or in Arrow batches; or one row by its key.

    The text of an "unprepared" query is a new one every time, so nothing that was prepared for it can be used again.
    """
    del settings  # the connection has them
    if connection is None:
        warm(url)
        return dict
    known = connection
    if way in LARGE:
        return {
            "buffered": lambda: buffered(known),
            "streamed": lambda: streamed(known),
            "arrow": lambda: arrow(known),
        }[way]
    sql = POINT.format(parameter)
    total = generated.count(scale) * generated.ORDERS_EACH
    ids = cycle([(1 + i * 7919 % total,) for i in range(_LOOKED_UP)])
    if way == "prepared":
        return lambda: known.execute(sql, next(ids))
    numbers = count()
    return lambda: known.execute(f"{sql} -- {next(numbers)}", next(ids))


def buffered(connection: Connection) -> int:
    """Hold all rows at once."""
    return len(connection.execute(ALL).rows)


def streamed(connection: Connection) -> int:
    """Take the rows chunk by chunk and keep none."""
    with connection.stream(ALL) as stream:
        return sum(map(len, stream))


def arrow(connection: Connection) -> int:
    """Take the rows in record batches and keep none."""
    with connection.batches(ALL) as batches:
        return sum(batch.num_rows for batch in batches)

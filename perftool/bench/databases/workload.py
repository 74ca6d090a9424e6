"""The same work on every system: the operations of the suite ``db-backends``."""

from __future__ import annotations

import math
from itertools import cycle
from typing import TYPE_CHECKING, Any, Final

from perftool.bench.databases import generated
from perftool.bench.databases.backends import session, warm
from perftool.bench.databases.running import disconnect

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from perftool.databases.api import Connection

__all__ = ["READS", "WRITES", "agree", "connect", "disconnect", "operation"]

#: Statements that read, in SQL that every system understands.
READS: Final = {
    "aggregation": (
        "SELECT quantity, COUNT(*), SUM(price), SUM(price * (1 - discount)), AVG(discount) FROM perftool_lines "
        "WHERE shipped <= '1998-09-01' GROUP BY quantity ORDER BY quantity"
    ),
    "scan": "SELECT COUNT(*), SUM(total) FROM perftool_orders WHERE note LIKE '%late bold%'",
    "join": (
        "SELECT c.nation, COUNT(*), SUM(l.price * (1 - l.discount)) FROM perftool_customers c "
        "JOIN perftool_orders o ON o.customer = c.id JOIN perftool_lines l ON l.orders = o.id "
        "WHERE c.segment = 'BUILDING' AND o.placed >= '1995-01-01' GROUP BY c.nation ORDER BY c.nation"
    ),
    "window": (
        "SELECT COUNT(*), SUM(running) FROM (SELECT customer, RANK() OVER (PARTITION BY customer ORDER BY total DESC, "
        "id) AS place, SUM(total) OVER (PARTITION BY customer ORDER BY id) AS running FROM perftool_orders) ranked "
        "WHERE place <= 3"
    ),
}
POINT: Final = "SELECT id, customer, status, total, placed, note FROM perftool_orders WHERE id = {}"
#: Operations that write, each with its rows.
WRITES: Final = {"single-insert": 1, "batch-insert": 1000, "bulk-load": 1000}
INTO: Final = "perftool_inserted"
COLUMNS: Final = {**generated.TABLES["perftool_orders"], "id": "INTEGER"}
_LOOKED_UP: Final = 997
_TOLERANCE: Final = 1e-9


def connect(url: str, settings: Mapping[str, str], name: str, *, write: bool) -> dict[str, Any]:
    """Open the connection that an operation takes, with an empty table for one that writes."""
    connection = session(url, settings, write=write)
    if name in WRITES:
        connection.execute(f"DROP TABLE IF EXISTS {INTO}")
        connection.execute(generated.create(INTO, COLUMNS))
    return {"connection": connection}


def operation(
    url: str,
    settings: Mapping[str, str],
    name: str,
    parameter: str,
    scale: float,
    *,
    write: bool,
    connection: Connection | None = None,
) -> Callable[[], object]:
    """Return the operation ``name``; ``parameter`` is the placeholder of the driver."""
    del settings, write  # the connection has them
    if connection is None:
        warm(url)
        return dict
    known = connection
    if name in READS:
        return lambda: known.execute(READS[name])
    if name == "point-lookup":
        sql = POINT.format(parameter)
        total = generated.count(scale) * generated.ORDERS_EACH
        # Spread over the table, and the same every time.
        ids = cycle([(1 + i * 7919 % total,) for i in range(_LOOKED_UP)])
        return lambda: known.execute(sql, next(ids))
    columns = tuple(COLUMNS)
    rows = [row for _, row in zip(range(WRITES[name]), generated.orders(scale), strict=False)]
    if name == "bulk-load":
        return lambda: known.load(INTO, columns, rows)
    sql = f"INSERT INTO {INTO} ({', '.join(columns)}) VALUES ({', '.join([parameter] * len(columns))})"  # noqa: S608
    if name == "single-insert":
        return lambda: known.execute(sql, rows[0])
    return lambda: known.execute_many(sql, rows)


def agree(left: Sequence[Sequence[Any]], right: Sequence[Sequence[Any]]) -> bool:
    """Say whether two results are the same, numbers up to how they are added up."""
    if len(left) != len(right):
        return False
    pairs = [pair for one, other in zip(left, right, strict=True) for pair in zip(one, other, strict=True)]
    return all(_same(one, other) for one, other in pairs)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, str) or isinstance(other, str) or one is None or other is None:
        return bool(one == other)
    return math.isclose(float(one), float(other), rel_tol=_TOLERANCE)

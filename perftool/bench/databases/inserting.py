"""Ways to insert rows into a table with some indexes: the operations of the suite ``db-insert``."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING, Any, Final

from perftool.bench.databases import generated
from perftool.bench.databases.backends import session, warm
from perftool.bench.databases.running import disconnect

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from perftool.databases.api import Connection

__all__ = ["connect", "disconnect", "insert"]

TABLE: Final = "perftool_inserted"
COLUMNS: Final = {**generated.TABLES["perftool_orders"], "id": "INTEGER"}
#: What is indexed, in this order: secondary indexes that allow duplicates.
INDEXED: Final = ("customer", "placed", "total", "note", "status")
ROW_PER_COMMIT: Final = "row-per-commit"
ONE_TRANSACTION: Final = "one-transaction"
EXECUTEMANY: Final = "executemany-"
NATIVE: Final = "native-"
#: An operation takes the next of so many batches, so that not always the same rows are inserted.
_BATCHES: Final = 4


def connect(url: str, settings: Mapping[str, str], indexes: int) -> dict[str, Any]:
    """Open the connection that the operation takes, and make an empty table with its indexes."""
    connection = session(url, settings, write=True)
    connection.execute(f"DROP TABLE IF EXISTS {TABLE}")
    connection.execute(generated.create(TABLE, COLUMNS))
    for column in INDEXED[:indexes]:
        connection.execute(f"CREATE INDEX {TABLE}_{column} ON {TABLE} ({column})")
    return {"connection": connection}


def insert(
    url: str,
    settings: Mapping[str, str],
    way: str,
    rows: int,
    indexes: int,
    parameter: str,
    connection: Connection | None = None,
) -> Callable[[], object]:
    """Return the operation that inserts ``rows`` rows by ``way``, in one commit or, row by row, in one each.

    The rows are there before the clock runs; ``parameter`` is the placeholder of the driver.
    """
    del settings, indexes  # the connection and its table have them
    if connection is None:
        warm(url)
        return dict
    known = connection
    batches = cycle(_batches(rows))
    columns = tuple(COLUMNS)
    sql = f"INSERT INTO {TABLE} ({', '.join(columns)}) VALUES ({', '.join([parameter] * len(columns))})"  # noqa: S608

    def one_by_one() -> None:
        for row in next(batches):
            known.execute(sql, row)

    def in_one_transaction() -> None:
        with known.transaction():
            one_by_one()

    if way == ROW_PER_COMMIT:
        return one_by_one
    if way == ONE_TRANSACTION:
        return in_one_transaction
    if way.startswith(EXECUTEMANY):
        return lambda: known.execute_many(sql, next(batches))
    load = way.removeprefix(NATIVE)
    return lambda: known.load(TABLE, columns, next(batches), way=load)


def _batches(rows: int) -> list[list[tuple[Any, ...]]]:
    source = generated.orders(max(1.0, rows * _BATCHES / generated.CUSTOMERS / generated.ORDERS_EACH + 1))
    return [[next(source) for _ in range(rows)] for _ in range(_BATCHES)]

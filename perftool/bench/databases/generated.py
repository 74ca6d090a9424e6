"""Generated rows: customers, orders and their lines, the same for every database and in every run.

The shape is that of TPC-H (customers who order lines of parts), the values are our own and no results of that
benchmark. Names begin with ``perftool_``: they may stand in somebody's database for the time of a run.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.databases.api import Connection

    Row = tuple[Any, ...]

#: Rows at scale 1.
CUSTOMERS: Final = 1_000
ORDERS_EACH: Final = 10
_SEED: Final = 7
_SEGMENTS: Final = ("AUTOMOBILE", "BUILDING", "FURNITURE", "HOUSEHOLD", "MACHINERY")
_WORDS: Final = ("late", "quick", "silent", "bold", "regular", "special", "final", "even", "packed", "ironic")

TABLES: Final = {
    "perftool_customers": {
        "id": "INTEGER PRIMARY KEY",
        "name": "VARCHAR(32)",
        "segment": "VARCHAR(16)",
        "nation": "INTEGER",
        "balance": "DOUBLE PRECISION",
    },
    "perftool_orders": {
        "id": "INTEGER PRIMARY KEY",
        "customer": "INTEGER",
        "status": "VARCHAR(1)",
        "total": "DOUBLE PRECISION",
        "placed": "VARCHAR(10)",
        "note": "VARCHAR(80)",
    },
    "perftool_lines": {
        "orders": "INTEGER",
        "line": "INTEGER",
        "part": "INTEGER",
        "quantity": "INTEGER",
        "price": "DOUBLE PRECISION",
        "discount": "DOUBLE PRECISION",
        "shipped": "VARCHAR(10)",
    },
}
INDEXES: Final = {"perftool_orders": "customer", "perftool_lines": "orders"}


def customers(scale: float) -> Iterator[Row]:
    """Yield the customers."""
    chance = _chance("customers")
    for number in range(1, count(scale) + 1):
        balance = round(chance.uniform(-999, 9999), 2)
        yield number, f"Customer {number:08d}", chance.choice(_SEGMENTS), chance.randrange(25), balance


def orders(scale: float) -> Iterator[Row]:
    """Yield ten orders for each customer, in no order of customers."""
    chance = _chance("orders")
    known = count(scale)
    for number in range(1, known * ORDERS_EACH + 1):
        note = " ".join(chance.choices(_WORDS, k=6))
        total = round(chance.uniform(10, 5000), 2)
        yield number, chance.randrange(1, known + 1), chance.choice("FOP"), total, _day(chance), note


def lines(scale: float) -> Iterator[Row]:
    """Yield one to seven lines for each order: four on average."""
    chance = _chance("lines")
    for order in range(1, count(scale) * ORDERS_EACH + 1):
        for line in range(1, chance.randrange(1, 8) + 1):
            quantity, price = chance.randrange(1, 51), round(chance.uniform(1, 2000), 2)
            yield order, line, chance.randrange(1, 20_000), quantity, price, chance.randrange(11) / 100, _day(chance)


def count(scale: float) -> int:
    """Return how many customers there are."""
    return max(1, round(CUSTOMERS * scale))


def _chance(purpose: str) -> random.Random:
    return random.Random(f"{_SEED}/{purpose}")  # noqa: S311 - data, not a secret


def _day(chance: random.Random) -> str:
    return f"{chance.randrange(1992, 1999)}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}"


def fill(connection: Connection, scale: float, dialect: str) -> None:
    """Create the tables, load them by the fastest way, index and analyse them."""
    drop(connection)
    for (name, columns), rows in zip(TABLES.items(), (customers, orders, lines), strict=True):
        connection.execute(create(name, columns))
        connection.load(name, tuple(columns), rows(scale))
    for table, column in INDEXES.items():
        connection.execute(f"CREATE INDEX {table}_{column} ON {table} ({column})")
    for table in TABLES:
        connection.execute(f"ANALYZE {'TABLE ' if dialect == 'mysql' else ''}{table}")


def create(name: str, columns: dict[str, str]) -> str:
    """Return the statement that creates a table."""
    return f"CREATE TABLE {name} ({', '.join(f'{column} {kind}' for column, kind in columns.items())})"


def drop(connection: Connection) -> None:
    """Remove the tables, those of a run that was killed too."""
    for name in reversed(TABLES):
        connection.execute(f"DROP TABLE IF EXISTS {name}")

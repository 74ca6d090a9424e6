"""Values of PostgreSQL that Python's types cannot hold come as the text that the server writes.

Infinity, years before 1 or after 9999, 24:00: psycopg refuses them, and the rows are read once more in another way,
which takes twice the time for these types. Months in intervals it takes for 30 days, so that type has its way always.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

WIDER: Final = ("date", "time", "timetz", "timestamp", "timestamptz", "interval")


@cache
def _loaders() -> dict[str, type[Any]]:
    import psycopg
    from psycopg.adapt import Loader

    def wider(standard: Any, months: bool) -> type[Any]:
        # Those that are written in C are final: one stands behind each.
        class Wider(Loader):
            def __init__(self, oid: int, context: Any = None) -> None:
                super().__init__(oid, context)
                self._standard = standard(oid, context).load

            def load(self, data: Any) -> Any:
                # A month is no number of days.
                if months and (b"mon" in (text := bytes(data)) or b"year" in text):
                    return text.decode()
                try:
                    return self._standard(data)
                except psycopg.DataError:
                    return bytes(data).decode()

        return Wider

    types, text = psycopg.adapters.types, psycopg.pq.Format.TEXT
    return {
        name: wider(psycopg.adapters.get_loader(types[name].oid, text), months=name == "interval") for name in WIDER
    }


def register(connection: Any) -> None:
    """Let a connection load intervals of months as text, and take dictionaries for JSON."""
    from psycopg.types.json import JsonbDumper

    connection.adapters.register_loader("interval", _loaders()["interval"])
    connection.adapters.register_dumper(dict, JsonbDumper)


@dataclass(frozen=True)
class _Context:
    """What psycopg's transformers ask of a connection."""

    connection: Any
    adapters: Any


def transformer(connection: Any, *, wide: bool) -> Any:
    """Return what makes rows of results; the ``wide`` one takes every value."""
    from psycopg.adapt import AdaptersMap, Transformer

    if not wide:
        return Transformer(connection)
    adapters = AdaptersMap(connection.adapters)
    for name, loader in _loaders().items():
        adapters.register_loader(name, loader)
    return Transformer(_Context(connection, adapters))


def all_rows(connection: Any, cursor: Any) -> list[Any]:
    """Return all rows of a cursor's result."""
    from psycopg import DataError

    try:
        rows: list[Any] = cursor.fetchall()
    except DataError:
        result = cursor.pgresult
        loading = transformer(connection, wide=True)
        loading.set_pgresult(result)
        rows = loading.load_rows(0, result.ntuples, tuple)
    return rows

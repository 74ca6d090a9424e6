"""Values of PostgreSQL that Python's types cannot hold come as the text that the server writes."""

from __future__ import annotations

from functools import cache
from typing import Any

#: Types whose range is wider than Python's: infinity, years before 1 or after 9999, 24:00, months in intervals.
WIDER = ("date", "time", "timetz", "timestamp", "timestamptz", "interval")


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
    """Let a connection load what Python cannot hold as text, and take dictionaries for JSON."""
    from psycopg.types.json import JsonbDumper

    for name, loader in _loaders().items():
        connection.adapters.register_loader(name, loader)
    connection.adapters.register_dumper(dict, JsonbDumper)

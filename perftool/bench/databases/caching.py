"""What a cache of results costs: the operations of the suite ``db-cache``."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from perftool.bench.databases.backends import session, warm
from perftool.bench.databases.reading import ALL
from perftool.bench.databases.workload import READS
from perftool.caching import arrow_form, forms
from perftool.caching.api import Tier, TierOptions
from perftool.caching.keys import key
from perftool.caching.opening import kind, open_tier

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from perftool.databases.api import Connection

#: Results to keep: few rows that cost a whole table, and rows that cost hardly more than they are large.
RESULTS: Final = {
    "aggregation": READS["aggregation"],
    "10-rows": f"{ALL} LIMIT 10",
    "1,000-rows": f"{ALL} LIMIT 1000",
    "10,000-rows": f"{ALL} LIMIT 10000",
}
#: How a result is kept: as text or in Arrow's form for who wants rows, or as a table for who wants Arrow.
FORMS: Final = ("json", "arrow", "arrow-table")
#: In Arrow's form few rows are nearly all head: nobody would keep them so.
FORMS_OF: Final = {"aggregation": FORMS[:1], "10-rows": FORMS[:1], "1,000-rows": FORMS[:2], "10,000-rows": FORMS}
STEPS: Final = ("hit", "miss")
_TTL_S: Final = 600.0
_ABSENT: Final = "absent"


def connect(url: str, settings: Mapping[str, str]) -> dict[str, Any]:
    """Open the connection that a query takes."""
    return {"connection": session(url, settings, write=False)}


def disconnect(connection: Connection) -> None:
    """Close it."""
    connection.close()


def query(
    url: str, settings: Mapping[str, str], sql: str, wanted: str, connection: Connection | None = None
) -> Callable[[], object]:
    """Return the query itself, for rows or for an Arrow table."""
    del settings  # the connection has them
    if connection is None:
        warm(url)
        if wanted == "table":
            arrow_form.check()
        return dict
    known = connection
    return (lambda: known.execute(sql)) if wanted == "rows" else (lambda: _table(known, sql))


def _table(connection: Connection, sql: str) -> Any:
    with connection.batches(sql) as batches:
        return batches.read_all()


def open_filled(
    url: str, settings: Mapping[str, str], sql: str, tier: str, form: str, folder: str, redis: str
) -> dict[str, Any]:
    """Run the query once, and keep what it gave in a tier; returns what operations on it take."""
    with closing(session(url, settings, write=False)) as connection:
        if form == "arrow-table":
            found: Any = _table(connection, sql)
        else:
            result = connection.execute(sql)
            found = (tuple(column.name for column in result.columns), result.rows)
    opened = opened_tier(tier, folder, redis)
    name = key(f"db-cache {os.getpid()}", f"{form} {sql}")
    opened.put(name, encoded(found, form), _TTL_S)
    return {"opened": opened, "found": found, "name": name}


def _import(tier: str, form: str) -> None:
    """Import what a tier and a form need, so that the processes forked from this one need not."""
    kind(tier).check()
    if form != "json":
        arrow_form.check()


def opened_tier(tier: str, folder: str, redis: str) -> Tier:
    """Open a tier; ``redis`` names the environment variable with its URL."""
    return open_tier(tier, TierOptions(folder=Path(folder), url=os.environ.get(redis, "")))


def close(opened: Tier, name: str) -> None:
    """Take the values out again and close the tier."""
    for one in (name, _ABSENT + name):
        opened.forget(one)
    opened.close()


def encoded(found: Any, form: str) -> bytes:
    """Return a result in the form in which it is kept."""
    return arrow_form.encode_table(found) if form == "arrow-table" else forms.form(form).encode(*found)


def step(
    url: str,
    settings: Mapping[str, str],
    sql: str,
    tier: str,
    form: str,
    folder: str,
    redis: str,
    step: str,
    *,
    opened: Tier | None = None,
    found: Any = None,
    name: str = "",
) -> Callable[[], object]:
    """Return the operation: a hit with the result ready to use, or what a miss costs on top of the query.

    A miss looks in vain, brings the result into its form and keeps it.
    """
    del settings, sql, folder, redis  # what is open has them
    if opened is None:
        warm(url)
        _import(tier, form)
        return dict
    known = opened
    if step == "hit":
        decode: Callable[[bytes], object] = arrow_form.decode_table if form == "arrow-table" else forms.decode

        def hit() -> object:
            kept = known.get(name)
            assert kept is not None, "what was kept is gone"
            return decode(kept.value)

        return hit

    def miss() -> None:
        known.get(_ABSENT + name)
        known.put(name, encoded(found, form), _TTL_S)

    return miss

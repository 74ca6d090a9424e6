"""What PostgreSQL can do, and what a report tells of a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.databases.api import Capabilities, Facts
from perftool.databases.postgres_counting import UNITS
from perftool.databases.postgres_loading import WAYS
from perftool.databases.postgres_streams import COPIES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from perftool.databases.api import Parameters

CAPABILITIES: Final = Capabilities(
    read_only=True,
    cancel=True,
    server=True,
    transactions=True,
    isolation=True,
    arrow=True,
    copies=tuple(COPIES),
    # Rows come out of the server 1.4 times as fast as row_to_json (docs/evidence.md).
    slow_copies=("ndjson",),
    loads=WAYS,
    counters=UNITS,
    parameter="%s",
    dialect="postgres",
)
#: What a commit pays for, and what else decides on speed.
DURABILITY: Final = ("fsync", "synchronous_commit", "full_page_writes", "wal_level", "wal_sync_method")
SETTINGS: Final = (
    *("shared_buffers", "work_mem", "effective_cache_size", "random_page_cost", "jit"),
    *("max_parallel_workers_per_gather", "max_connections", "default_transaction_isolation"),
)


def asking() -> tuple[str, Parameters]:
    """Return the statement that asks for what is told, and its parameters."""
    return "SELECT name, current_setting(name) FROM pg_settings WHERE name = ANY(%s)", ([*DURABILITY, *SETTINGS],)


def told(version: str, found: Mapping[str, str]) -> Facts:
    """Return the facts of a server, by its version and the settings ``found``."""
    import psycopg

    return Facts(
        "PostgreSQL",
        version.split(" ", maxsplit=1)[0],
        f"psycopg {psycopg.__version__}",
        {name: found[name] for name in DURABILITY if name in found},
        {name: found[name] for name in SETTINGS if name in found},
    )

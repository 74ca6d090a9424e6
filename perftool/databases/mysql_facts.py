"""What MariaDB and MySQL can do, and what a report tells of a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.databases.api import Capabilities, Facts
from perftool.databases.mysql_counting import UNITS
from perftool.databases.mysql_loading import WAYS

if TYPE_CHECKING:
    from collections.abc import Mapping

CAPABILITIES: Final = Capabilities(
    read_only=True,
    cancel=True,
    server=True,
    transactions=True,
    isolation=True,
    arrow=False,
    copies=(),
    loads=WAYS,
    counters=UNITS,
    parameter="%s",
    dialect="mysql",
)
#: What a commit pays for, and what else decides on speed.
DURABILITY: Final = (
    *("innodb_flush_log_at_trx_commit", "sync_binlog", "log_bin", "innodb_doublewrite", "innodb_flush_method"),
)
SETTINGS: Final = (
    *("sql_mode", "innodb_buffer_pool_size", "max_connections", "sort_buffer_size", "join_buffer_size"),
    *("tmp_table_size", "default_storage_engine", "tx_isolation", "transaction_isolation"),
)


def asking() -> tuple[str, tuple[str, ...]]:
    """Return the statement that asks for what is told, and its parameters."""
    names = (*DURABILITY, *SETTINGS)
    return f"SHOW VARIABLES WHERE Variable_name IN ({', '.join(['%s'] * len(names))})", names


def told(server: str, found: Mapping[str, str]) -> Facts:
    """Return the facts of a server, by what it calls itself and the variables ``found``."""
    import pymysql

    return Facts(
        "MariaDB" if "MariaDB" in server else "MySQL",
        # MariaDB puts a version of MySQL before its own, for clients that would not talk to a 10.
        server.removeprefix("5.5.5-").split("-")[0],
        f"PyMySQL {pymysql.VERSION_STRING}",
        {name: found[name].lower() for name in DURABILITY if name in found},
        {name: found[name] for name in SETTINGS if name in found},
    )

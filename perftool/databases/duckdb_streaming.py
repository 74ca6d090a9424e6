"""Keep DuckDB's memory flat while one statement's rows stream out of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from perftool.errors import PerftoolError

if TYPE_CHECKING:
    from perftool.databases.api import Connection

#: Memory for blocks of the file and for what is under way: pages that were read are kept up to this limit, and more
#: were no faster for a statement that reads each page once.
LIMIT: Final = "24MB"
#: Operators that hand on rows as they come.
_STREAMS: Final = frozenset(
    {
        "TABLE_SCAN", "SEQ_SCAN", "FILTER", "PROJECTION", "LIMIT", "STREAMING_LIMIT", "EMPTY_RESULT", "DUMMY_SCAN",
        "COLUMN_DATA_SCAN", "UNNEST", "STREAMING_SAMPLE", "UNION", "RANGE", "GENERATE_SERIES", "READ_PARQUET",
        "READ_CSV", "READ_CSV_AUTO", "PARQUET_SCAN",
    }
)  # fmt: skip
_NAME: Final = re.compile(r"[A-Z_]+")


def prepare_stream(connection: Connection, sql: str, *, frugal: bool = True) -> None:
    """Let one thread hand on rows in the order it finds them; bound memory where no operator gathers rows.

    COPY of several threads gathers batches to write them in order: four million rows took 440 MB, by one thread 60. A
    statement that sorts, joins or groups keeps the memory that it is allowed. Not ``frugal`` takes the bound back:
    rows may be larger than that.
    """
    if not frugal:
        connection.execute("RESET memory_limit")
        return
    settings = {"threads": "1", "preserve_insertion_order": "false"}
    if streams(connection, sql):
        settings["memory_limit"] = LIMIT
    given = getattr(getattr(connection, "access", None), "settings", {})
    for name, value in settings.items():
        if name not in given:
            connection.execute(f"SET {name} = '{value}'")


def streams(connection: Connection, sql: str) -> bool:
    """Say whether every operator of a statement hands on rows as they come."""
    try:
        tree = connection.explain(sql).tree
    except PerftoolError:
        # No query, or a wrong one: whoever runs it will tell.
        return False
    found: set[str] = set()
    _names(tree, found)
    return bool(found) and found <= _STREAMS


def _names(tree: object, found: set[str]) -> None:
    if isinstance(tree, list):
        for one in tree:
            _names(one, found)
    elif isinstance(tree, dict):
        name = tree.get("name") or tree.get("operator_name") or tree.get("type")
        if isinstance(name, str) and (match := _NAME.match(name.strip())):
            found.add(match[0].rstrip("_"))
        _names(tree.get("children", []), found)

"""SQLite's guard of Arrow: ADBC takes types from the first rows and changes values of others without a word.

A number in a column of text becomes text, with six digits where the first batch has both; text among blobs becomes
bytes; a whole number of more than 53 bits among others is rounded.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from perftool.errors import PerftoolError, UnavailableError

if TYPE_CHECKING:
    from perftool.databases.api import Connection

_GATHERS: Final = re.compile(
    r"\b(?:group|order|distinct|over|union|intersect|except|count|sum|avg|total|min|max|group_concat|json_group_\w+)\b",
    re.IGNORECASE,
)
_EXACT: Final = 2**53
#: What the last column of a guarded query is called.
NAME: Final = "perftool guard"


class SQLiteGuard:
    """Looks at the type of each value where Arrow's reader would not."""

    def begins_again(self, connection: Connection, sql: str) -> bool:
        """Say whether rows come as they are found: no sorting, no grouping, no table made first."""
        if _GATHERS.search(sql):
            return False
        try:
            lines = connection.explain(sql).text.splitlines()
        except PerftoolError:
            return False
        return bool(lines) and all(line.strip().startswith(("SCAN ", "SEARCH ")) for line in lines)

    def guarded(self, sql: str, schema: Any) -> str:
        """Return the query with its guard; columns of whole numbers need none: the reader refuses what is none."""
        import pyarrow as pa

        names = [field.name for field in schema]
        if len({name.lower() for name in names}) < len(names):
            raise UnavailableError("two columns have one name")
        tests = []
        for field in schema:
            column = 'q."' + field.name.replace('"', '""') + '"'
            if pa.types.is_string(field.type):
                tests.append(f"typeof({column}) IN ('text', 'null')")
            elif pa.types.is_binary(field.type):
                tests.append(f"typeof({column}) IN ('blob', 'null')")
            elif pa.types.is_floating(field.type):
                tests.append(f"(typeof({column}) <> 'integer' OR {column} BETWEEN -{_EXACT} AND {_EXACT})")
        body = sql.rstrip().rstrip(";")
        return f'SELECT q.*, {" AND ".join(tests) or "1"} AS "{NAME}"\nFROM (\n{body}\n) AS q'

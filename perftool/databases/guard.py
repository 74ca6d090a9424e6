"""Arrow from a system whose columns may hold values of any type: a column of the query says whether they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from perftool.databases.api import Connection

#: What the last column of a guarded query is called.
NAME = "perftool guard"


class Guard(Protocol):
    """Makes sure that record batches hold the values that rows would."""

    def begins_again(self, connection: Connection, sql: str) -> bool:
        """Say whether a query gives its first rows at once, so that asking it for them costs nothing."""

    def guarded(self, sql: str, schema: Any) -> str:
        """Return the query with a column more: 1 where each value is of its column's type in ``schema``, else 0.

        raises: UnavailableError where that cannot be asked.
        """

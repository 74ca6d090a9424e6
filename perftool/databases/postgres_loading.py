"""Ways to insert many rows into a table of PostgreSQL."""

from __future__ import annotations

import struct
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final

from perftool.databases.faults import Fault, StatementError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from perftool.databases.api import Row

#: The fastest first: COPY with values as bytes, COPY with values as text, one statement a row in a pipeline, one
#: statement for many rows.
WAYS: Final = ("copy-binary", "copy", "executemany", "multi-values")
#: The protocol counts parameters in 16 bits.
MOST_PARAMETERS: Final = 65_535
#: More rows in a statement were slower.
MOST_VALUES: Final = 1_000
_TYPES: Final = """
SELECT a.attname, format_type(a.atttypid, NULL)
FROM pg_attribute AS a
WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
"""


def copied(cursor: Any, table: str, columns: Sequence[str], names: str, rows: Iterable[Row], *, binary: bool) -> int:
    """Insert rows by COPY; ``names`` are the ``columns``, quoted. With ``binary`` values must have the columns' types.

    A dictionary becomes JSON, a list an array.
    """
    form = " (FORMAT binary)" if binary else ""
    types: dict[str, str] = dict(cursor.execute(_TYPES, (table,)).fetchall()) if binary else {}
    count = 0
    with cursor.copy(f"COPY {table} ({names}) FROM STDIN{form}") as copy:
        if binary:
            copy.set_types([types.get(column, "text") for column in columns])
        write = copy.write_row
        for row in rows:
            try:
                write(row)
            except (TypeError, ValueError, OverflowError, struct.error) as error:
                # psycopg says neither which row nor that another way would let the server convert.
                message = f"row {count + 1} does not fit the columns of {table}: {error}"
                raise StatementError(Fault("statement", "", message), hint="load by 'copy'") from error
            count += 1
    return count


def many_values(cursor: Any, table: str, columns: Sequence[str], names: str, rows: Iterable[Row], most: int) -> int:
    """Insert by statements with the values of many rows, at most ``most`` of them."""
    together = max(1, min(most, MOST_VALUES, MOST_PARAMETERS // max(1, len(columns))))
    marks = f"({', '.join(['%s'] * len(columns))})"
    source = iter(rows)
    count = 0
    while batch := list(islice(source, together)):
        values = ", ".join([marks] * len(batch))
        # Names are quoted, and values are parameters.
        sql = f"INSERT INTO {table} ({names}) VALUES {values}"  # noqa: S608
        cursor.execute(sql, tuple(chain.from_iterable(batch)))
        count += len(batch)
    return count

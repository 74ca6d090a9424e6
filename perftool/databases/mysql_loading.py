"""Ways to insert many rows into a table of MariaDB or MySQL."""

from __future__ import annotations

import os
import tempfile
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from perftool.databases.faults import Fault, StatementError
from perftool.databases.mysql_faults import LOCAL_OFF
from perftool.databases.mysql_values import field
from perftool.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from perftool.databases.api import Row

#: The fastest first.
WAYS: Final = ("load-data", "executemany")


def loaded(raw: Any, where: str, table: str, columns: Sequence[str], rows: Iterable[Row], batch_rows: int) -> int:
    """Insert rows by LOAD DATA LOCAL, through a temporary file for each batch; names are quoted already.

    raises: UnavailableError where the server does not allow it; StatementError for a row that it would skip or change:
    with LOCAL it only warns of those.
    """
    source = iter(rows)
    count = 0
    while batch := list(islice(source, batch_rows)):
        count += _batch(raw, where, table, columns, batch, count)
    return count


def _batch(raw: Any, where: str, table: str, columns: Sequence[str], batch: Sequence[Row], before: int) -> int:
    import pymysql

    for number, row in enumerate(batch, start=before + 1):
        if len(row) != len(columns):
            message = f"{where}: row {number} has {len(row)} values for {len(columns)} columns"
            raise StatementError(Fault("statement", "", message))
    binary = [any(isinstance(row[i], bytes) for row in batch) for i in range(len(columns))]
    handle, path = tempfile.mkstemp(prefix="perftool-", suffix=".tsv")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            for row in batch:
                file.write("\t".join([field(v, as_hex=b) for v, b in zip(row, binary, strict=True)]) + "\n")
        with raw.cursor() as cursor:
            _allow(raw, allowed=True)
            try:
                cursor.execute(_statement(table, columns, binary), (path,))
            except (pymysql.MySQLError, RuntimeError) as error:
                if isinstance(error, RuntimeError) or error.args[0] in LOCAL_OFF:
                    raise UnavailableError(
                        f"{where}: LOAD DATA LOCAL is switched off",
                        hint="SET GLOBAL local_infile = 1, or 'executemany'",
                    ) from error
                raise
            finally:
                _allow(raw, allowed=False)
            inserted = int(cursor.rowcount)
            _must_be_whole(cursor, where, inserted, len(batch), before)
            return inserted
    finally:
        os.unlink(path)


def _statement(table: str, columns: Sequence[str], binary: Sequence[bool]) -> str:
    columns = [name.replace("%", "%%") for name in columns]
    targets = ", ".join(
        f"@field{i}" if hexed else name for i, (name, hexed) in enumerate(zip(columns, binary, strict=True))
    )
    settings = [f"{name} = UNHEX(@field{i})" for i, name in enumerate(columns) if binary[i]]
    table = table.replace("%", "%%")
    return (
        f"LOAD DATA LOCAL INFILE %s INTO TABLE {table} CHARACTER SET utf8mb4"
        r" FIELDS TERMINATED BY '\t' ESCAPED BY '\\' LINES TERMINATED BY '\n'"
        f" ({targets})" + (f" SET {', '.join(settings)}" if settings else "")
    )


def _allow(raw: Any, *, allowed: bool) -> None:
    """Let the server read the one file that we name; PyMySQL has this as a property of the whole connection."""
    raw._local_infile = allowed  # noqa: SLF001


def _must_be_whole(cursor: Any, where: str, inserted: int, sent: int, before: int) -> None:
    cursor.execute("SHOW WARNINGS")
    told = [row for row in cursor.fetchall() if row[0] != "Note"]
    if told or inserted != sent:
        said = told[0][2] if told else f"{sent - inserted} rows were skipped"
        code = str(told[0][1]) if told else ""
        message = f"{where}: rows {before + 1} to {before + sent} cannot be loaded as they are: {said}"
        raise StatementError(Fault("statement", code, message))

"""Open DuckDB files, and take results from their connections."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perftool.databases.address import MEMORY
from perftool.databases.duckdb_faults import fault
from perftool.databases.translating import Translator
from perftool.errors import UnavailableError, UsageError

if TYPE_CHECKING:
    from perftool.databases.address import Address
    from perftool.databases.api import Access, Parameters, Row


class Cursor:
    """A DuckDB connection in the part of a cursor: closing it ends the result, not the session."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self._sql = ""

    def execute(self, sql: str, parameters: Parameters | None = None) -> None:
        """Run a statement; its rows are fetched afterwards."""
        self._sql = sql
        if parameters is None:
            self._raw.execute(sql)
        else:
            self._raw.execute(sql, parameters)

    def executemany(self, sql: str, rows: list[Parameters]) -> None:
        """Run a statement for each of ``rows``."""
        self._raw.executemany(sql, rows)

    @property
    def description(self) -> Any:
        """The columns of the result, as DB-API has them."""
        return self._raw.description

    def fetchall(self) -> list[Row]:
        """Return the rows that are left."""
        found: list[Row] = self._raw.fetchall()
        return found

    def fetchmany(self, size: int) -> list[Row]:
        """Return at most ``size`` rows."""
        found: list[Row] = self._raw.fetchmany(size)
        return found

    def counted(self) -> bool:
        """Say whether the last statement gives no rows but the number of those that it changed."""
        import duckdb

        kinds = duckdb.StatementType
        *_, last = self._raw.extract_statements(self._sql)
        return last.type not in {kinds.SELECT, kinds.EXECUTE, kinds.RELATION}

    def close(self) -> None:
        """Forget what is left of the result, which would keep its transaction open."""
        import duckdb

        with contextlib.suppress(duckdb.Error):
            self._raw.execute("SELECT NULL LIMIT 0")


def reader_of(raw: Any, sql: str, batch_rows: int) -> Any:
    """Return a reader of Arrow batches over a statement; the method has another name since 2.0.

    raises: UnavailableError for a statement that gives no rows, without having executed it.
    """
    import duckdb

    if any(statement.type != duckdb.StatementType.SELECT for statement in raw.extract_statements(sql)):
        raise UnavailableError("DuckDB gives Arrow for queries only")
    relation = raw.sql(sql)
    make = getattr(relation, "to_arrow_reader", None) or relation.fetch_arrow_reader
    return make(batch_rows)


def opened(address: Address, access: Access) -> Any:
    """Open the file, read-only without ``write``; a database in memory can be no other than writable."""
    import duckdb

    if address.options or address.secrets:
        raise UsageError("a duckdb URL takes no options", hint="settings are given with --set NAME=VALUE")
    path = address.database
    if path != MEMORY and not access.write:
        _must_exist(path)
    try:
        return duckdb.connect(path, read_only=path != MEMORY and not access.write)
    except duckdb.Error as error:
        if "not a valid DuckDB database" in str(error):
            raise UsageError(f"{path} is no DuckDB database") from error
        hint = None
        if "different configuration" in str(error):
            hint = "this process has it open in another mode: DuckDB opens a file either read-only or for writing"
        raise Translator(fault, address).connecting(error, hint=hint) or error from error


def _must_exist(path: str) -> None:
    if not Path(path).exists():
        raise UsageError(f"no such file: {path}", hint="--write makes a new database")

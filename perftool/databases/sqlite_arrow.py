"""Arrow record batches from a SQLite file, by ADBC."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from perftool.databases import adbc, arrow
from perftool.databases.faults import Fault, StatementError
from perftool.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Rows of a batch. From 1,024 to 4,096 it became faster by a fifth, beyond that only larger.
BATCH_ROWS: Final = 4096


def fault(error: BaseException) -> Fault | None:
    """Say what an error means; values of several types in a column are what SQLite allows and Arrow does not."""
    found = adbc.fault(error)
    if found is None:
        return None
    message = found.message.split("\nquery:")[0].removeprefix("Failed to prepare query: ")
    if "Type mismatch" in message:
        message = f"a column holds values of several types ({message}): Arrow cannot hold them, rows can"
    # There is nobody to lose: its errors of input and output are those of statements.
    return replace(found, kind="statement" if found.kind == "lost" else found.kind, message=message, transient=False)


@contextmanager
def batches(uri: str, sql: str, pragmas: tuple[str, ...], stopped: Callable[[], bool]) -> Iterator[Any]:
    """Run a query on a connection of ADBC's; ``stopped`` is asked before each batch.

    raises: UnavailableError where the first rows do not tell a column's type.
    """
    library = adbc.dbapi_of("sqlite")
    options = {"adbc.sqlite.query.batch_rows": str(BATCH_ROWS)}
    opened = adbc.batches(lambda: library.connect(uri, autocommit=True), sql, options=options, before=pragmas)
    with opened as reader:
        first = next(iter(reader), None)
        if first is not None:
            _known(first)
        rest = _unless(reader, stopped)
        yield arrow.pyarrow().RecordBatchReader.from_batches(reader.schema, chain([first] if first else [], rest))


def _known(first: Any) -> None:
    """Make sure that a column of NULLs is no guess: it would become numbers, and fail at the first text."""
    if first.num_rows < BATCH_ROWS:
        return
    for field, column in zip(first.schema, first.columns, strict=True):
        if column.null_count == first.num_rows:
            raise UnavailableError(f"column {field.name} begins with {first.num_rows} NULLs, which tell no type")


def _unless(reader: Any, stopped: Callable[[], bool]) -> Iterator[Any]:
    for batch in reader:
        if stopped():
            raise StatementError(Fault("cancelled", "CANCELLED", "cancelled between two batches"))
        yield batch

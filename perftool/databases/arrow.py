"""Rows to Arrow record batches, for systems that take Arrow and have rows, or give rows where Arrow is wanted."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import UUID

from perftool.databases.api import Column
from perftool.databases.faults import Fault, StatementError
from perftool.errors import missing_extra

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from types import TracebackType

    from perftool.databases.api import Row


def pyarrow() -> Any:
    """Import pyarrow.

    raises: UnavailableError with the install line where it is missing.
    """
    try:
        import pyarrow as pa
    except ImportError as error:
        raise missing_extra("pyarrow", "arrow") from error
    return pa


def batches(rows: Iterable[Row], schema: Any, batch_rows: int) -> Iterator[Any]:
    """Yield record batches of at most ``batch_rows`` rows in the types of ``schema``.

    raises: StatementError for a value that its type cannot hold.
    """
    pa = pyarrow()
    source = iter(rows)
    while chunk := list(islice(source, batch_rows)):
        columns = zip(*chunk, strict=True)
        arrays = [_array(field.name, column, field.type) for column, field in zip(columns, schema, strict=True)]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _array(name: str, column: Sequence[Any], kind: Any) -> Any:
    """Make an array of ``kind``, of what the values are where that is None."""
    pa = pyarrow()
    try:
        return pa.array(column, type=kind)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, TypeError, OverflowError) as error:
        if UUID in set(map(type, column)):
            # Arrow has no such type everywhere, and databases take the text.
            return _array(name, [value and str(value) for value in column], None)
        reason = str(error).splitlines()[0]
        raise StatementError(Fault("statement", type(error).__name__, f"column {name}: {reason}")) from error


def schema_of(names: Sequence[str], types: Sequence[Any], first: Sequence[Row]) -> Any:
    """Return the schema for loading: the table's ``types`` where the ``first`` rows fit, else what the values are.

    A type that is not known is None. The database converts the rest, as it does for an INSERT: text to a date, for one.
    """
    pa = pyarrow()
    columns = list(zip(*first, strict=True)) or [()] * len(names)
    fields = []
    for name, kind, column in zip(names, types, columns, strict=True):
        try:
            found = _array(name, column, kind)
        except StatementError:
            found = _array(name, column, None)
        fields.append(pa.field(name, found.type))
    return pa.schema(fields)


def columns_of(schema: Any) -> tuple[Column, ...]:
    """Return the columns of an Arrow schema."""
    return tuple(Column(field.name, str(field.type)) for field in schema)


def rows_of(batch: Any) -> list[Row]:
    """Return a record batch as rows."""
    return list(zip(*map(_values, batch.columns), strict=True)) if batch.num_columns else []


def _values(column: Any) -> list[Any]:
    values: list[Any] = column.to_pylist()
    if str(column.type) == "month_day_nano_interval":
        return [value and _interval(value) for value in values]
    return values


def _interval(value: Any) -> Any:
    """Return what Python has for an interval; months have no fixed length."""
    return value if value.months else timedelta(days=value.days, microseconds=value.nanoseconds // 1000)


class ArrowStream:
    """Rows from record batches, in chunks. ``reading`` gives the reader, ``guard`` translates what it raises."""

    path = "arrow"

    def __init__(
        self,
        reading: AbstractContextManager[Any],
        guard: Callable[[], AbstractContextManager[None]],
        chunk_rows: int,
    ) -> None:
        self._reading = reading
        self._guard = guard
        self._chunk_rows = chunk_rows
        self._open = True
        with guard():
            self._reader = reading.__enter__()
            self.columns = columns_of(self._reader.schema)

    def __iter__(self) -> Iterator[Sequence[Row]]:
        """Yield chunks of at most the rows asked for; a batch is never waited for to be full."""
        while (batch := self._next()) is not None:
            for start in range(0, batch.num_rows, self._chunk_rows):
                yield rows_of(batch.slice(start, self._chunk_rows))

    def _next(self) -> Any:
        with self._guard():
            try:
                return self._reader.read_next_batch()
            except StopIteration:
                return None

    def __enter__(self) -> ArrowStream:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._open:
            self._open = False
            with self._guard():
                self._reading.__exit__(None, None, None)

"""Arrow record batches on their way into files, and made of rows where a database gives none."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from perftool.errors import InputError, missing_extra
from perftool.queries.written_values import json_text, unique

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from perftool.databases.api import Column, Row


class Drain:
    """A file that keeps what is written until it is taken: Arrow's writers push, streams are pulled."""

    closed = False

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._position = 0

    def write(self, data: Any) -> int:
        """Keep a copy of ``data``."""
        part = bytes(data)
        self._parts.append(part)
        self._position += len(part)
        return len(part)

    def taken(self) -> bytes:
        """Return what was written since the last call."""
        data = b"".join(self._parts)
        self._parts.clear()
        return data

    def tell(self) -> int:
        """Return how much was written."""
        return self._position

    def flush(self) -> None:
        """Do nothing: there is nowhere to flush to."""

    def close(self) -> None:
        """Do nothing: what was written is still to be taken."""

    def readable(self) -> bool:
        """Say no."""
        return False

    def writable(self) -> bool:
        """Say yes."""
        return True

    def seekable(self) -> bool:
        """Say no."""
        return False


class ShapeError(InputError):
    """A value does not fit the type that the first rows gave its column."""


class Kinds:
    """Which kinds of values each column holds: what its Arrow type follows from. NULL is of no kind."""

    def __init__(self, width: int) -> None:
        self._seen: list[set[type]] = [set() for _ in range(width)]
        self._huge = [False] * width

    def see(self, rows: Sequence[Row]) -> None:
        """Take note of ``rows``."""
        for number, values in enumerate(zip(*rows, strict=True)):
            kinds = set(map(type, values))
            self._seen[number] |= kinds
            if int in kinds and not self._huge[number]:
                self._huge[number] = any(type(v) is int and not -(2**63) <= v < 2**63 for v in values)

    def types(self) -> list[Any]:
        """Return the Arrow type of each column; text where kinds are mixed that no other type holds."""
        return [_arrow_type(seen, huge) for seen, huge in zip(self._seen, self._huge, strict=True)]


def _arrow_type(seen: set[type], huge: bool) -> Any:
    import pyarrow as pa

    kinds = seen - {type(None)}
    if not kinds:
        return pa.string()
    for types, found in (
        ({bool}, pa.bool_()),
        ({int}, pa.string() if huge else pa.int64()),
        ({int, float}, pa.string() if huge else pa.float64()),
        ({dt.date}, pa.date32()),
        ({dt.time}, pa.time64("us")),
        ({dt.timedelta}, pa.duration("us")),
        ({bytes, bytearray, memoryview}, pa.binary()),
    ):
        if kinds <= types:
            return found
    return pa.string()


def stated(columns: Sequence[Column]) -> list[Any]:
    """Return the Arrow type of each column as the database states it, None where its word says too little."""
    return [_stated(column.type) for column in columns]


def _stated(word: str) -> Any:
    import pyarrow as pa

    base = word.lower().partition("(")[0].strip()
    whole = {"int", "integer", "bigint", "smallint", "tinyint", "mediumint", "int2", "int4", "int8", "year"}
    if base in whole:
        return pa.int64()
    if base in {"float", "double", "real", "float4", "float8", "double precision"}:
        return pa.float64()
    if base in {"bool", "boolean"}:
        return pa.bool_()
    if base == "date":
        return pa.date32()
    if base in {"timestamp", "datetime", "timestamp without time zone"}:
        return pa.timestamp("us")
    if base in {"timestamptz", "timestamp with time zone"}:
        return pa.timestamp("us", tz="UTC")
    if base in {"bytea", "blob", "binary", "varbinary", "longblob", "mediumblob", "tinyblob"}:
        return pa.binary()
    return None


class Shaper:
    """Makes record batches of one schema from rows.

    A column's type is what the database states, else what its values are: those of the first chunk, or of all rows
    where ``kinds`` saw them before. Decimals, documents and what Arrow has no type for become text.
    """

    def __init__(self, columns: Sequence[Column], first: Sequence[Row], kinds: Kinds | None = None) -> None:
        import pyarrow as pa

        if kinds is None:
            kinds = Kinds(len(columns))
            kinds.see(first)
        self._names = unique(columns)
        types = [said or seen for said, seen in zip(stated(columns), _timed(kinds, first), strict=True)]
        self.schema = pa.schema(list(zip(self._names, types, strict=True)))
        self._rows = 0

    def batch(self, rows: Sequence[Row]) -> Any:
        """Return ``rows`` as a record batch; raises: ShapeError for a value that does not fit its column."""
        import pyarrow as pa

        arrays = []
        for field, values in zip(self.schema, zip(*rows, strict=True), strict=True):
            arrays.append(self._array(field, values))
        self._rows += len(rows)
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema)

    def _array(self, field: Any, values: Sequence[Any]) -> Any:
        import pyarrow as pa

        if pa.types.is_string(field.type) and not _TEXT.issuperset(map(type, values)):
            values = [text_value(value) for value in values]
        try:
            return pa.array(values, type=field.type)
        except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
            raise ShapeError(
                f"column {field.name}: behind row {self._rows:,} comes a value that is no {field.type}, "
                "which the rows before it are",
                hint="give the column one type in the statement: CAST(…), or write --as ndjson",
            ) from error


def _timed(kinds: Kinds, first: Sequence[Row]) -> list[Any]:
    """Return the types that values have; whether timestamps have a zone only the values themselves tell."""
    import pyarrow as pa

    found = kinds.types()
    for number, values in enumerate(zip(*first, strict=True)):
        stamps = [value for value in values if type(value) is dt.datetime]
        if stamps and all(value is None or type(value) is dt.datetime for value in values):
            found[number] = pa.timestamp("us", tz="UTC" if stamps[0].tzinfo else None)
    return found


_TEXT: Final = frozenset({str, type(None)})


def text_value(value: Any) -> str | None:
    """Return what stands for ``value`` in a column of text."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (Decimal, uuid.UUID, int, float)) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(" ")
    return json_text(value).strip('"') if not isinstance(value, (dict, list, tuple)) else json_text(value)


def shaped(columns: Sequence[Column], chunks: Iterable[Sequence[Row]]) -> tuple[Any, Iterator[Any]]:
    """Return the schema of rows and an iterator of them as record batches."""
    check()
    walk = iter(chunks)
    first: list[Row] = []
    # The first chunk of a stream may be a single row, which says little about what comes.
    while len(first) < _LOOK and (chunk := next(walk, None)) is not None:
        first += chunk
    shaper = Shaper(columns, first)

    def batches() -> Iterator[Any]:
        if first:
            yield shaper.batch(first)
            first.clear()
        for chunk in walk:
            if chunk:
                yield shaper.batch(chunk)

    return shaper.schema, batches()


_LOOK: Final = 1000


def stream_of_rows(columns: Sequence[Column], chunks: Iterable[Sequence[Row]]) -> Iterator[bytes]:
    """Yield rows as an IPC stream."""
    return _written("new_stream", *shaped(columns, chunks))


def file_of_rows(columns: Sequence[Column], chunks: Iterable[Sequence[Row]]) -> Iterator[bytes]:
    """Yield rows as an IPC file."""
    return _written("new_file", *shaped(columns, chunks))


def stream_of_batches(reader: Any) -> Iterator[bytes]:
    """Yield record batches as an IPC stream."""
    return _written("new_stream", reader.schema, reader)


def file_of_batches(reader: Any) -> Iterator[bytes]:
    """Yield record batches as an IPC file."""
    return _written("new_file", reader.schema, reader)


def _written(make: str, schema: Any, batches: Iterable[Any]) -> Iterator[bytes]:
    import pyarrow as pa

    drain = Drain()
    writer = getattr(pa.ipc, make)(drain, schema)
    yield drain.taken()
    for batch in batches:
        writer.write_batch(batch)
        yield drain.taken()
    writer.close()
    yield drain.taken()


def check() -> None:
    """Raise UnavailableError with the install line where pyarrow is missing."""
    try:
        import pyarrow as pa  # noqa: F401
    except ImportError as error:
        raise missing_extra("pyarrow", "arrow") from error

"""Rows and tables as an Arrow IPC stream."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from perftool.caching.keys import UncachableError
from perftool.errors import missing_extra

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Row = tuple[Any, ...]

#: Types that Arrow has no exact counterpart of: they go as text, and the field says what it was.
_AS_TEXT: Final[dict[type, tuple[bytes, Callable[[str], Any]]]] = {
    Decimal: (b"decimal", Decimal),
    UUID: (b"uuid", UUID),
}
_NOTE: Final = b"perftool.type"
_FROM_TEXT: Final = dict(_AS_TEXT.values())


class MixedError(Exception):
    """A column holds values that no one Arrow type takes without changing them."""


def check() -> None:
    """Make sure that pyarrow is there.

    raises: UnavailableError with the install line.
    """
    try:
        import pyarrow as pa  # noqa: F401
    except ImportError as error:
        raise missing_extra("pyarrow", "arrow") from error


def encode(columns: Sequence[str], rows: Sequence[Row]) -> bytes:
    """Return ``rows`` as one batch.

    raises: MixedError where a column holds several types, or one whose values Arrow would change.
    """
    import pyarrow as pa

    values = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    made = [_column(name, held) for name, held in zip(columns, values, strict=True)]
    schema = pa.schema([field for field, _ in made])
    return encode_table(pa.Table.from_arrays([array for _, array in made], schema=schema))


def _column(name: str, values: Sequence[Any]) -> tuple[Any, Any]:
    import pyarrow as pa

    kinds = set(map(type, values)) - {type(None)}
    if len(kinds) > 1:
        raise MixedError(name)
    kind = kinds.pop() if kinds else type(None)
    if kind in _AS_TEXT:
        texts = [None if value is None else str(value) for value in values]
        return pa.field(name, pa.string(), metadata={_NOTE: _AS_TEXT[kind][0]}), pa.array(texts, pa.string())
    types = {
        type(None): pa.null(),
        bool: pa.bool_(),
        int: pa.int64(),
        float: pa.float64(),
        str: pa.string(),
        bytes: pa.binary(),
        date: pa.date32(),
        timedelta: pa.duration("us"),
        datetime: pa.timestamp("us"),
    }
    if kind not in types or (kind is datetime and any(v is not None and (v.tzinfo or v.fold) for v in values)):
        raise MixedError(name)
    try:
        return pa.field(name, types[kind]), pa.array(values, types[kind])
    except (pa.ArrowException, OverflowError, UnicodeEncodeError) as error:
        # A whole number above 64 bits, a text that is no Unicode.
        raise MixedError(name) from error


def decode(data: memoryview | bytes) -> tuple[tuple[str, ...], list[Row]]:
    """Return the columns and rows that ``encode`` was given.

    raises: UncachableError for anything else.
    """
    table = decode_table(data)
    columns = []
    for field, column in zip(table.schema, table.columns, strict=True):
        values = column.to_pylist()
        read = _FROM_TEXT.get((field.metadata or {}).get(_NOTE, b""))
        if read is not None:
            try:
                values = [None if value is None else read(value) for value in values]
            except (ValueError, TypeError, AttributeError, InvalidOperation) as error:
                raise UncachableError("not in the form that we write") from error
        columns.append(values)
    rows = list(zip(*columns, strict=True)) if columns else [()] * table.num_rows
    return tuple(table.schema.names), rows


def encode_table(table: Any) -> bytes:
    """Return a ``pyarrow.Table`` as a stream of batches."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def decode_table(data: memoryview | bytes) -> Any:
    """Return the ``pyarrow.Table`` of a stream; its columns look into ``data`` and are no copies.

    raises: UncachableError for anything else, extension types among it: to build one runs code of whoever named it.
    """
    import pyarrow as pa

    try:
        with pa.ipc.open_stream(pa.py_buffer(data)) as reader:
            if any(_foreign(field) for field in reader.schema):
                raise UncachableError("an extension type of Arrow")
            table = reader.read_all()
            # Offsets that lead outside a buffer would be followed: others can write to a shared store.
            table.validate(full=True)
            return table
    except (pa.ArrowException, OSError, ValueError) as error:
        raise UncachableError("not in the form that we write") from error


def _foreign(field: Any) -> bool:
    import pyarrow as pa

    return isinstance(field.type, pa.BaseExtensionType) or b"ARROW:extension:name" in (field.metadata or {})

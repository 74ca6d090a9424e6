"""CSV after RFC 4180, lines ending in LF: a header, an empty field for NULL, ``""`` for an empty text."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from perftool.queries import written_values as values
from perftool.queries.format import Format
from perftool.queries.record_batches import Drain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from perftool.databases.api import Column, Row

#: Types whose text is what stands in a field.
_WRITABLE: Final = frozenset({type(None), int, float, str, Decimal, date, datetime, time, UUID})
_BATCH_ROWS: Final = 1024


def _rows(columns: Sequence[Column], chunks: Iterable[Sequence[Row]]) -> Iterator[bytes]:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    yield (",".join(_field(column.name) for column in columns) + "\n").encode()
    for chunk in chunks:
        if not chunk:
            continue
        if _simple(chunk):
            writer.writerows(chunk)
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
        else:
            yield "".join(_line(row) for row in chunk).encode()


def _simple(chunk: Sequence[Row]) -> bool:
    """Say whether the library's writer does right: it writes an empty text as it writes NULL."""
    if len(chunk[0]) == 1:
        return False  # It quotes a lone NULL, to tell it from an empty line.
    for column in zip(*chunk, strict=True):
        kinds = set(map(type, column))
        if not (_WRITABLE.issuperset(kinds) and (str not in kinds or "" not in column)):
            return False
    return True


def _line(row: Row) -> str:
    return ",".join([_field(values.csv_value(value)) for value in row]) + "\n"


def _field(value: Any) -> str:
    if value is None:
        return ""
    text = str(value)
    if not text or not _SPECIAL.isdisjoint(text):
        return '"' + text.replace('"', '""') + '"'
    return text


def _copied(pieces: Iterable[bytes]) -> Iterator[bytes]:
    yield from pieces


def _batches(reader: Any) -> Iterator[bytes]:
    from pyarrow import csv as arrow_csv

    drain = Drain()
    options = arrow_csv.WriteOptions(include_header=True, batch_size=_BATCH_ROWS, quoting_style="needed")
    with arrow_csv.CSVWriter(drain, reader.schema, write_options=options) as writer:
        for batch in reader:
            writer.write_batch(batch)
            yield drain.taken()
    yield drain.taken()


_SPECIAL: Final = frozenset(',"\r\n')
FORMAT = Format(
    name="csv",
    suffixes=(".csv",),
    summary="comma-separated values with a header",
    rows=_rows,
    copies="csv",
    copied=_copied,
    batches=_batches,
)

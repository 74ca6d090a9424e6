"""CSV after RFC 4180, lines ending in LF: a header, an empty field for NULL, ``""`` for an empty text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from perftool.queries.csv_text import field, lines
from perftool.queries.format import Format
from perftool.queries.record_batches import Drain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from perftool.databases.api import Column, Row

_BATCH_ROWS: Final = 1024


def _rows(columns: Sequence[Column], chunks: Iterable[Sequence[Row]]) -> Iterator[bytes]:
    yield (",".join(field(column.name) for column in columns) + "\n").encode()
    for chunk in chunks:
        if chunk:
            yield lines(chunk)


def _copied(pieces: Iterable[bytes]) -> Iterator[bytes]:
    yield from pieces


def _batches(reader: Any) -> Iterator[bytes]:
    from pyarrow import csv as arrow_csv

    drain = Drain()
    yield (",".join(field(column.name) for column in reader.schema) + "\n").encode()
    options = arrow_csv.WriteOptions(include_header=False, batch_size=_BATCH_ROWS, quoting_style="needed")
    with arrow_csv.CSVWriter(drain, reader.schema, write_options=options) as writer:
        for batch in reader:
            writer.write_batch(batch)
            yield drain.taken()
    yield drain.taken()


FORMAT = Format(
    name="csv",
    suffixes=(".csv",),
    summary="comma-separated values with a header",
    rows=_rows,
    copies="csv",
    copied=_copied,
    batches=_batches,
    package="pyarrow.csv",
)

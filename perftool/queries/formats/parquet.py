"""Parquet: row groups of bounded size, the footer only when all rows are there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from perftool.queries.format import Format
from perftool.queries.record_batches import Drain, shaped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from perftool.databases.api import Column, Row

#: Bytes of Arrow memory that make a row group: what is open is held in memory until its end.
GROUP_BYTES: Final = 1 << 20


def _written(schema: Any, batches: Iterable[Any]) -> Iterator[bytes]:
    import pyarrow as pa
    from pyarrow import parquet

    drain = Drain()
    waiting: list[Any] = []
    size = 0
    # Statistics and dictionaries as usual; snappy costs little and every reader knows it.
    writer = parquet.ParquetWriter(drain, schema, compression="snappy")
    for batch in batches:
        waiting.append(batch)
        size += batch.nbytes
        if size >= GROUP_BYTES:
            writer.write_table(pa.Table.from_batches(waiting, schema))
            waiting, size = [], 0
            yield drain.taken()
    if waiting:
        writer.write_table(pa.Table.from_batches(waiting, schema))
    writer.close()
    yield drain.taken()


def _rows(columns: Sequence[Column], chunks: Iterable[Sequence[Row]]) -> Iterator[bytes]:
    return _written(*shaped(columns, chunks))


def _batches(reader: Any) -> Iterator[bytes]:
    return _written(reader.schema, reader)


FORMAT = Format(
    name="parquet",
    suffixes=(".parquet",),
    summary="a Parquet file (extra: arrow)",
    rows=_rows,
    batches=_batches,
    packed=True,
    typed=True,
    package="pyarrow.parquet",
)

"""Rows to Arrow and back, without a database."""

from __future__ import annotations

import contextlib
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("pyarrow", reason="pyarrow is not installed: pip install 'perftool[arrow]'")

import pyarrow as pa

from perftool.databases import arrow
from perftool.databases.api import Column
from perftool.databases.faults import StatementError

if TYPE_CHECKING:
    from collections.abc import Iterator

ROW = st.tuples(
    st.none() | st.integers(-(2**63), 2**63 - 1),
    st.none() | st.text(),
    st.none() | st.floats(allow_nan=False),
    st.none() | st.dates(),
    st.none() | st.binary(max_size=8),
)


@settings(max_examples=30)
@given(rows=st.lists(ROW, min_size=1, max_size=30), batch_rows=st.integers(1, 40))
def test_rows_come_back_from_batches_as_they_went_in(rows: list[tuple[Any, ...]], batch_rows: int) -> None:
    schema = arrow.schema_of("abcde", [None] * 5, rows)
    batches = list(arrow.batches(rows, schema, batch_rows))
    assert all(0 < batch.num_rows <= batch_rows for batch in batches)
    assert [row for batch in batches for row in arrow.rows_of(batch)] == rows


def test_types_are_those_of_the_table_where_values_fit() -> None:
    types = [pa.int32(), pa.date32(), pa.decimal128(9, 2), pa.string(), None]
    rows = [(1, "2024-02-29", Decimal("1.50"), UUID(int=1), None), (2, None, None, None, None)]
    schema = arrow.schema_of("abcde", types, rows)
    assert [field.type for field in schema] == [pa.int32(), pa.string(), pa.decimal128(9, 2), pa.string(), pa.null()]
    (batch,) = arrow.batches(rows, schema, 10)
    assert batch.column(3).to_pylist() == [str(UUID(int=1)), None]
    assert arrow.columns_of(schema)[0] == Column("a", "int32")


def test_a_value_that_fits_nothing_is_told_with_its_column() -> None:
    with pytest.raises(StatementError, match="column b: "):
        arrow.schema_of("ab", [pa.int64(), pa.int64()], [(1, 1), (2, "two")])


def test_intervals_are_those_of_python_where_it_has_them() -> None:
    values = [(0, 1, 2_500_000_000), None, (1, 0, 0)]
    batch = pa.RecordBatch.from_arrays([pa.array(values, pa.month_day_nano_interval())], ["i"])
    first, second, third = (row[0] for row in arrow.rows_of(batch))
    assert first == timedelta(days=1, seconds=2.5)
    assert second is None
    assert third.months == 1


@settings(max_examples=30)
@given(size=st.integers(0, 25), chunk_rows=st.integers(1, 10))
def test_a_stream_cuts_batches_into_chunks_and_closes_once(size: int, chunk_rows: int) -> None:
    batches = [
        pa.RecordBatch.from_pydict({"i": pa.array(range(start, min(start + 7, size)), pa.int64())})
        for start in range(0, size, 7)
    ]
    ended = []

    @contextlib.contextmanager
    def reading() -> Iterator[Any]:
        yield pa.RecordBatchReader.from_batches(pa.schema([("i", pa.int64())]), batches)
        ended.append(True)

    with arrow.ArrowStream(reading(), contextlib.nullcontext, chunk_rows) as stream:
        assert stream.columns == (Column("i", "int64"),)
        chunks = [list(chunk) for chunk in stream]
    assert [row[0] for chunk in chunks for row in chunk] == list(range(size))
    assert all(0 < len(chunk) <= chunk_rows for chunk in chunks)
    assert ended == [True]
    assert arrow.rows_of(pa.RecordBatch.from_pydict({"d": [date(2024, 2, 29)]})) == [(date(2024, 2, 29),)]

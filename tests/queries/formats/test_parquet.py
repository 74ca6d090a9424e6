"""Parquet, in row groups of bounded size."""

from __future__ import annotations

import io

import pytest

from perftool.databases.api import Column
from perftool.queries.formats import parquet as module
from perftool.queries.formats.parquet import FORMAT

pa = pytest.importorskip("pyarrow")


def test_rows_are_read_back_from_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    from pyarrow import parquet

    monkeypatch.setattr(module, "GROUP_BYTES", 10_000)
    chunks = [[(number * 1000 + row, "text") for row in range(1000)] for number in range(5)]
    written = b"".join(FORMAT.rows([Column("a"), Column("b")], chunks))
    file = parquet.ParquetFile(io.BytesIO(written))
    assert file.num_row_groups == 5
    assert file.read().column("a").to_pylist() == list(range(5000))


def test_no_row_is_a_file_without_rows() -> None:
    from pyarrow import parquet

    assert FORMAT.batches is not None
    table = pa.table({"a": pa.array([], pa.int64())})
    assert parquet.read_table(io.BytesIO(b"".join(FORMAT.batches(table.to_reader())))).equals(table)

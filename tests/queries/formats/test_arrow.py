"""Arrow IPC files."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest

from perftool.databases.api import Column
from perftool.queries.formats.arrow import FORMAT
from perftool.queries.record_batches import ShapeError

pa = pytest.importorskip("pyarrow")


def test_rows_become_columns_with_types() -> None:
    columns = [Column("n"), Column("d"), Column("j"), Column("t", "int4")]
    rows = [(1, Decimal("1.50"), [1], None), (None, None, {"k": None}, 7)]
    table = pa.ipc.open_file(io.BytesIO(b"".join(FORMAT.rows(columns, [rows[:1], rows[1:]])))).read_all()
    assert [str(field.type) for field in table.schema] == ["int64", "string", "string", "int64"]
    assert table.to_pylist()[1] == {"n": None, "d": None, "j": '{"k":null}', "t": 7}


def test_no_row_is_a_table_without_rows() -> None:
    table = pa.ipc.open_file(io.BytesIO(b"".join(FORMAT.rows([Column("a")], [])))).read_all()
    assert (table.num_rows, table.schema.names) == (0, ["a"])


def test_a_value_of_another_type_is_named_by_its_column() -> None:
    with pytest.raises(ShapeError, match="column a: behind row 1,000"):
        list(FORMAT.rows([Column("a")], [[(1,)] * 1000, [("x",)]]))


def test_batches_pass_as_they_are() -> None:
    table = pa.table({"a": [1, 2, 3]})
    assert FORMAT.batches is not None
    written = b"".join(FORMAT.batches(table.to_reader(max_chunksize=2)))
    assert pa.ipc.open_file(io.BytesIO(written)).read_all().equals(table)

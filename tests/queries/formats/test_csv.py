"""CSV: fields that need quotes have them, and NULL is told from an empty text."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perftool.databases.api import Column
from perftool.queries.formats.csv import FORMAT
from tests.queries.reading import fields

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(["", '"', ",", "\n", "\r"])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.none() | TEXTS, st.none() | st.integers(), st.none() | st.floats(), TEXTS), min_size=1))
def test_fields_read_back_as_they_were(rows: list[tuple[object, ...]]) -> None:
    columns = [Column(name) for name in ("text", "int", "float", 'a "name", with signs')]
    header, *found = fields(b"".join(FORMAT.rows(columns, [rows])).decode())
    assert header == ["text", "int", "float", 'a "name", with signs']
    for row, (text, whole, real, other) in zip(found, rows, strict=True):
        assert (row[0], row[3]) == (text, other)
        assert (row[1] and int(row[1])) == (None if whole is None else whole)
        assert repr(None if row[2] is None else float(row[2])) == repr(real)


def test_values_that_are_no_text() -> None:
    row = (True, b"\x00\xff", Decimal("1.50"), dt.datetime(2024, 1, 2, 3, 4), dt.timedelta(days=1), [1, None], 2**70)
    columns = [Column(str(number)) for number in range(len(row))]
    written = b"".join(FORMAT.rows(columns, [[row]])).decode().splitlines()[1]
    assert written == f'true,00ff,1.50,2024-01-02 03:04:00,P1D,"[1,null]",{2**70}'


def test_a_lone_null_is_an_empty_line() -> None:
    assert b"".join(FORMAT.rows([Column("a")], [[(None,), ("",)]])) == b'a\n\n""\n'


def test_record_batches_have_the_same_header() -> None:
    pa = pytest.importorskip("pyarrow")
    table = pa.table({"a": [1, None], "b,c": ["x", ""]})
    assert FORMAT.batches is not None
    assert b"".join(FORMAT.batches(table.to_reader())) == b'a,"b,c"\n1,"x"\n,""\n'

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.lint.widening import mysql_in_place, postgres_change, postgres_type

TYPES = st.sampled_from(
    ["int", "bigint", "text", "varchar", "varchar(5)", "varchar(9)", "numeric(9, 2)", "numeric", "timestamp(3)",
     "timestamp", "timestamptz", "char(4)", "text[]", "varchar(5)[]", "citext", "uuid", '"Mood"', "enum('a', 'b')"]
)  # fmt: skip


@given(TYPES)
def test_the_same_type_keeps_its_rows(kind: str):
    assert postgres_change(kind, kind) == "free"
    assert mysql_in_place(kind, kind)


@given(TYPES, TYPES)
def test_what_is_free_both_ways_is_the_same_to_the_engine(one: str, other: str):
    if postgres_change(one, other) == postgres_change(other, one) == "free":
        names = {postgres_type(one).name, postgres_type(other).name}
        assert len(names) == 1 or names <= {"text", "varchar", "citext"}


@given(st.text(alphabet="ab(),[] 12'", max_size=30), st.text(alphabet="ab(),[] 12'", max_size=30))
def test_odd_types_are_only_compared(one: str, other: str):
    assert postgres_change(one, other) in ("free", "utc", "rewrite")
    assert mysql_in_place(one, other) in (True, False)


@pytest.mark.parametrize(
    ("text", "name", "given_", "array"),
    [
        ("character varying(20)", "varchar", ("20",), ""),
        ("timestamp(3) with time zone", "timestamptz", ("3",), ""),
        ("pg_catalog.int4", "integer", (), ""),
        ("numeric(10, 2)[3][]", "numeric", ("10", "2"), "[][]"),
        ("x" * 600, "x" * 600, (), ""),
    ],
)
def test_spellings(text: str, name: str, given_: tuple[str, ...], array: str):
    assert postgres_type(text) == (name, given_, array)

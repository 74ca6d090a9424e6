"""Rows come back as they were, in value and in type, from every form; what would not is refused."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perftool.caching import arrow_form, forms
from perftool.caching.keys import UncachableError
from perftool.errors import UsageError
from tests.caching.bombs import planted

if TYPE_CHECKING:
    from pathlib import Path

pa = pytest.importorskip("pyarrow")

text = st.text(alphabet=st.characters(exclude_categories=["Cs"]))
zones = st.integers(-23, 23).map(lambda hours: timezone(timedelta(hours=hours)))
KINDS: dict[str, st.SearchStrategy[Any]] = {
    "bool": st.booleans(),
    "int": st.integers(),
    "float": st.floats(allow_nan=False),
    "text": text,
    "bytes": st.binary(),
    "decimal": st.decimals(allow_nan=False),
    "date": st.dates(),
    "time": st.times().filter(lambda value: not value.fold),
    "datetime": st.datetimes().filter(lambda value: not value.fold),
    "zoned": st.datetimes(timezones=zones).filter(lambda value: not value.fold),
    "interval": st.timedeltas(),
    "uuid": st.uuids(),
    "json": st.recursive(st.none() | text | st.integers(), lambda x: st.lists(x) | st.dictionaries(text, x)),
}
KINDS["mixed"] = st.one_of(*KINDS.values())


@st.composite
def results(draw: st.DrawFn) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    kinds = draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=3))
    rows = draw(st.lists(st.tuples(*(st.none() | KINDS[kind] for kind in kinds)), max_size=4))
    return tuple(f"c{at % 2}" for at in range(len(kinds))), rows


def exact(value: Any) -> Any:
    """Return what has to be equal: 1 is not True, and Decimal("1.0") is not Decimal("1")."""
    if isinstance(value, dict):
        return {key: exact(one) for key, one in value.items()}
    return [exact(one) for one in value] if isinstance(value, list | tuple) else (type(value), str(value))


@pytest.mark.parametrize("name", sorted(forms.FORMS))
@settings(max_examples=40, deadline=None)
@given(result=results())
def test_rows_come_back(name: str, result: Any) -> None:
    columns, rows = result
    found_columns, found_rows = forms.decode(forms.form(name).encode(columns, rows))
    assert found_columns == columns
    assert all(type(row) is tuple for row in found_rows)
    assert exact(found_rows) == exact(rows)


ORDINARY = [(1, "a", 1.5, None, True, b"\x00", Decimal("1.20"), date(2024, 1, 2)), (2, "b", math.inf, *[None] * 5)]


@pytest.mark.parametrize("name", sorted(forms.FORMS))
def test_ordinary_rows_take_the_form_that_was_asked_for(name: str) -> None:
    columns = tuple("abcdefgh")
    data = forms.form(name).encode(columns, ORDINARY)
    assert data[:1] == {"json": b"J", "arrow": b"A"}[name]
    assert forms.decode(data) == (columns, ORDINARY)
    assert forms.decode(forms.form(name).encode(columns, [])) == (columns, [])


def test_a_nan_stays_one() -> None:
    for name in forms.FORMS:
        ((value,),) = forms.decode(forms.form(name).encode(("a",), [(math.nan,)]))[1]
        assert math.isnan(value)


@pytest.mark.parametrize(
    "values",
    [(1, "a"), (1, 2.5), (2**70, 1), (datetime(2024, 1, 1, tzinfo=UTC),), ([1],), (time(1),)],
    ids=["types", "numbers", "large", "zone", "list", "time"],
)
def test_what_arrow_would_change_goes_as_json(values: tuple[Any, ...]) -> None:
    rows = [(value,) for value in values]
    data = forms.form("arrow").encode(("a",), rows)
    assert data[:1] == b"J"
    assert exact(forms.decode(data)[1]) == exact(rows)


class Odd(int):
    pass


@pytest.mark.parametrize(
    "value",
    [object(), Odd(1), "\ud800", {1: 2}, datetime(2024, 1, 1, fold=1), {"a": object()}],
    ids=["an object", "a subclass", "half a character", "a number as key", "a time told twice", "an object inside"],
)
@pytest.mark.parametrize("name", sorted(forms.FORMS))
def test_what_would_not_come_back_is_refused(name: str, value: object) -> None:
    with pytest.raises(UncachableError):
        forms.form(name).encode(("a",), [(value,)])


@given(st.binary(), st.sampled_from([b"", b"J", b"A"]))
def test_any_other_bytes_are_refused(data: bytes, head: bytes) -> None:
    try:
        columns, rows = forms.decode(head + data)
    except UncachableError:
        return
    assert all(len(row) == len(columns) for row in rows)


def test_a_pickle_is_only_bytes(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    bomb = planted(trace)
    for head in (b"", b"J", b"A"):
        with pytest.raises(UncachableError):
            forms.decode(head + bomb)
    assert forms.decode(forms.form("json").encode(("a",), [(bomb,)])) == (("a",), [(bomb,)])
    assert not trace.exists()


def test_an_extension_type_of_arrow_is_refused() -> None:
    field = pa.field("a", pa.int64(), metadata={b"ARROW:extension:name": b"arrow.py_extension_type"})
    data = arrow_form.encode_table(pa.Table.from_arrays([pa.array([1])], schema=pa.schema([field])))
    with pytest.raises(UncachableError):
        arrow_form.decode_table(data)


def test_a_table_comes_back() -> None:
    table = pa.table({"a": [1, 2], "b": ["x", None]})
    assert arrow_form.decode_table(arrow_form.encode_table(table)).equals(table)


def test_an_unknown_form() -> None:
    with pytest.raises(UsageError):
        forms.form("pickle")


def test_an_identifier_stays_one() -> None:
    rows = [(UUID(int=1),)]
    assert forms.decode(forms.form("arrow").encode(("a",), rows)) == (("a",), rows)


def test_a_table_whose_offsets_lead_outside_is_refused() -> None:
    data = arrow_form.encode_table(pa.table({"a": ["first", "second"]}))
    at = data.index(b"first")
    # The offsets stand before the texts: 0, 5, 11.
    offsets = data.rindex((5).to_bytes(4, "little") + (11).to_bytes(4, "little"), 0, at)
    wrong = data[:offsets] + (1 << 30).to_bytes(4, "little") + data[offsets + 4 :]
    with pytest.raises(UncachableError):
        arrow_form.decode_table(wrong)

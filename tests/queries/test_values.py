"""Values that JSON has no word for become texts that say what they are."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.queries.values import Meter, plain


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, None),
        (True, True),
        (7, 7),
        (2**63, "9223372036854775808"),
        (1.5, 1.5),
        (float("nan"), "NaN"),
        (float("-inf"), "-Infinity"),
        (Decimal("1.10"), "1.10"),
        (b"\x00\xff", "x'00ff'"),
        (dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC), "2026-01-02 03:04:05+00:00"),
        (dt.date(2026, 1, 2), "2026-01-02"),
        (dt.time(1, 2), "01:02:00"),
        (dt.timedelta(days=1.5), "1 day, 12:00:00"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ({"a": [1, Decimal("2.0"), None]}, '{"a":[1,"2.0",null]}'),
    ],
)
def test_what_it_is(value: object, shown: object) -> None:
    assert plain(value) == shown
    assert type(plain(value)) is type(shown)


_VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.decimals()


@given(st.lists(st.tuples(_VALUES, st.dictionaries(st.integers() | st.text(), _VALUES, max_size=2)), max_size=3))
def test_any_rows_are_measured(rows: list[tuple[object, ...]]) -> None:
    """Whatever comes out of a database has a size, and is JSON."""
    assert len(json.loads(Meter().encoded(rows))) == len(rows)

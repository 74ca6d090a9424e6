"""Numbers of Go benchmark text."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.compare.numbers import parse_count, parse_float
from tests.fakes.failures import failure

INVALID = "invalid syntax"
RANGE = "value out of range"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"12.5", 12.5),
        (b"-3", -3.0),
        (b"+.5", 0.5),
        (b"5.", 5.0),
        (b"1_000", 1000.0),
        (b"1e-400", 0.0),
        (b"0x10p1", 32.0),
        (b"-0x1.8P3", -12.0),
        (b"0x_1p0", 1.0),
        (b"inf", math.inf),
        (b"-Infinity", -math.inf),
    ],
)
def test_floats(text: bytes, value: float) -> None:
    assert parse_float(text) == value


def test_nan_is_a_float_here() -> None:
    assert math.isnan(parse_float(b"NaN"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"1.2.3", INVALID),
        (b"", INVALID),
        (b"1__0", INVALID),
        (b"_1", INVALID),
        (b"+nan", INVALID),
        (b"0x10", INVALID),
        (b"0xp1", INVALID),
        ("１２".encode(), INVALID),
        (b" 1", INVALID),
        (b"1e999", RANGE),
        (b"0x1p99999", RANGE),
    ],
)
def test_what_is_no_float(text: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_float(text)


@pytest.mark.parametrize(("text", "value"), [(b"0", 0), (b"+5", 5), (b"-12", -12), (b"000", 0), (b"0" * 30 + b"7", 7)])
def test_counts(text: bytes, value: int) -> None:
    assert parse_count(text) == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", INVALID),
        (b"-", INVALID),
        (b"1_0", INVALID),
        (b"1.0", INVALID),
        (b"9223372036854775808", RANGE),
        (b"-9223372036854775809", RANGE),
        (b"9" * 5000, RANGE),
    ],
)
def test_what_is_no_count(text: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_count(text)


@given(st.floats(allow_nan=False))
def test_what_python_writes_is_read_back(value: float) -> None:
    assert parse_float(repr(value).encode()) == value


@given(st.integers(min_value=-(2**63), max_value=2**63 - 1))
def test_64_bit_counts_are_read_back(value: int) -> None:
    assert parse_count(str(value).encode()) == value


@given(st.binary(max_size=12))
def test_anything_is_a_number_or_a_value_error(text: bytes) -> None:
    for parse in (parse_float, parse_count):
        error = failure(ValueError, parse, text)
        assert error is None or str(error) in (INVALID, RANGE)

"""The wire format: numbers and blocks come back, and what is cut or absurd is told with its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.profiling.protobuf import DamagedError, block, fields, number, numbers, packed, signed, varint

INTS = st.integers(-(1 << 63), (1 << 63) - 1)


def test_examples_of_the_specification() -> None:
    assert varint(150) == b"\x96\x01"
    assert number(1, 150) == b"\x08\x96\x01"
    assert block(2, b"testing") == b"\x12\x07testing"
    assert block(6, packed((3, 270, 86942))) == b"\x32\x06\x03\x8e\x02\x9e\xa7\x05"
    assert varint(-2) == b"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"


@given(values=st.lists(INTS, max_size=20), field=st.integers(1, 500))
def test_packed_numbers_come_back(values: list[int], field: int) -> None:
    data = block(field, packed(values))
    ((found, first, second),) = fields(data, 0, len(data))
    assert found == field
    assert [signed(value) for value in numbers(data, first, second)] == values


@given(value=INTS, field=st.integers(1, 500))
def test_single_numbers_come_back(value: int, field: int) -> None:
    data = number(field, value)
    assert [(found, signed(first), second) for found, first, second in fields(data, 0, len(data))] == (
        [(field, value, -1)] if value else []
    )
    assert numbers(data, 7, -1) == [7]


def test_numbers_of_fixed_width_are_passed_over() -> None:
    data = b"\x09" + bytes(8) + b"\x15" + bytes(4) + number(3, 5)
    assert list(fields(data, 0, len(data))) == [(3, 5, -1)]


@pytest.mark.parametrize("value", [1 << 63, -(1 << 63) - 1])
def test_more_than_64_bits_are_refused(value: int) -> None:
    with pytest.raises(OverflowError, match="64 bits"):
        varint(value)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x08", "byte 1: a number is cut off"),
        (b"\x08\xff", "byte 1: a number is cut off"),
        (b"\x08" + b"\xff" * 20, "byte 1: a number has no end"),
        (b"\x12\x05ab", "byte 0: a field of 5 bytes does not fit into the 2 that are left"),
        (b"\x00\x01", "byte 0: a field has the number 0"),
        (b"\x0b", "byte 0: no field has the wire type 3"),
        (b"\x09\x01", "byte 0: a field is cut off"),
    ],
)
def test_damage_is_told_with_its_place(data: bytes, said: str) -> None:
    with pytest.raises(DamagedError) as damaged:
        list(fields(data, 0, len(data)))
    assert str(damaged.value) == said


@given(data=st.binary(max_size=80))
def test_any_bytes_end(data: bytes) -> None:
    at = 0
    try:
        for _, first, second in fields(data, 0, len(data)):
            assert second == -1 or 0 <= first <= second <= len(data)
            numbers(data, first, second)
    except DamagedError as damaged:
        at = damaged.at
    assert 0 <= at <= len(data)

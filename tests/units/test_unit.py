"""Unit names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.units.unit import better, is_binary, parts, tidy


@pytest.mark.parametrize(
    ("unit", "tidied", "factor"),
    [
        ("ns/op", "sec/op", 1e-9),
        ("MB/s", "B/s", 1e6),
        ("p99-ns/op", "p99-sec/op", 1e-9),
        ("MB*MB/s", "B*B/s", 1e12),
        ("op/ns", "op/ns", 1.0),
        ("op/ns*ns", "op/ns*sec", 1e-9),
        ("ms/op", "ms/op", 1.0),
        ("KB", "KB", 1.0),
        ("", "", 1.0),
    ],
)
def test_tidying_goes_to_seconds_and_bytes(unit: str, tidied: str, factor: float) -> None:
    assert tidy(unit) == (tidied, factor)


@given(st.text("nsMB/*- op", max_size=12))
def test_pieces_joined_are_the_unit_and_tidying_is_idempotent(unit: str) -> None:
    assert "".join(piece for piece, _ in parts(unit)) == unit
    tidied, _ = tidy(unit)
    assert tidy(tidied) == (tidied, 1.0)


@pytest.mark.parametrize(
    ("unit", "binary"),
    [("B/op", True), ("disk-B/sec", True), ("bytes", True), ("sec/B*B", True), ("MB/s", True), ("text-bytes", True),
     ("sec/B", False), ("sec/disk-B", False), ("sec/op", False), ("allocs/op", False)],
)  # fmt: skip
def test_bytes_in_the_numerator_make_a_unit_binary(unit: str, binary: bool) -> None:
    assert is_binary(unit) is binary


@pytest.mark.parametrize(
    ("unit", "direction"),
    [
        ("sec/op", "lower"), ("ns/op", "lower"), ("cpu-sec/op", "lower"), ("user-sec/op", "lower"),
        ("p99-sec/op", "lower"), ("max-sec/op", "lower"), ("gc-sec/op", "lower"), ("B/op", "lower"),
        ("allocs/op", "lower"), ("peak-RSS-B", "lower"), ("bytes", "lower"), ("sec", "lower"), ("sec/B", "lower"),
        ("B/s", "higher"), ("MB/s", "higher"), ("op/s", "higher"), ("tokens/s", "higher"), ("op/ns", "higher"),
        ("statements/sec", "higher"), ("errors/s", "lower"),
        ("score", "unknown"), ("drift", "unknown"), ("cpu-sec/sec", "unknown"), ("", "unknown"),
    ],
)  # fmt: skip
def test_the_better_direction_is_read_from_the_name(unit: str, direction: str) -> None:
    assert better(unit) == direction

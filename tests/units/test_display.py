"""Numbers as people read them."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.units.display import format_bytes, format_duration, format_percent, format_value


@pytest.mark.parametrize(
    ("value", "unit", "spread", "text"),
    [
        (31.2e-6, "cpu-sec/op", 0.01, "31.2 µs ± 1%"),
        (102.4e-6, "sec/op", 0.02, "102 µs ± 2%"),
        (1.38e-3, "sec/op", 0.02, "1.38 ms ± 2%"),
        (1.23456, "sec/op", 0.0, "1.235 s ± 0%"),
        (1.23456, "sec/op", 0.0004, "1.235 s ± 0%"),
        (31.23e-6, "sec/op", 0.5, "31 µs ± 50%"),
        (31.23e-6, "sec/op", 0.003, "31.23 µs ± 0.3%"),
        (31.23e-6, "sec/op", math.inf, "31.2 µs ± ∞"),
        (47e-6, "p99-sec/op", None, "47.0 µs"),
        (999.96e-6, "sec/op", None, "1.00 ms"),
        (0.0, "sec/op", None, "0 s"),
        (3e-12, "sec/op", None, "0.00300 ns"),
        (18841, "B/op", None, "18.4 KiB"),
        (412, "B/op", None, "412 B"),
        (2.5e6, "B/s", 0.01, "2.38 MiB/s ± 1%"),
        (412, "allocs/op", 0.0, "412 ± 0%"),
        (1377, "allocs/op", None, "1,377"),
        (1234567, "allocs/op", None, "1.23 M"),
        (32100, "op/s", 0.01, "32,100 ± 1%"),
        (32123.4, "op/s", 0.01, "32.1 K ± 1%"),
        (-0.00123, "sec/op", None, "−1.23 ms"),
        (math.inf, "sec/op", None, "∞"),
        (-math.inf, "sec/op", None, "−∞"),
        (math.nan, "sec/op", None, "?"),
        (1e300, "sec/op", None, "1.00e300 s"),
        (1e-300, "sec/op", None, "1.00e-291 ns"),
        (5e-324, "sec/op", None, "4.94e-315 ns"),
        (1e300, "widgets", None, "1.00e288 T"),
        (1e-300, "widgets", None, "1.00e-300"),
        (-1e300, "B/op", None, "−9.09e287 TiB"),
        (123456.0, "sec/op", None, "123456 s"),
        (0.0012, "widgets", None, "0.00120"),
    ],
)
def test_a_value_has_a_unit_a_spread_and_no_needless_digit(
    value: float, unit: str, spread: float | None, text: str
) -> None:
    assert format_value(value, unit, spread) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.34, "340 ms"), (12.4, "12.4 s"), (59.96, "1 min"), (125, "2 min 5 s"), (3780, "1 h 3 min"), (7200, "2 h"),
     (-125, "−2 min 5 s"), (0, "0 s")],
)  # fmt: skip
def test_durations(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text


def test_bytes_are_whole_below_a_kibibyte_and_binary_above() -> None:
    assert format_bytes(1000) == "1000 B"
    assert format_bytes(1024) == "1.00 KiB"
    assert format_bytes(3 * 2**30) == "3.00 GiB"


@pytest.mark.parametrize(
    ("fraction", "signed", "text"),
    [(0.255, False, "25.5 %"), (0.255, True, "+25.5 %"), (-0.009, True, "−0.9 %"), (-0.0001, True, "+0.0 %"),
     (12.0, True, "+1,200 %"), (math.inf, True, "+∞ %"), (math.nan, False, "?")],
)  # fmt: skip
def test_percentages(fraction: float, signed: bool, text: str) -> None:
    assert format_percent(fraction, signed=signed) == text


@given(
    st.floats(1e-9, 1e12),
    st.sampled_from(["sec/op", "B/op", "allocs/op", "op/s"]),
    st.none() | st.floats(0, 2) | st.just(math.inf),
)
def test_the_text_is_close_to_the_value(value: float, unit: str, spread: float | None) -> None:
    text = format_value(value, unit, spread).partition(" ±")[0]
    number, _, prefix = text.replace(",", "").partition(" ")
    powers = {"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
    powers |= {"B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40, "": 1}
    assert float(number) * powers[prefix] == pytest.approx(value, rel=0.06)
    if value < 1000:
        digits = re.sub(r"^0+|[.,]", "", number.partition("e")[0]).lstrip("0")
        assert len(digits) <= 5

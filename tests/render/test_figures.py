from __future__ import annotations

import pytest

from perftool.render import figures


@pytest.mark.parametrize(
    ("fraction", "text"),
    [
        (0.255, "+25.5 %"),
        (-0.009, "−0.9 %"),
        (0.0, "0.0 %"),
        (-1e-9, "0.00 %"),
        (0.0004, "+0.04 %"),
        (12.5, "+1250 %"),
    ],
)
def test_percent(fraction: float, text: str) -> None:
    assert figures.percent(fraction) == text


def test_an_interval_without_a_bound_is_open() -> None:
    assert figures.change_interval(-0.024, 0.007) == "[−2.4, +0.7]"
    assert figures.change_interval(None, 0.1) == "[−∞, +10.0]"
    assert figures.change_interval(0.1, None) == "[+10.0, +∞]"
    assert figures.change_interval(None, None) == ""


@pytest.mark.parametrize(
    ("p", "test", "text"),
    [
        (0.0004, "mann-whitney-exact", "p<0.001"),
        (0.0123, "mann-whitney-exact", "p=0.012"),
        (0.31, "mann-whitney-exact", "p=0.31"),
        (1.0, "exact", "exact"),
        (None, "none", ""),
    ],
)
def test_p_values(p: float | None, test: str, text: str) -> None:
    assert figures.p_value(p, test) == text


def test_an_adjusted_p_stands_beside_the_raw_one() -> None:
    assert figures.p_value(0.03, "mann-whitney-exact", 0.12, "holm") == "p=0.030 (holm 0.12)"
    assert figures.p_value(1e-9, "mann-whitney-exact", 1e-8, "bh") == "p<0.001 (bh <0.001)"


@pytest.mark.parametrize(
    ("earlier", "text"),
    [
        ("2026-11-17T18:00:00Z", "3 days"),
        ("2026-11-20T19:31:02Z", "1 hour"),
        ("2026-11-20T20:30:59Z", "moments"),
        ("2027-01-01T00:00:00Z", ""),
        ("yesterday", ""),
        ("2026-11-17T18:00:00", ""),
    ],
)
def test_ages(earlier: str, text: str) -> None:
    assert figures.age(earlier, "2026-11-20T20:31:02Z") == text


def test_a_spread_stands_beside_a_value_unless_it_is_exact() -> None:
    assert figures.value(100e-9, "sec/op", 98e-9, 102e-9) == "100 ns ± 2%"
    assert figures.value(100e-9, "sec/op", None, None) == "100 ns ± ∞"
    assert figures.value(412, "allocs/op", None, None, exact=True) == "412"
    assert figures.value(412, "allocs/op", 410, 414, exact=True).startswith("412 ±")


def test_thresholds_and_counts() -> None:
    assert figures.threshold(0.2) == "20 %"
    assert figures.threshold(0.005) == "0.5 %"
    assert figures.threshold(0.2 + 0.1) == "30 %"
    assert figures.count(1, "case") == "1 case"
    assert figures.count(1200, "case") == "1,200 cases"


def test_times_are_known_by_their_unit() -> None:
    assert figures.is_time("cpu-sec/op")
    assert figures.is_time("sec/op")
    assert figures.is_time("p99-ticks/op")
    assert not figures.is_time("B/op")
    assert not figures.is_time("op/sec")


def test_normalised_units_are_called_like_the_measured_ones() -> None:
    assert figures.unit_title("cpu-ticks/op") == figures.unit_title("cpu-sec/op") == "CPU time/op"
    assert figures.unit_title("widgets/op") == "widgets/op"

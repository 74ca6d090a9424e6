"""Benchmarks on one side only."""

from __future__ import annotations

from perftool.compare.comparator import compare
from perftool.compare.gate import GateRules
from tests.fakes.results import around, series, side


def listed(*sides: object) -> list[tuple[str, str, str]]:
    payload, _, _ = compare(sides, gate=GateRules())  # type: ignore[arg-type]
    return [(one.name, one.unit, one.state) for one in payload.unmatched]


def test_what_came_and_went() -> None:
    old, new = side("old", series("A", around(1.0))), side("new", series("B", around(1.0)))
    assert sorted(listed(old, new)) == [("A", "sec/op", "missing"), ("B", "sec/op", "new")]


def test_a_tail_that_one_side_measured_is_not_missing() -> None:
    whole = side("whole", series("A", around(1.0)), series("A", around(1.0), "p99-sec/op"))
    plain = side("plain", series("A", around(1.0)))
    assert listed(whole, plain) == listed(plain, whole) == []


def test_a_benchmark_that_only_informs_is_missing_when_nothing_of_it_is_left() -> None:
    tails = series("T", around(1.0), "p99-sec/op"), series("T", around(1.0), "max-sec/op")
    here, there = series("A", around(1.0)), series("T", around(1.0), "p99-sec/op")
    assert listed(side("old", here, *tails), side("new", here, there)) == []
    assert [one[0] for one in listed(side("old", here, *tails), side("new", here))] == ["T", "T"]

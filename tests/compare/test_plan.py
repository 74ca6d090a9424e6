"""Plans for usual lines give what reading each line for itself gives."""

from __future__ import annotations

import io

from perftool.compare.api import ReadOptions
from perftool.compare.inputs import read


def values(text: str, *, as_benchstat: bool = False) -> dict[tuple[str, str], list[float]]:
    found = read(io.BytesIO(text.encode()), "x", ReadOptions(as_benchstat=as_benchstat))
    return {(one.name, one.unit): list(one.values) for one in found.series}


def test_order_survives_lines_of_another_form() -> None:
    lines = ["1 B/op 2 x", "3 B/op 4 x", "5 B/op", "6 x 7 B/op", "8 B/op 9 x", "0x1p3 B/op 1_0 x", "11 B/op 12 x"]
    text = "".join(f"BenchmarkA 1 {line}\n" for line in lines)
    assert values(text) == {("A", "B/op"): [1, 3, 5, 7, 8, 8, 11], ("A", "x"): [2, 4, 6, 9, 10, 12]}


def test_a_unit_given_twice_keeps_its_values_in_turn() -> None:
    assert values("BenchmarkA 1 1 x 2 x\n" * 3) == {("A", "x"): [1, 2, 1, 2, 1, 2]}


def test_what_scaling_does_not_change_keeps_its_place() -> None:
    text = "".join(f"BenchmarkA 1 {value} MB/s\n" for value in (1, 2, 0, 3, 0))
    assert values(text) == {("A", "B/s"): [1e6, 2e6, 0, 3e6, 0]}
    assert values(text, as_benchstat=True) == {("A", "B/s"): [1e6, 2e6, 3e6], ("A", "MB/s"): [0, 0]}


def test_equal_constants_are_shared_and_stay_apart() -> None:
    text = "".join(f"Benchmark{name} 1 {value} B/op\n" for name, value in ("A5", "B5", "A5", "B5", "C5", "C6"))
    found = {one.name: one.values for one in read(io.BytesIO(text.encode()), "x").series}
    assert found["A"] is found["B"]
    assert {name: list(kept) for name, kept in found.items()} == {"A": [5, 5], "B": [5, 5], "C": [5, 6]}

"""Callers and callees, against go tool pprof -peek."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.profiling import files
from perftool.profiling.peek import peeks
from tests.profiling import go_pprof
from tests.profiling.stacks import capture

if TYPE_CHECKING:
    from pathlib import Path

STACKS = """
main run parse leaf 40
main run parse 20
main run render parse leaf 30
main parse parse leaf 10
"""
_ROW = re.compile(r" *(\d+)ms +(\d+(?:\.\d+)?)% \| +(\S+)")


def theirs(printed: str) -> tuple[dict[str, int], dict[str, int]]:
    """Return callers and callees with their weights as pprof prints them above and below the function."""
    above: dict[str, int] = {}
    below: dict[str, int] = {}
    side = above
    for line in printed.splitlines():
        if found := _ROW.fullmatch(line):
            side[found[3]] = int(found[1])
        elif "%" in line and "| " in line and "calls" not in line:
            side = below
    return above, below


@go_pprof.with_go
def test_as_go_tool_pprof(tmp_path: Path) -> None:
    one = capture(STACKS)
    files.write(one, tmp_path / "one.pb.gz")
    printed = go_pprof.pprof("-peek", "^parse$", "-unit=ms", tmp_path / "one.pb.gz", folder=tmp_path)
    (found,), more = peeks(one, 1, "^parse$", most=5)
    ours = [{edge.function: round(edge.weight * 1000) for edge in side} for side in (found.callers, found.callees)]
    assert ours == [{"run": 60, "render": 30, "main": 10}, {"leaf": 80}]
    assert tuple(ours) == theirs(printed)
    assert more == 0


def test_shares_are_of_the_function() -> None:
    (found,), _ = peeks(capture("a f 30\nb f g 10"), 1, "^f$", most=1)
    assert [(edge.function, edge.share) for edge in found.callers] == [("a", 0.75), ("b", 0.25)]
    assert [(edge.function, edge.share) for edge in found.callees] == [("g", 0.25)]
    assert (found.row.own, found.row.total) == (0.03, 0.04)


def test_the_heaviest_of_many() -> None:
    found, more = peeks(capture("a 1\nab 5\nabc 3"), 1, "a", most=2)
    assert [one.row.function for one in found] == ["ab", "abc"]
    assert more == 1


@given(st.lists(st.tuples(st.lists(st.sampled_from("abc"), min_size=1, max_size=6), st.integers(1, 9)), min_size=1))
def test_no_edge_weighs_more_than_the_function(rows: list[tuple[list[str], int]]) -> None:
    found, _ = peeks(capture("\n".join(f"{' '.join(names)} {weight}" for names, weight in rows)), 1, "", most=9)
    for one in found:
        assert all(0 < edge.share <= 1.0 + 1e-9 for edge in (*one.callers, *one.callees))
        assert one.row.own + sum(edge.weight for edge in one.callees) >= one.row.total - 1e-9


def test_by_line() -> None:
    (first, second), _ = peeks(capture("a:1 f:5 40\na:2 f:6 30"), 1, "^f$", most=5, lines=True)
    assert [(edge.function, edge.line) for edge in first.callers] == [("a", 1)]
    assert (first.row.line, second.row.line) == (5, 6)


def test_a_pattern_that_finds_nothing() -> None:
    assert peeks(capture("a 1"), 1, "zzz", most=5) == ((), 0)


@pytest.mark.parametrize("most", [1, 3])
def test_order_does_not_depend_on_the_samples(most: int) -> None:
    lines = ["a f 5", "b f 5", "c g 5"]
    assert peeks(capture("\n".join(lines)), 1, ".", most=most) == peeks(
        capture("\n".join(reversed(lines))), 1, ".", most=most
    )

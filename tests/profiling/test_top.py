"""Rankings: own and total weights, recursion counted once, nothing lost beyond the rows that are kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.profiling.capture import CPU, SAMPLES, Builder, Capture, Function
from perftool.profiling.shares import Selection, selected
from perftool.profiling.top import ranking

STACKS = st.lists(st.tuples(st.lists(st.sampled_from("abcd"), min_size=1, max_size=5), st.integers(0, 50)), max_size=12)


def capture(*rows: tuple[str, int]) -> Capture:
    """Return a capture of stacks such as ``main work:12 leaf`` with milliseconds."""
    builder = Builder((SAMPLES, CPU))
    for names, weight in rows:
        frames = [one.partition(":") for one in names.split()]
        stack = [builder.frame(Function(name, f"/x/{name}.py", 1), int(line or 1)) for name, _, line in frames]
        builder.add(stack, (1, weight * 1_000_000))
    return builder.build()


def test_own_and_total() -> None:
    found = ranking(capture(("main work leaf", 30), ("main work", 60), ("main", 10)), 1)
    assert [(row.function, row.own, row.total) for row in found.rows] == [
        ("work", 0.06, 0.09), ("leaf", 0.03, 0.03), ("main", 0.01, 0.1),
    ]  # fmt: skip
    assert (found.total, found.unit, found.rest) == (0.1, "s", 0.0)
    assert found.rows[0].own_share == pytest.approx(0.6)


def test_recursion_counts_once() -> None:
    found = ranking(capture(("main f f f", 40), ("main f g f", 60)), 1)
    assert {row.function: row.total_share for row in found.rows} == {"f": 1.0, "main": 1.0, "g": 0.6}


def test_by_line() -> None:
    found = ranking(capture(("main:3 f:7", 40), ("main:4 f:7", 60)), 1, lines=True, order="total")
    assert [(row.function, row.line, row.total_share) for row in found.rows] == [
        ("f", 7, 1.0), ("main", 4, 0.6), ("main", 3, 0.4),
    ]  # fmt: skip


def test_what_is_not_listed_is_the_rest() -> None:
    found = ranking(capture(("a", 50), ("b", 30), ("c", 20)), 1, most=1)
    assert [row.function for row in found.rows] == ["a"]
    assert found.rest == pytest.approx(0.05)


def test_shares_of_the_whole() -> None:
    one = capture(("a", 50), ("b", 50))
    found = ranking(selected(one, Selection(focus="a")), 1, whole=one.total(1))
    assert [(row.function, row.own_share) for row in found.rows] == [("a", 0.5)]


@given(STACKS)
def test_own_weights_add_up(rows: list[tuple[list[str], int]]) -> None:
    one = capture(*((" ".join(names), weight) for names, weight in rows))
    found = ranking(one, 1, most=2)
    assert sum(row.own for row in found.rows) + found.rest == pytest.approx(found.total)
    assert all(row.own <= row.total <= found.total + 1e-12 for row in found.rows)

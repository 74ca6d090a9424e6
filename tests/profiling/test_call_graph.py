"""Stacks out of call graphs: own times exact, totals where they can be known, an end whatever calls whom."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from perftool.profiling import call_graph
from perftool.profiling.call_graph import Edge, Node, stacks

if TYPE_CHECKING:
    import pytest


def own_and_total(nodes: list[Node]) -> tuple[Counter[int], Counter[int]]:
    own: Counter[int] = Counter()
    total: Counter[int] = Counter()
    for stack, weight in stacks(nodes):
        assert weight > 0
        own[stack[-1]] += weight
        total.update(dict.fromkeys(stack, weight))
    return own, total


def test_two_callers_share_by_time() -> None:
    # main calls a (3 s in leaf) and b (1 s in leaf).
    nodes = [
        Node(1, 0.0, 4.0),
        Node(1, 0.0, 3.0, {0: Edge(1, 0.0, 3.0)}),
        Node(1, 0.0, 1.0, {0: Edge(1, 0.0, 1.0)}),
        Node(9, 4.0, 4.0, {1: Edge(3, 3.0, 3.0), 2: Edge(6, 1.0, 1.0)}),
    ]
    assert dict(stacks(nodes)) == {(0, 1, 3): 3_000_000_000, (0, 2, 3): 1_000_000_000}


def test_callers_of_a_caller_are_thought_alike() -> None:
    # a and b call shared for 3 s and 1 s; how much of leaf is whose is not known.
    nodes = [
        Node(1, 0.0, 3.0),
        Node(1, 0.0, 1.0),
        Node(4, 2.0, 4.0, {0: Edge(2, 1.5, 3.0), 1: Edge(2, 0.5, 1.0)}),
        Node(4, 2.0, 2.0, {2: Edge(4, 2.0, 2.0)}),
    ]
    assert dict(stacks(nodes)) == {
        (0, 2): 1_500_000_000,
        (1, 2): 500_000_000,
        (0, 2, 3): 1_500_000_000,
        (1, 2, 3): 500_000_000,
    }


def test_recursion_stands_in_the_stack() -> None:
    nodes = [Node(1, 0.0, 2.0), Node(9, 2.0, 2.0, {0: Edge(1, 0.25, 2.0), 1: Edge(8, 1.75, 1.75)})]
    assert dict(stacks(nodes)) == {(0, 1): 250_000_000, (0, 1, 1): 1_750_000_000}


def test_what_is_inside_of_itself_is_not_counted_twice() -> None:
    # root -> run -> outer -> run -> inner: run's time holds the time of the run inside of it.
    nodes = [
        Node(1, 0.0, 10.0),
        Node(2, 1.0, 10.0, {0: Edge(1, 0.5, 10.0), 2: Edge(1, 0.5, 6.0)}),
        Node(1, 3.5, 9.5, {1: Edge(1, 3.5, 9.5)}),
        Node(1, 5.5, 5.5, {1: Edge(1, 5.5, 5.5)}),
    ]
    assert dict(stacks(nodes)) == {
        (0, 1): 500_000_000,
        (0, 1, 2): 3_500_000_000,
        (0, 1, 2, 1): 500_000_000,
        (0, 1, 2, 1, 3): 5_500_000_000,
    }


def test_circle_that_nobody_entered_still_counts() -> None:
    nodes = [Node(1, 1.0, 1.0, {1: Edge(1, 1.0, 1.0)}), Node(1, 2.0, 2.0, {0: Edge(1, 2.0, 2.0)})]
    own, _ = own_and_total(nodes)
    assert own == {0: 1_000_000_000, 1: 2_000_000_000}


def test_no_place_for_a_call_hangs_it_below_its_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_graph, "_MOST_PLACES", 1)
    nodes = [
        Node(1, 1.0, 3.0),
        Node(1, 1.0, 2.0, {0: Edge(1, 1.0, 2.0)}),
        Node(1, 1.0, 1.0, {1: Edge(1, 1.0, 1.0)}),
    ]
    assert set(dict(stacks(nodes))) == {(0,), (0, 1), (0, 1, 2)}


TIMES = st.floats(0, 100)


@st.composite
def graphs(draw: st.DrawFn) -> list[Node]:
    size = draw(st.integers(1, 7))
    edges = st.builds(Edge, st.integers(0, 9), TIMES, TIMES)
    callers = st.dictionaries(st.integers(0, size - 1), edges, max_size=4)
    return [draw(st.builds(Node, st.integers(0, 20), TIMES, TIMES, callers)) for _ in range(size)]


@settings(deadline=None)
@given(nodes=graphs())
def test_own_times_are_exact_whatever_the_graph_says(nodes: list[Node]) -> None:
    own, total = own_and_total(nodes)
    assert own == +Counter({at: round(node.own_s * 1e9) for at, node in enumerate(nodes)})
    assert all(weight <= sum(own.values()) for weight in total.values())
    assert list(stacks(nodes)) == list(stacks(nodes))


@st.composite
def trees(draw: st.DrawFn) -> tuple[list[Node], dict[tuple[int, ...], int]]:
    """Return a graph that is a tree, each function called from one place, and the stacks that it came from."""
    parents = [draw(st.integers(0, at - 1)) if at else -1 for at in range(draw(st.integers(1, 8)))]
    own = [draw(st.integers(0, 10**9)) for _ in parents]
    total = list(own)
    for at in reversed(range(1, len(parents))):
        total[parents[at]] += total[at]
    nodes = []
    paths: dict[int, tuple[int, ...]] = {}
    for at, parent in enumerate(parents):
        paths[at] = (*paths.get(parent, ()), at)
        edge = Edge(1, own[at] / 1e9, total[at] / 1e9)
        nodes.append(Node(1, own[at] / 1e9, total[at] / 1e9, {parent: edge} if at else {}))
    return nodes, {paths[at]: weight for at, weight in enumerate(own) if weight}


@settings(deadline=None)
@given(made=trees())
def test_a_tree_comes_back_as_it_was(made: tuple[list[Node], dict[tuple[int, ...], int]]) -> None:
    nodes, expected = made
    assert dict(stacks(nodes)) == expected

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from perftool.workers.api import Outcome
from perftool.workers.order import Order


def taken(order: Order) -> list[int]:
    found = []
    while (outcome := order.take()) is not None:
        found.append(outcome.number)
    return found


@settings(deadline=None)
@given(st.permutations(range(12)), st.sets(st.integers(0, 11)))
def test_any_arrival_comes_out_in_order_and_as_soon_as_it_can(arrival: list[int], pauses: set[int]) -> None:
    order, found = Order(ordered=True), []
    for turn, index in enumerate(arrival):
        order.put(index, Outcome(index, b""))
        here = set(arrival[: turn + 1])
        first_missing = next(i for i in range(13) if i not in here)
        assert order.waiting == turn + 1 - len(found)
        assert order.ready == (first_missing > len(found))
        if turn in pauses:
            found += taken(order)
            assert len(found) == first_missing
    assert found + taken(order) == list(range(12))


@settings(deadline=None)
@given(st.permutations(range(8)))
def test_unordered_hands_on_as_it_comes(arrival: list[int]) -> None:
    order = Order(ordered=False)
    for index in arrival:
        order.put(index, Outcome(index, b""))
    assert taken(order) == arrival
    assert not order.ready

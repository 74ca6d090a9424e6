"""Two answers are the same just when they have the same rows, in any order, fractions as sums give them."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.tune.settings_answers import Answer, answer

values = st.one_of(
    st.none(), st.integers(), st.text(), st.binary(), st.booleans(), st.decimals(allow_nan=False), st.floats()
)
rows = st.integers(1, 3).flatmap(lambda width: st.lists(st.tuples(*[values] * width), max_size=6))


def of(found: list[tuple[Any, ...]], chunk: int = 2) -> Answer:
    return answer(found[at : at + chunk] for at in range(0, len(found), chunk))


@given(rows, st.randoms(use_true_random=False), st.integers(1, 4))
def test_order_and_chunks_do_not_matter(found: list[tuple[Any, ...]], chance: Any, chunk: int) -> None:
    mixed = list(found)
    chance.shuffle(mixed)
    assert of(found).same(of(mixed, chunk))


@given(rows.filter(bool), st.data())
def test_a_row_more_shows(found: list[tuple[Any, ...]], data: st.DataObject) -> None:
    assert not of(found).same(of([*found, data.draw(st.sampled_from(found))]))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([(1,)], [(2,)]),
        ([(1,)], [(1.0,)]),
        ([(1,)], [(True,)]),
        ([(1,)], [("1",)]),
        ([(None,)], [("None",)]),
        ([(Decimal("1.0"),)], [(Decimal("1.00"),)]),
        ([(1.0,)], [(1.000001,)]),
        ([(1.0,), (3.0,)], [(2.0,), (2.0,)]),
        ([(math.inf,)], [(-math.inf,)]),
        ([(date(2024, 1, 1),)], [(date(2024, 1, 2),)]),
        ([(1, 2)], [(2, 1)]),
        ([], [(None,)]),
    ],
)
def test_differences_show(one: list[Any], other: list[Any]) -> None:
    assert not of(one).same(of(other))


def test_sums_in_another_order_are_the_same() -> None:
    one = [(f"group {i}", math.fsum(1 / k for k in range(1, 1000 + i))) for i in range(50)]
    other = [(name, sum(1 / k for k in reversed(range(1, 1000 + i)))) for i, (name, _) in enumerate(one)]
    assert of(one).same(of(other))

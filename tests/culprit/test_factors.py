"""The change of a path, split into calls and cost."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.culprit.factors import Factor, factors
from perftool.culprit.naming import Named

A, B, C = Named("a"), Named("b"), Named("c")
NATIVE = Named("memcpy", "native")
positive = st.floats(0.01, 1e4)


def parts(found: list[Factor], before: float, after: float) -> dict[tuple[int, bool], float]:
    return {(one.position, one.own): one.before * before + one.after * after for one in found}


def test_nobody_counted_all_is_cost() -> None:
    assert parts(factors((A, B), (2.0, 5.0), None), 2.0, 5.0) == {(1, True): 3.0}


def test_twice_the_calls_is_the_number_alone() -> None:
    calls = {(A,): 1.0, (A, B): 10.0}, {(A,): 1.0, (A, B): 20.0}
    assert parts(factors((A, B), (3.0, 6.0), calls), 3.0, 6.0) == pytest.approx({(1, False): 3.0, (1, True): 0.0})


def test_twice_the_cost_is_the_cost_alone() -> None:
    calls = {(A,): 1.0, (A, B): 10.0}, {(A,): 1.0, (A, B): 10.0}
    assert parts(factors((A, B), (3.0, 6.0), calls), 3.0, 6.0) == {(1, True): 3.0}


def test_numbers_are_divided_over_the_calls_of_a_path() -> None:
    calls = {(A,): 1.0, (A, B): 2.0, (A, B, C): 4.0}, {(A,): 1.0, (A, B): 4.0, (A, B, C): 16.0}
    found = parts(factors((A, B, C), (1.0, 4.0), calls), 1.0, 4.0)
    assert found == pytest.approx({(1, False): 1.5, (2, False): 1.5, (2, True): 0.0})


def test_a_call_that_is_new_is_all_of_it() -> None:
    calls = {(A,): 1.0}, {(A,): 1.0, (A, B): 5.0, (A, B, C): 5.0}
    assert factors((A, B, C), (0.0, 4.0), calls) == [Factor(1, own=False, before=-1.0, after=1.0, more=True)]
    assert factors((A, B, C), (4.0, 0.0), calls[::-1]) == [Factor(1, own=False, before=-1.0, after=1.0, more=False)]


def test_what_counting_missed_is_cost() -> None:
    calls = {(A,): 1.0}, {(A,): 1.0, (A, B): 5.0}
    assert parts(factors((A, B), (2.0, 3.0), calls), 2.0, 3.0) == {(1, True): 1.0}


def test_c_code_is_not_counted() -> None:
    calls = {(A,): 1.0, (A, B): 1.0}, {(A,): 1.0, (A, B): 2.0}
    found = parts(factors((A, NATIVE, B, NATIVE), (1.0, 2.0), calls), 1.0, 2.0)
    assert found == pytest.approx({(2, False): 1.0, (3, True): 0.0})


@given(
    st.tuples(positive, positive),
    st.lists(st.tuples(positive, positive), min_size=3, max_size=3),
)
def test_parts_add_up_to_the_change(weights: tuple[float, float], counts: list[tuple[float, float]]) -> None:
    path = (A, B, C)
    calls = ({path[: at + 1]: counts[at][0] for at in range(3)}, {path[: at + 1]: counts[at][1] for at in range(3)})
    found = parts(factors(path, weights, calls), *weights)
    size = sum(abs(one) for one in found.values()) + max(weights)
    assert math.fsum(found.values()) == pytest.approx(weights[1] - weights[0], abs=1e-7 * size)

"""Times in buckets: none is far from the middle of its own."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from perftool.databases.recorder.figures import Figure, bucket, middle

TIMES = st.integers(0, 10**14)


@given(TIMES)
def test_a_time_is_within_a_sixteenth_of_the_middle_of_its_bucket(ns: int) -> None:
    assert abs(middle(bucket(ns)) - ns) <= max(1, ns / 16)


@given(TIMES, TIMES)
def test_buckets_are_in_the_order_of_times(one: int, other: int) -> None:
    if one <= other:
        assert bucket(one) <= bucket(other)


@given(st.lists(st.tuples(TIMES, TIMES), max_size=20))
def test_a_run_is_in_one_bucket_however_often_it_moves(runs: list[tuple[int, int]]) -> None:
    figure = Figure()
    for execute, fetch in runs:
        figure.add(bucket(execute))
        figure.move(bucket(execute), bucket(execute + fetch))
    assert sum(figure.times.values()) == len(runs)

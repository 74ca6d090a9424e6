from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from perftool.profiling.heap_curve import curve

POINTS = st.lists(
    st.tuples(st.integers(0, 1000).map(float), st.integers(0, 10**9), st.integers(0, 10**9)), max_size=60
).map(sorted)


def test_nothing_gives_nothing() -> None:
    assert curve([]) == ()
    assert curve([[]]) == ()


def test_processes_add_up_while_they_live() -> None:
    parent = [(10.0, 100, 1000), (12.0, 300, 3000), (14.0, 200, 2000)]
    child = [(11.0, 5, 50), (12.0, 7, 70)]
    assert curve([parent, child]) == (
        (0.0, 100, 1000),
        (1.0, 105, 1050),
        (2.0, 307, 3070),
        (4.0, 200, 2000),
    )


@given(POINTS, st.integers(1, 20))
def test_no_peak_is_lost_when_points_are_put_together(points: list[tuple[float, int, int]], most: int) -> None:
    once = list({point[0]: point for point in points}.values())
    found = curve([once], most)
    assert len(found) <= max(most, 0)
    if once:
        assert max(point[1] for point in found) == max(point[1] for point in once)
        assert max(point[2] for point in found) == max(point[2] for point in once)
        assert [point[0] for point in found] == sorted(point[0] for point in found)
        assert found[0][0] == 0

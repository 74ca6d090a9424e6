from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from perftool.render.portions import portions


@given(st.lists(st.text(max_size=5)))
def test_nothing_is_lost_and_no_portion_is_empty(texts: list[str]) -> None:
    found = list(portions(texts))
    assert "".join(found) == "".join(texts)
    assert all(found)


def test_a_portion_ends_when_it_is_large_enough() -> None:
    assert [len(one) for one in portions("x" * 1000 for _ in range(100))] == [66_000, 34_000]


def test_texts_are_taken_when_they_are_needed() -> None:
    taken = 0

    def texts() -> object:
        nonlocal taken
        for _ in range(10):
            taken += 1
            yield "x" * 40_000

    walk = portions(texts())  # type: ignore[arg-type]
    next(walk)
    assert taken == 2

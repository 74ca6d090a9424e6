from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from perftool.render.document import Series
from perftool.render.strip import extent, position, strip

numbers = st.floats(-1e6, 1e6)


def series(values: tuple[float, ...], center: float, lo: float | None = None, hi: float | None = None) -> Series:
    return Series("s", values, center, lo, hi, "")


@given(st.lists(st.tuples(st.lists(numbers, min_size=1, max_size=9), numbers), min_size=1, max_size=4),
       st.integers(12, 80))  # fmt: skip
def test_every_line_has_the_width_and_one_centre(parts: list[tuple[list[float], float]], columns: int) -> None:
    drawn = strip([series(tuple(values), center) for values, center in parts], columns, ascii_only=True)
    assert all(len(line) == columns and line.count("|") == 1 for line in drawn)


def test_lines_share_an_axis() -> None:
    low, high = strip([series((0.0,), 0.0), series((10.0,), 10.0)], 11, ascii_only=True)
    assert low == "|" + " " * 10
    assert high == " " * 10 + "|"


def test_equal_values_stand_in_the_middle() -> None:
    assert position(3.0, 3.0, 3.0) == 0.5
    assert extent([]) == (0.0, 0.0)

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from perftool.render.sparkline import sparkline
from perftool.render.visible import to_ascii


def test_lowest_and_highest_are_the_ends_of_the_scale() -> None:
    assert sparkline([0.0, 1.0, 0.5], [], 10, 0.0, 1.0) == "▁█▅"
    assert sparkline([-9.0, 9.0], [], 10, 0.0, 1.0) == "▁█"


def test_a_bar_parts_levels() -> None:
    assert sparkline([0.0, 0.0, 1.0, 1.0], [2], 10, 0.0, 1.0) == "▁▁│██"


def test_many_values_share_a_character_but_never_with_another_level() -> None:
    values = [0.0] * 90 + [1.0] * 10
    assert sparkline(values, [90], 10, 0.0, 1.0) == "▁" * 9 + "│█"
    assert sparkline([0.0] * 97 + [1.0] * 3, [97], 10, 0.0, 1.0).endswith("│█")


@given(st.lists(st.floats(0, 1), max_size=200), st.integers(1, 40))
def test_is_no_wider_than_asked_for(values: list[float], columns: int) -> None:
    drawn = sparkline(values, [], columns, 0.0, 1.0)
    assert len(drawn) <= columns + 1
    assert bool(drawn) == bool(values)


def test_in_ascii_it_still_rises() -> None:
    assert to_ascii("▁▂▃▄▅▆▇█│") == "_.-~=+*#|"

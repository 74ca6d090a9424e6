"""The grid of benchstat's tables."""

from __future__ import annotations

from perftool.render.benchstat_layout import Grid


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    grid = Grid(3, frozenset())
    grid.add(0, 0, "a")
    grid.add(0, 1, "1", align="right")
    grid.add(1, 0, "bbb")
    grid.add(1, 1, "100", align="right")
    grid.add(1, 2, "x", margin=" ± ")
    assert grid.lines() == "a     1\nbbb 100 ± x\n"


def test_a_spanning_cell_widens_what_may_grow() -> None:
    grid = Grid(4, frozenset({2}))
    grid.add(0, 1, "a long header", margin=" | ", align="center", span=3)
    grid.add(1, 1, "1")
    grid.add(1, 2, "2")
    grid.add(1, 3, "3")
    assert grid.lines() == " | a long header\n   1    2 3\n"


def test_blank_cells_leave_no_trailing_space() -> None:
    grid = Grid(2, frozenset())
    grid.add(0, 0, "a")
    grid.add(0, 1, "")
    grid.add(2, 1, "b")
    assert grid.lines() == "a\n\n  b\n"


def test_a_text_wider_than_its_room_does_not_move_what_follows() -> None:
    grid = Grid(4, frozenset({1, 2}))
    grid.add(0, 1, "vs base", margin="  ", span=2)
    grid.add(0, 3, "", margin=" |")
    grid.add(1, 3, "x")
    assert grid.lines() == "  vs base" + " " * 9 + " |\n  x\n"

"""Cells: shared where they say the same, and never where they do not."""

from __future__ import annotations

import math
from array import array

from perftool.compare.api import Series
from perftool.compare.cells import CellMaker
from perftool.compare.matcher import Pool


def pool(*values: float, name: str = "A") -> Pool:
    return Pool(Series((), name, "B/op", "B/op", array("d", values)), (name,))


def test_equal_constants_are_one_cell() -> None:
    maker = CellMaker(0.95, ())
    one, other = pool(5.0, 5.0, 5.0), pool(5.0, 5.0, 5.0, name="B")
    first, second = maker.cell(one, exact=False), maker.cell(other, exact=False)
    assert first is second
    assert maker.shared(first)
    assert one.first.values is other.first.values
    assert (list(first.values), first.samples, first.summary.center) == ([5.0] * 3, 3, 5.0)


def test_what_differs_in_anything_is_not_shared() -> None:
    maker = CellMaker(0.95, ())
    cells = [
        maker.cell(pool(5.0, 5.0, 5.0), exact=False),
        maker.cell(pool(5.0, 5.0, 5.0), exact=True),
        maker.cell(pool(5.0, 5.0), exact=False),
        maker.cell(pool(6.0, 6.0, 6.0), exact=False),
        maker.cell(pool(0.0, 0.0), exact=False),
        maker.cell(pool(-0.0, -0.0), exact=False),
    ]
    assert len({id(cell) for cell in cells}) == len(cells)
    assert all(map(maker.shared, cells))
    assert math.copysign(1.0, cells[-1].values[0]) == -1.0


def test_a_sample_that_varies_keeps_its_own_values() -> None:
    maker = CellMaker(0.95, ("name",))
    one = pool(1.0, 2.0)
    cell = maker.cell(one, exact=False)
    assert cell.values is one.first.values, "packed and not copied"
    assert not maker.shared(cell)
    one.add(Series((), "B", "B/op", "B/op", array("d", [2.0])), ("B",))
    pooled = maker.cell(one, exact=False)
    assert (list(pooled.values), pooled.samples, pooled.residue) == ([1.0, 2.0, 2.0], 3, ("name",))
    assert list(one.first.values) == [1.0, 2.0]
    assert not maker.shared(maker.cell(pool(0.0, -0.0), exact=False))

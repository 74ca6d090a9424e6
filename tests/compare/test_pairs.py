"""Blocks in pairs by their numbers."""

from __future__ import annotations

import random
from array import array
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from perftool.compare.comparator import compare
from perftool.compare.gate import GateRules
from perftool.compare.matcher import Pool
from perftool.compare.pairs import by_number
from tests.fakes.results import around, series, side

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.model.comparison import Cell, ComparisonPayload


def pool(values: Sequence[float], blocks: Sequence[int] | None) -> Pool:
    return Pool(series("A", values, blocks=None if blocks is None else array("q", blocks)), ())


def seen(found: Sequence[Pool | None]) -> list[list[float]]:
    return [list(one.first.values) for one in found if one is not None]


def test_what_one_side_lost_leaves_no_partner_behind() -> None:
    found, doubt = by_number([pool([1, 2, 3, 4], [0, 1, 2, 3]), pool([20, 40], [1, 3])])
    assert seen(found) == [[2, 4], [20, 40]]
    assert doubt == "2 blocks without a partner on the other side left out"


def test_blocks_in_another_order_meet_their_partners() -> None:
    found, doubt = by_number([pool([1, 2, 3], [0, 1, 2]), pool([30, 10, 20], [2, 0, 1])])
    assert (seen(found), doubt) == ([[1, 2, 3], [10, 20, 30]], "")


def test_equal_blocks_are_left_as_they_are() -> None:
    pools = (pool([1, 2], [0, 1]), None, pool([3, 4], [0, 1]))
    found, doubt = by_number(pools)
    assert doubt == ""
    assert all(new is old for new, old in zip(found, pools, strict=True))


def test_without_numbers_in_common_order_is_all_there_is() -> None:
    apart = [pool([1, 2], [0, 1]), pool([3, 4], [7, 8])]
    assert by_number(apart) == (tuple(apart), "no block is on all sides: compared by the order of the blocks")
    plain = [pool([1, 2], None), pool([3, 4], [7, 8])]
    assert by_number(plain) == (tuple(plain), "")
    alone = [pool([1, 2], [0, 1]), None]
    assert by_number(alone) == (tuple(alone), "")


def test_pooled_runs_meet_run_by_run() -> None:
    old, new = pool([1, 2], [0, 1]), pool([11, 12], [0, 1])
    old.add(series("A", [3, 4], blocks=array("q", [0, 1])), ())
    new.add(series("A", [14], blocks=array("q", [1])), ())
    found, doubt = by_number([old, new])
    assert [[list(one.values) for one in side.series] for side in found if side] == [[[1, 2], [4]], [[11, 12], [14]]]
    assert doubt == "1 block without a partner on the other side left out"
    old.add(series("A", [5], blocks=array("q", [0])), ())
    assert by_number([old, new]) == ((old, new), "")


NUMBERS = st.sets(st.integers(0, 9), min_size=1)


@given(NUMBERS, NUMBERS, st.randoms(use_true_random=False))
def test_all_that_is_left_are_pairs(first: set[int], second: set[int], chance: random.Random) -> None:
    orders = [chance.sample(sorted(one), len(one)) for one in (first, second)]
    found, doubt = by_number([pool([float(block) for block in order], order) for order in orders])
    if first & second:
        assert seen(found) == [sorted(first & second)] * 2
        assert bool(doubt) == (first != second)
    else:
        assert doubt


def cells(payload: ComparisonPayload) -> list[Cell]:
    return [cell for cell in payload.tables[0].rows[0].cells if cell is not None]


def test_a_paired_comparison_tests_pairs_only() -> None:
    """A pace common to both sides hides a loss of 25 % unless each block meets its own partner."""
    chance = random.Random(4)
    pace = [chance.uniform(1, 2) for _ in range(12)]
    old = series("A", pace, blocks=array("q", range(12)))
    new = series("A", [one * 1.25 * chance.gauss(1, 0.001) for one in pace[2:]], blocks=array("q", range(2, 12)))
    payload, verdict, _ = compare([side("old", old), side("new", new)], gate=GateRules(), paired=True)
    before, after = cells(payload)
    assert (verdict.outcome, after.change.test if after.change else "") == ("fail", "signed-rank-exact")
    assert list(before.values) == pace[2:]
    assert before.summary.n == after.summary.n == 10
    assert after.change is not None
    assert after.change.warnings == ("2 blocks without a partner on the other side left out",)


def test_exact_measurements_need_no_partner() -> None:
    old = series("A", [1, 1, 1], "allocs/op", blocks=array("q", [0, 1, 2]), exact=True)
    new = series("A", [1, 1], "allocs/op", blocks=array("q", [0, 2]), exact=True)
    payload, _, _ = compare([side("old", old), side("new", new)], gate=GateRules(), paired=True)
    assert [len(cell.values) for cell in cells(payload)] == [3, 2]


def test_too_few_pairs_say_how_many_would_do() -> None:
    def few(factor: float) -> list[float]:
        return [value * factor for value in around(1.0, 5)]

    sides = [side(name, series("A", few(f), blocks=array("q", range(5)))) for name, f in (("old", 1), ("new", 1.5))]
    payload, _, _ = compare(sides, gate=GateRules(), paired=True)
    change = cells(payload)[1].change
    assert change is not None
    assert (change.outcome, change.needed) == ("inconclusive", 6)
    assert change.warnings == ("needs 6 blocks to find a difference at level 0.05",)

"""Errors controlled over many rows."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import msgspec
import pytest

from perftool.compare.comparator import compare
from perftool.compare.correction import corrected
from perftool.compare.gate import GateRules
from perftool.compare.revision import revised
from perftool.stats.multiplicity import holm
from tests.fakes.results import around, series, side

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.compare.inputs import Input
    from perftool.model.comparison import Change, ComparisonPayload
    from perftool.stats.multiplicity import Correction

GATE = GateRules()


def changes(payload: ComparisonPayload, column: int = 1) -> dict[str, Change]:
    return {
        f"{row.label} {table.unit}": cell.change
        for table in payload.tables
        for row in table.rows
        if (cell := row.cells[column]) is not None and cell.change is not None
    }


def suite(label: str, factors: Sequence[float], seed: int, blocks: int = 8) -> Input:
    chance = random.Random(seed)
    return side(
        label,
        *(series(f"R{i}", [f * chance.gauss(1, 0.03) for _ in range(blocks)]) for i, f in enumerate(factors)),
    )


def test_p_is_adjusted_over_the_rows_of_all_tables_that_may_fail() -> None:
    chance = random.Random(1)

    def values(factor: float) -> list[float]:
        return [factor * chance.gauss(1, 0.05) for _ in range(6)]

    def results(label: str, factor: float) -> Input:
        return side(
            label,
            series("A", values(factor)),
            series("B", values(1)),
            series("A", values(1), "B/op"),
            series("A", values(1), "p99-sec/op"),
            series("A", [5.0 * factor], "allocs/op", exact=True),
        )

    payload, _, _ = compare([results("old", 1), results("new", 1.5)], gate=GATE, correction="holm")
    found = changes(payload)
    family = ["A sec/op", "B sec/op", "A B/op"]
    raw = [found[name].p or 0.0 for name in family]
    assert [found[name].p_adjusted for name in family] == list(holm(raw))
    assert found["A p99-sec/op"].p_adjusted is None  # informs only
    assert found["A allocs/op"].p_adjusted is None  # exact
    assert (found["A allocs/op"].outcome, payload.correction) == ("fail", "holm")


def test_each_column_is_a_family() -> None:
    sides = [suite(name, [1, 1, 1], seed) for seed, name in enumerate(("base", "one", "two"))]
    payload, _, _ = compare(sides, gate=GATE, correction="holm")
    for column in (1, 2):
        found = list(changes(payload, column).values())
        assert [one.p_adjusted for one in found] == list(holm([one.p or 0.0 for one in found]))


def test_a_table_that_is_not_judged_is_no_part_of_a_family() -> None:
    sides = [suite(name, [1, 1], seed) for seed, name in enumerate(("base", "one", "two"))]
    chance = random.Random(5)
    for index in (1, 2):
        more = series("R0", [chance.gauss(1, 0.03) for _ in range(8)], "B/op")
        sides[index] = side(sides[index].label, *sides[index].imported.series, more)
    found = changes(compare(sides, gate=GATE, correction="holm")[0], 2)
    assert (found["R0 B/op"].outcome, found["R0 B/op"].p_adjusted) == ("info", None)
    raw = [found[name].p or 0.0 for name in ("R0 sec/op", "R1 sec/op")]
    assert [found[name].p_adjusted for name in ("R0 sec/op", "R1 sec/op")] == list(holm(raw))


@pytest.mark.parametrize("correction", ["holm", "bh"])
def test_one_real_loss_among_many_rows_still_fails(correction: Correction) -> None:
    old, new = suite("old", [1] * 20, 1), suite("new", [1.5, *[1] * 19], 2)
    payload, verdict, _ = compare([old, new], gate=GATE, correction=correction)
    found = changes(payload)["R0 sec/op"]
    assert (found.outcome, found.significant, verdict.outcome) == ("fail", True, "fail")
    assert f", {correction} 0.0" in verdict.reasons[0]


def test_a_loss_that_lost_its_significance_is_undecided() -> None:
    """Complete separation of 5 + 5 blocks has p = 0.008, which is not enough for 20 rows."""
    names = [f"R{i}" for i in range(20)]
    old = side("old", *(series(name, around(1.0, 5)) for name in names))
    new = side("new", *(series(name, around(1.5 if name == "R0" else 1.0, 5)) for name in names))
    before, _, _ = compare([old, new], gate=GATE)
    after, verdict, _ = compare([old, new], gate=GATE, correction="holm")
    assert changes(before)["R0 sec/op"].outcome == "fail"
    found = changes(after)["R0 sec/op"]
    assert (found.outcome, found.significant, found.direction) == ("inconclusive", False, "same")
    assert found.reason == "not significant among all rows (holm)"
    assert found.needed is not None
    assert 5 < found.needed < 20
    assert found.p_adjusted == pytest.approx(20 * (found.p or 0))
    assert verdict.outcome == "inconclusive"


def test_an_improvement_that_lost_its_significance_is_none() -> None:
    names = [f"R{i}" for i in range(20)]
    old = side("old", *(series(name, around(1.0, 5)) for name in names))
    new = side("new", *(series(name, around(0.8 if name == "R0" else 1.0, 5)) for name in names))
    after, _, _ = compare([old, new], gate=GATE, correction="holm")
    found = changes(after)["R0 sec/op"]
    assert (found.outcome, found.direction, found.needed) == ("pass", "same", None)


def test_pairs_are_corrected_as_well() -> None:
    names = [f"R{i}" for i in range(9)]
    old = side("old", *(series(name, around(1.0, 7)) for name in names))
    new = side(
        "new", *(series(name, [v * (1.5 if name == "R0" else 1.0) for v in around(1.0, 7)[::-1]]) for name in names)
    )
    payload, _, _ = compare([old, new], gate=GATE, paired=True, correction="bh")
    found = changes(payload)["R0 sec/op"]
    assert (found.test, found.outcome) == ("signed-rank-exact", "inconclusive")
    assert found.needed is not None
    assert found.needed > 7


def test_without_a_gate_significance_is_corrected_and_nothing_judged() -> None:
    old, new = suite("old", [1] * 30, 3), suite("new", [1] * 30, 4)
    raw = changes(compare([old, new])[0])
    corrected = changes(compare([old, new], correction="holm")[0])
    assert any(one.significant for one in raw.values())
    assert not any(one.significant for one in corrected.values())
    assert {one.outcome for one in corrected.values()} == {"info"}


def test_equal_columns_share_what_they_share() -> None:
    def constants(label: str, value: float) -> Input:
        return side(label, *(series(str(i), [value] * 6, "B/op") for i in range(40)))

    payload, _, _ = compare([constants("old", 8), constants("new", 16)], gate=GATE, correction="holm")
    (table,) = payload.tables
    assert len({id(row.cells[1]) for row in table.rows}) == 1
    assert {one.outcome for one in changes(payload).values()} == {"inconclusive"}


def test_significance_that_was_withheld_does_not_come_back() -> None:
    payload, _, _ = compare([suite("old", [1], 1), suite("new", [1.5], 2)], gate=GATE)
    withheld = revised(payload.tables, lambda place: msgspec.structs.replace(place.change, significant=False))
    (table,) = corrected(withheld, "holm", 0.05)
    cell = table.rows[0].cells[1]
    assert cell is not None
    assert cell.change is not None
    assert (cell.change.significant, cell.change.p_adjusted) == (False, cell.change.p)

"""Changes revised in finished tables."""

from __future__ import annotations

import msgspec

from perftool.compare.comparator import compare
from perftool.compare.gate import GateRules
from perftool.compare.revision import places, revised
from tests.fakes.results import around, series, side


def test_only_what_is_revised_is_made_anew() -> None:
    def one(name: str, factor: float) -> list[float]:
        return around(factor, 6)

    old = side("old", series("A", one("A", 1)), series("B", one("B", 1)))
    new = side("new", series("A", one("A", 2)), series("B", one("B", 1)), series("C", [1.0]))
    payload, _, _ = compare([old, new], gate=GateRules())
    (table,) = payload.tables
    assert [place.row.label for place in places(payload.tables)] == ["A", "B"]
    (after,) = revised(
        payload.tables,
        lambda place: msgspec.structs.replace(place.change, reason="new") if place.row.label == "A" else place.change,
    )
    assert after.rows[1:] == table.rows[1:]
    assert all(new is old for new, old in zip(after.rows[1:], table.rows[1:], strict=True))
    cell = after.rows[0].cells[1]
    assert cell is not None
    assert cell.change is not None
    assert (cell.change.reason, cell.change.outcome) == ("new", "fail")
    assert after.rows[0].cells[0] is table.rows[0].cells[0]


def test_rows_of_equal_constants_still_share_their_cells() -> None:
    sides = [
        side(name, *(series(str(i), [value] * 4, "B/op") for i in range(3)))
        for name, value in (("old", 8), ("new", 16))
    ]
    payload, _, _ = compare(sides, gate=GateRules())
    made: dict[int, object] = {}
    (after,) = revised(
        payload.tables,
        lambda place: made.setdefault(id(place.change), msgspec.structs.replace(place.change, reason="x")),  # type: ignore[arg-type, return-value]
    )
    assert len(made) == 1
    assert len({id(row.cells[1]) for row in after.rows}) == 1

"""Whole comparisons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perftool.compare.comparator import compare
from perftool.compare.gate import GateRules, Rule
from perftool.compare.inputs import Input
from perftool.compare.matcher import CompareQuery
from perftool.compare.reported import imported
from perftool.model.comparison import BaselineReference, Change, ComparisonPayload
from tests.fakes.results import around, series, side, text
from tests.render import samples

if TYPE_CHECKING:
    from perftool.model.environment import Environment

GATE = GateRules()


def only(payload: ComparisonPayload, table: int = 0, row: int = 0, column: int = 1) -> Change:
    cell = payload.tables[table].rows[row].cells[column]
    assert cell is not None
    assert cell.change is not None
    return cell.change


@pytest.mark.parametrize(
    ("factor", "outcome"),
    [(1.25, "fail"), (1.15, "warn"), (1.03, "pass"), (0.8, "pass"), (1.0, "pass")],
)
def test_a_change_of_time(factor: float, outcome: str) -> None:
    old, new = side("old", series("A", around(1e-3))), side("new", series("A", around(1e-3 * factor)))
    payload, verdict, _ = compare([old, new], gate=GATE)
    change = only(payload)
    assert (change.outcome, verdict.outcome) == (outcome, outcome)
    assert change.ratio == pytest.approx(factor - 1)
    assert change.lo is not None
    assert change.hi is not None
    assert change.lo <= change.ratio + 1e-12
    assert change.ratio - 1e-12 <= change.hi
    assert change.test == "mann-whitney-exact"


@pytest.mark.parametrize(("unit", "better"), [("sec/op", "lower"), ("B/op", "lower"), ("tokens/s", "higher")])
def test_a_planted_loss_of_10_percent_fails_in_both_directions(unit: str, better: str) -> None:
    factor = 1.1 if better == "lower" else 0.9
    old, new = side("old", series("A", around(1e6), unit)), side("new", series("A", around(1e6 * factor), unit))
    _, verdict, _ = compare([old, new], gate=GateRules(fail=0.08, warn=0.05))
    assert verdict.outcome == "fail"
    _, verdict, _ = compare([new, old], gate=GateRules(fail=0.08, warn=0.05))
    assert verdict.outcome == "pass"


def test_the_unit_of_analysis_is_the_block() -> None:
    values = [1.0, 1.1, 1.2, 2.0, 2.1, 2.2]
    blocks = msgspec.json.decode(b"[0,0,0,1,1,1]", type=list[int])
    from array import array

    one = series("A", values, blocks=array("q", blocks))
    payload, _, _ = compare([side("old", one), side("new", one)], gate=GATE)
    cell = payload.tables[0].rows[0].cells[0]
    assert cell is not None
    assert (tuple(cell.values), cell.samples, cell.summary.n) == ((1.1, 2.1), 6, 2)
    assert only(payload).outcome == "inconclusive"


def test_pooled_inputs_keep_their_blocks_apart() -> None:
    from array import array

    def half(value: float) -> Input:
        return side("old", series("A", [value, value], blocks=array("q", [0, 0])))

    payload, _, _ = compare([half(1.0), half(2.0)])
    cell = payload.tables[0].rows[0].cells[0]
    assert cell is not None
    assert tuple(cell.values) == (1.0, 2.0)


def test_exact_measurements_decide_with_one_value() -> None:
    old, new = (
        side("old", series("A", [412], "allocs/op", exact=True)),
        side("new", series("A", [415], "allocs/op", exact=True)),
    )
    payload, verdict, _ = compare([old, new], gate=GATE)
    assert (only(payload).test, only(payload).outcome, verdict.outcome) == ("exact", "fail", "fail")
    assert only(payload).gate is not None
    assert only(payload).gate.fail == 0.005  # type: ignore[union-attr]
    assert compare([old, Input("again", old.imported)], gate=GATE)[1].outcome == "pass"


def test_a_unit_declared_exact_is_exact() -> None:
    content = "Unit score assume=exact better=higher\nBenchmarkA 1 {} score\n"
    payload, verdict, _ = compare([text("old", content.format(10)), text("new", content.format(9))], gate=GATE)
    assert payload.tables[0].assume_exact
    assert (payload.tables[0].better, verdict.outcome) == ("higher", "fail")


def test_undecided_rows_say_how_many_blocks_would_do() -> None:
    payload, verdict, _ = compare(
        [side("old", series("A", around(1.0, 6, 0.5))), side("new", series("A", around(1.05, 6, 0.5)))], gate=GATE
    )
    assert only(payload).outcome == "inconclusive"
    assert only(payload).needed is not None
    assert only(payload).needed > 6  # type: ignore[operator]
    assert verdict.undecidable


def test_quantities_that_inform_do_not_judge() -> None:
    old, new = side("old", series("A", around(1.0), "p99-sec/op")), side("new", series("A", around(9.0), "p99-sec/op"))
    payload, verdict, _ = compare([old, new], gate=GATE)
    assert (only(payload).outcome, payload.tables[0].rows[0].gates) == ("info", False)
    assert verdict.undecidable
    assert compare([old, new], gate=GateRules(rules=(Rule(gates=True),)))[1].outcome == "fail"


def test_an_unknown_direction_informs_only() -> None:
    old, new = side("old", series("A", around(1.0), "widgets")), side("new", series("A", around(9.0), "widgets"))
    payload, _, _ = compare([old, new], gate=GATE)
    assert (only(payload).outcome, only(payload).direction) == ("info", "unknown")


def test_without_a_gate_nothing_is_judged() -> None:
    payload, verdict, _ = compare([side("old", series("A", around(1.0))), side("new", series("A", around(9.0)))])
    assert (only(payload).outcome, verdict.outcome, verdict.headline) == ("info", "pass", "1 change shown, not judged")


def test_every_other_column_is_judged_against_the_first() -> None:
    sides = [side(name, series("A", around(v))) for name, v in [("base", 1.0), ("slow", 1.5), ("fast", 0.5)]]
    payload, verdict, _ = compare(sides, gate=GATE)
    assert [only(payload, column=column).outcome for column in (1, 2)] == ["fail", "pass"]
    assert verdict.reasons[0].startswith("✗ A in slow: 50.0 % slower (")


def test_benchmarks_on_one_side_are_listed_and_can_fail() -> None:
    old = side("old", series("A", around(1.0)), series("Gone", around(1.0)))
    new = side("new", series("A", around(1.0)), series("Fresh", around(1.0)))
    payload, verdict, _ = compare([old, new], gate=GATE)
    assert [(u.name, u.state, u.column) for u in payload.unmatched] == [
        ("Gone", "missing", "new"),
        ("Fresh", "new", "old"),
    ]
    assert verdict.outcome == "pass"
    _, verdict, _ = compare([old, new], gate=GateRules(fail_on_missing=True))
    assert (verdict.outcome, verdict.reasons[0]) == ("fail", "✗ Gone: missing in new")
    _, verdict, _ = compare([old, new], gate=GateRules(fail_on_new=True))
    assert (verdict.outcome, verdict.reasons[0]) == ("fail", "✗ Fresh: new, not in old")


def test_pairs() -> None:
    steps = [1.0, 1.3, 1.7, 2.2, 2.8, 3.5, 4.3, 5.2, 6.2, 7.3]
    old, new = side("old", series("A", steps)), side("new", series("A", [1.25 * v for v in steps]))
    assert only(compare([old, new], gate=GATE)[0]).outcome == "inconclusive"
    change = only(compare([old, new], gate=GATE, paired=True)[0])
    assert (change.test, change.outcome) == ("signed-rank-exact", "fail")
    short = side("new", series("A", steps[:-1]))
    assert "compared unpaired" in only(compare([old, short], paired=True)[0]).warnings[0]


def elsewhere(environment: Environment) -> Environment:
    return msgspec.structs.replace(environment, cpu=msgspec.structs.replace(environment.cpu, model="Other CPU"))


def test_a_baseline_from_elsewhere_decides_no_time_but_counters() -> None:
    here = samples.bench().environment
    there = elsewhere(here)
    reference = BaselineReference(
        name="main", environment_label=there.label, created="", source=None, same_environment=False
    )
    measured = (series("A", around(1.0)), series("A", [10.0] * 6, "allocs/op", exact=True))
    slower = (series("A", around(9.0)), series("A", [11.0] * 6, "allocs/op", exact=True))
    sides = [side("main", *measured, environment=there), side("now", *slower, environment=here)]
    payload, verdict, warnings = compare(sides, gate=GATE, baseline=reference)
    assert [(t.unit, only(payload, n).outcome) for n, t in enumerate(payload.tables)] == [
        ("sec/op", "inconclusive"),
        ("allocs/op", "fail"),
    ]
    assert "another environment" in only(payload, 0).reason
    assert verdict.outcome == "fail"
    assert "environment-differs" in [warning.code for warning in warnings]


def test_a_stored_buffer_is_added_to_thresholds_and_scales_no_sample() -> None:
    reference = BaselineReference(
        name="main", environment_label="", created="", source=None, same_environment=True, buffer=0.1
    )
    sides = [side("main", series("A", around(1.0))), side("now", series("A", around(1.25)))]
    payload, verdict, _ = compare(sides, gate=GATE, baseline=reference)
    change = only(payload)
    assert change.gate is not None
    assert change.gate.fail == pytest.approx(0.3)
    assert (change.ratio, verdict.outcome) == (pytest.approx(0.25), "warn")


def test_a_report_compared_with_itself_passes() -> None:
    report = samples.bench()
    sides = [Input("old", imported(report, "old")), Input("new", imported(report, "new"))]
    payload, verdict, _ = compare(sides, gate=GATE)
    assert verdict.outcome in ("pass", "inconclusive")
    changes = [c.change for t in payload.tables for r in t.rows for c in r.cells if c and c.change]
    assert all(change.ratio == 0 and change.outcome != "fail" for change in changes)
    assert [column.environment for column in payload.columns] == [report.environment] * 2


def test_geomeans_are_over_matched_rows() -> None:
    old = side("old", series("A", [1.0]), series("B", [4.0]), series("D", [1.0]), series("Z", [0.0]))
    new = side("new", series("A", [2.0]), series("B", [4.0]), series("C", [9.0]))
    payload, _, _ = compare([old, new], CompareQuery(filter="-.name:Z"))
    first, second = payload.tables[0].geomeans
    assert first is not None
    assert second is not None
    assert first.center == pytest.approx(4 ** (1 / 3))
    assert second.ratio == pytest.approx(2**0.5)
    assert second.warnings == ("benchmark set differs from baseline; geomeans may not be comparable",)
    assert compare([old, new])[0].tables[0].geomeans[0].center is None  # type: ignore[union-attr]


def test_no_input_and_one_input_decide_nothing() -> None:
    for sides in ([], [side("old", series("A", around(1.0)))]):
        assert compare(sides, gate=GATE)[1].undecidable


VALUES = st.lists(st.floats(min_value=1e-9, max_value=1e6), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(VALUES, VALUES)
def test_swapping_the_sides_swaps_the_direction(x: list[float], y: list[float]) -> None:
    old, new = side("old", series("A", x)), side("new", series("A", y))
    there, back = only(compare([old, new])[0]), only(compare([new, old])[0])
    assert there.p == back.p
    assert there.significant == back.significant
    opposite = {"better": "worse", "worse": "better", "same": "same"}
    assert back.direction == opposite[there.direction]


ANY = st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=6)


@settings(max_examples=80, deadline=None)
@given(ANY, ANY, st.sampled_from(["sec/op", "tokens/s", "x"]), st.booleans())
def test_any_finite_values_make_a_report(x: list[float], y: list[float], unit: str, paired: bool) -> None:
    payload, verdict, _ = compare(
        [side("a", series("A", x, unit)), side("b", series("A", y, unit))], gate=GATE, paired=paired
    )
    encoded = msgspec.json.encode(payload, enc_hook=list)
    assert msgspec.json.encode(msgspec.json.decode(encoded, type=ComparisonPayload)) == encoded
    assert verdict.headline

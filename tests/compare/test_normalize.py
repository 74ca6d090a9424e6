"""Times told in the time of the fixed kernel."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.compare import changes
from perftool.compare.comparator import compare
from perftool.compare.gate import GateRules, Rule
from perftool.compare.matcher import CompareQuery
from perftool.compare.normalize import REMAINING_ERROR, measured_unit, normalized, tick_unit, widened
from perftool.errors import InputError
from perftool.model.comparison import BaselineReference, Change
from perftool.model.measurement import Measurement
from tests.fakes.results import around, series, side, text
from tests.render import samples

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.compare.api import Series
    from perftool.compare.inputs import Input
    from perftool.model.environment import Environment

CPU = "cpu-sec/op"
BLOCKS = array("q", range(10))


def kernel(cpu: Sequence[float], memory: Sequence[float] = (), blocks: Sequence[int] = ()) -> tuple[Measurement, ...]:
    def part(name: str, values: Sequence[float]) -> Measurement:
        return Measurement(
            suite="perftool",
            case="yardstick",
            unit=CPU,
            better="lower",
            values=tuple(values),
            parameters={"part": name},
            blocks=tuple(blocks or range(len(values))),
            gates=False,
        )

    return part("cpu", cpu), part("memory", memory or [2 * value for value in cpu])


def measured(label: str, factor: float, pace: float = 1.0, environment: Environment | None = None) -> Input:
    """Return ``factor`` times the work, on a machine that is ``pace`` times as slow."""
    found = series("A", around(1e-3 * factor * pace), CPU, blocks=BLOCKS, better="lower", gates=True)
    return side(label, found, yardstick=kernel([0.004 * pace] * 10), environment=environment)


def values(one: Input) -> list[float]:
    return list(one.imported.series[0].values)


@pytest.mark.parametrize(
    ("unit", "ticks"),
    [("sec/op", "ticks/op"), (CPU, "cpu-ticks/op"), ("p99-sec/op", "p99-ticks/op"), ("B/s", "B/ticks"),
     ("B/op", "B/op"), ("allocs/op", "allocs/op"), ("peak-RSS-B", "peak-RSS-B")],
)  # fmt: skip
def test_units(unit: str, ticks: str) -> None:
    assert tick_unit(unit) == ticks
    assert measured_unit(ticks) == unit


def test_each_value_is_told_by_the_kernel_of_its_block() -> None:
    found = series("A", [0.001, 0.002, 0.003], blocks=array("q", [0, 0, 1]))
    (one,) = normalized([side("a", found, yardstick=kernel([0.002, 0.006, 0.004], blocks=[0, 0, 1]))])
    assert values(one) == pytest.approx([25_000, 50_000, 75_000])
    assert one.imported.series[0].unit == "ticks/op"
    assert list(found.values) == [0.001, 0.002, 0.003]


def test_a_block_without_a_reading_is_told_by_the_median_of_the_run() -> None:
    found = series("A", [0.004] * 4, blocks=array("q", range(4)))
    (one,) = normalized([side("a", found, yardstick=kernel([0.002, 0.004, 0.008], blocks=[0, 1, 2]))])
    assert values(one) == pytest.approx([200_000, 100_000, 50_000, 100_000])
    (one,) = normalized([side("a", series("A", [0.004]), yardstick=kernel([0.002, 0.004, 0.008]))])
    assert values(one) == pytest.approx([100_000])


def test_rates_are_told_the_other_way_round_and_counts_stay() -> None:
    found = [series("A", [1e6], "B/s"), series("A", [412.0], "B/op"), series("A", [3.0], "allocs/op", exact=True)]
    (one,) = normalized([side("a", *found, yardstick=kernel([0.004]))])
    assert [(s.unit, list(s.values)) for s in one.imported.series] == [
        ("B/ticks", [pytest.approx(0.04)]),
        ("B/op", [412.0]),
        ("allocs/op", [3.0]),
    ]


@pytest.mark.parametrize("readings", [(), kernel([0.0, -1.0])], ids=["none", "not above zero"])
def test_an_input_without_readings_is_refused_by_name(readings: tuple[Measurement, ...]) -> None:
    with pytest.raises(InputError, match=r"^old\.txt: times cannot be normalised, it has no readings") as caught:
        normalized([side("old", series("A", [1.0]), yardstick=readings)])
    assert "perftool bench" in (caught.value.hint or "")


def test_an_input_without_times_needs_no_readings() -> None:
    one = text("old", "BenchmarkA 1 412 B/op\n")
    assert normalized([one]) == [one]


@given(st.floats(0.1, 10), st.floats(0.1, 10))
def test_the_pace_of_a_machine_makes_no_difference(first: float, second: float) -> None:
    (one, other) = normalized([measured("a", 1.0, first), measured("b", 1.0, second)])
    assert values(one) == pytest.approx(values(other))


def only(payload_of: tuple[object, ...]) -> Change:
    cell = payload_of[0].tables[0].rows[0].cells[1]  # type: ignore[attr-defined]
    assert cell is not None
    assert cell.change is not None
    return cell.change  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("factor", "pace", "outcome"),
    [(1.0, 3.0, "pass"), (1.5, 0.5, "fail"), (1.25, 1.0, "warn"), (1.15, 1.0, "inconclusive"), (0.6, 2.0, "pass")],
)
def test_a_loss_must_clear_the_threshold_and_the_remaining_error(factor: float, pace: float, outcome: str) -> None:
    done = compare([measured("old", 1.0), measured("new", factor, pace)], gate=GateRules(), normalized=True)
    payload, verdict, warnings = done
    change = only(done)
    assert payload.normalized
    assert payload.tables[0].unit == "cpu-ticks/op"
    assert (change.outcome, verdict.outcome) == (outcome, outcome)
    assert change.ratio == pytest.approx(factor - 1)
    assert change.needed is None
    (trust,) = [w for w in warnings if w.code == "normalised"]
    assert f"below {REMAINING_ERROR:.0%} in 95 of 100".replace("%", " %") in trust.message
    assert "docs/evidence.md" in trust.message


def test_a_change_within_the_remaining_error_is_not_significant() -> None:
    done = compare([measured("old", 1.0), measured("new", 1.05)], gate=GateRules(), normalized=True)
    change = only(done)
    assert not change.significant
    assert change.direction == "same"
    assert change.p is not None
    assert change.p < 0.05


@given(st.floats(-0.9, 5), st.floats(-0.9, 5))
def test_widening_keeps_the_interval_inside(first: float, second: float) -> None:
    lo, hi = sorted([first, second])
    found = widened(changes.Tested((lo + hi) / 2, lo, hi, 0.01, 1.0, "mann-whitney-exact", True))
    assert found.lo is not None
    assert found.hi is not None
    assert found.lo <= lo <= hi <= found.hi
    assert found.significant == (found.lo > 0 or found.hi < 0)


def test_unknown_bounds_stay_unknown() -> None:
    found = changes.Tested(0.1, None, None, 0.5, 1.0, "mann-whitney-exact", False)
    assert widened(found) is found


def test_rules_and_filters_are_written_for_what_was_measured() -> None:
    sides = [measured("old", 1.0), measured("new", 1.5)]
    gate = GateRules(rules=(Rule(unit=CPU, fail=1.0, warn=0.9, origin="file"),))
    change = only(compare(sides, CompareQuery(filter=f".unit:{CPU}"), gate=gate, normalized=True))
    assert change.outcome == "pass"
    assert change.gate is not None
    assert change.gate.origin == "file"


def elsewhere(**python: str) -> Environment:
    here = samples.bench().environment
    return msgspec.structs.replace(here, label="other", python=msgspec.structs.replace(here.python, **python))


def against_baseline(there: Environment, factor: float = 1.5, *, use: bool = True) -> tuple[Change, dict[str, str]]:
    here = samples.bench().environment
    reference = BaselineReference(
        name="main", environment_label=there.label, created="", source=None, same_environment=False
    )
    sides = [measured("main", 1.0, 2.0, there), measured("now", factor, 1.0, here)]
    done = compare(sides, gate=GateRules(), baseline=reference, normalized=use)
    return only(done), {w.code: w.message for w in done[2]}


def test_a_baseline_from_another_environment_decides_normalised_only() -> None:
    change, _ = against_baseline(elsewhere(), use=False)
    assert (change.outcome, change.reason) == ("inconclusive", "the baseline is from another environment")
    change, told = against_baseline(elsewhere())
    assert change.outcome == "fail"
    assert "kernel-interpreter-differs" not in told


def test_a_baseline_from_another_python_decides_nothing() -> None:
    change, told = against_baseline(elsewhere(version="3.99.1"))
    assert (change.outcome, change.reason) == ("inconclusive", "the baseline is from another Python")
    assert "→" in told["kernel-interpreter-differs"]
    assert "3.99" in told["kernel-interpreter-differs"]
    assert "cannot be compared well" not in told["environment-differs"]


def test_slow_memory_is_doubted() -> None:
    def with_memory(label: str, memory: float) -> Input:
        found: Series = series("A", around(1e-3), CPU, blocks=BLOCKS)
        return side(label, found, yardstick=kernel([0.004] * 10, [memory] * 10))

    def told(memory: float) -> list[str]:
        sides = [with_memory("old", 0.005), with_memory("new", memory)]
        return [w.message for w in compare(sides, normalized=True)[2] if w.code == "memory-differs"]

    (message,) = told(0.0065)
    assert message.startswith("waiting for memory took +30.0 % against computing")
    assert told(0.0052) == []
    assert len(told(0.003)) == 1


def test_columns_without_environment_or_readings_are_not_doubted() -> None:
    plain = [side(label, series("A", [412.0], "allocs/op", exact=True)) for label in ("old", "new")]
    assert [w.code for w in compare(plain, gate=GateRules(), normalized=True)[2]] == ["normalised"]


def test_a_filter_that_leaves_nothing_says_so_in_ticks_too() -> None:
    sides = [measured("old", 1.0), measured("new", 1.0)]
    _, verdict, warnings = compare(sides, CompareQuery(filter=".name:none"), gate=GateRules(), normalized=True)
    assert verdict.headline == "nothing could be decided: the filter leaves nothing"
    assert [one.code for one in warnings] == ["normalised"]

from __future__ import annotations

import random
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.compare.gate import GateRules, Rule
from perftool.compare.history import history, in_order
from perftool.compare.history_runs import Run, Taken
from perftool.compare.waivers import Waiver
from perftool.model.environment import Source
from perftool.units.unit import better
from perftool.units.unit import better as better_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perftool.model.history import HistoryPayload, HistorySeries
    from perftool.model.verdict import ReportWarning, Verdict

FAST, SLOW = ("fast",), ("slow",)


def point(value: float, name: str = "Sort", unit: str = "sec/op", **more: Any) -> Taken:
    fields: dict[str, Any] = {
        "package": "", "gates": True, "exact": False, "better": better(unit), "lo": None, "hi": None, "n": 12, **more,
    }  # fmt: skip
    return Taken(name=name, unit=unit, center=value, **fields)


def runs(*values: float, place: Sequence[tuple[str, ...]] | None = None, **more: Any) -> list[Run]:
    """Return a run for each value, one a day."""
    return [
        Run(
            name=f"run-{index:04}.json",
            created=f"2026-01-01T{index:06}Z",
            source=Source(commit=f"{index:040x}", branch="main", dirty=False),
            label="ci",
            identity=place[index] if place else FAST,
            packages={},
            found=(point(value, **more),),
        )
        for index, value in enumerate(values)
    ]


def levels(*pairs: tuple[float, int], seed: int = 1, spread: float = 0.01) -> list[float]:
    source = random.Random(seed)
    return [level * source.gauss(1, spread) for level, length in pairs for _ in range(length)]


def judged(
    found: Sequence[Run], gate: GateRules | None = GateRules()  # noqa: B008 - frozen
) -> tuple[HistoryPayload, Verdict, tuple[ReportWarning, ...]]:  # fmt: skip
    return history(found, gate=gate)


def only(found: Sequence[Run], gate: GateRules | None = GateRules()) -> HistorySeries:  # noqa: B008 - frozen
    (series,) = judged(found, gate)[0].series
    return series


def test_a_loss_over_the_threshold_fails_and_says_since_when() -> None:
    payload, verdict, warnings = judged(runs(*levels((1.0, 20), (1.3, 10))))
    (series,) = payload.series
    (change,) = series.changes
    assert (change.at, change.direction) == (20, "worse")
    assert change.change == pytest.approx(0.3, abs=0.03)
    assert change.lo is not None
    assert change.hi is not None
    assert 0.2 < change.lo < change.hi < 0.4
    assert change.p is not None
    assert change.p < 0.05
    assert [(level.first, level.last) for level in series.levels] == [(0, 19), (20, 29)]
    assert (series.outcome, series.reason) == ("fail", "over 20 %")
    assert verdict.outcome == "fail"
    assert verdict.headline == "1 regression, 0 warnings, 0 unchanged, 0 undecided over 30 runs"
    assert verdict.reasons[0].startswith("✗ Sort: ")
    assert "slower since 000000000 (2026-01-01): 1" in verdict.reasons[0]
    assert warnings == ()


@pytest.mark.parametrize(
    ("size", "outcome", "reason"),
    [(1.3, "fail", "over 20 %"), (1.15, "warn", "over 10 %"), (1.06, "pass", "within 10 %"), (0.7, "pass", "better")],
)
def test_the_gate_judges_the_last_change_as_it_judges_a_comparison(size: float, outcome: str, reason: str) -> None:
    series = only(runs(*levels((1.0, 20), (size, 12), spread=0.005)))
    assert (series.outcome, series.reason) == (outcome, reason)


def test_an_old_loss_that_was_mended_is_shown_and_not_held_against_the_newest() -> None:
    payload, verdict, _ = judged(runs(*levels((1.0, 15), (1.4, 12), (1.0, 15))))
    assert [change.direction for change in payload.series[0].changes] == ["worse", "better"]
    assert verdict.outcome == "pass"
    assert "1 improvement" in verdict.headline
    assert verdict.reasons[0].startswith("✓ Sort: ")


def test_where_more_is_better_less_is_the_loss() -> None:
    assert only(runs(*levels((1.0, 20), (0.7, 12)), unit="B/s")).outcome == "fail"
    assert only(runs(*levels((1.0, 20), (1.4, 12)), unit="B/s")).outcome == "pass"


@given(st.integers(0, 1000), st.integers(3, 24), st.floats(0.6, 1.6))
def test_levels_and_changes_alternate_over_all_points(seed: int, length: int, size: float) -> None:
    series = only(runs(*levels((1.0, length), (size, length), seed=seed)))
    assert [level.first for level in series.levels] == [0, *(change.at for change in series.changes)]
    assert all(a.last + 1 == b.first for a, b in pairwise(series.levels))
    assert series.levels[-1].last == len(series.points) - 1
    assert (series.gate is None) == (series.outcome == "info")


@given(st.integers(0, 50), st.sampled_from([1e-9, 1024.0]))
def test_the_unit_of_values_decides_nothing(seed: int, factor: float) -> None:
    values = levels((1.0, 12), (1.4, 12), seed=seed)
    plain, scaled = only(runs(*values)), only(runs(*(v * factor for v in values)))
    assert [c.at for c in plain.changes] == [c.at for c in scaled.changes]
    assert plain.outcome == scaled.outcome


def test_each_environment_is_a_series_and_another_is_no_change() -> None:
    values = levels((1.0, 15), (2.0, 15))
    payload, verdict, warnings = judged(runs(*values, place=[FAST] * 15 + [SLOW] * 15))
    assert [series.environment for series in payload.series] == [0, 1]
    assert [series.changes for series in payload.series] == [(), ()]
    assert payload.series[0].reason == "not in the newest run"
    assert verdict.outcome == "pass"
    assert [one.code for one in warnings] == ["environments-differ"]


def test_alternating_environments_hide_no_loss() -> None:
    both = [v * (1 + i % 2) for i, v in enumerate(levels((1.0, 40), (1.3, 20)))]
    payload, verdict, _ = judged(runs(*both, place=[FAST, SLOW] * 30))
    assert [[change.at for change in series.changes] for series in payload.series] == [[20], [20]]
    assert [series.outcome for series in payload.series] == ["info", "fail"]
    assert verdict.outcome == "fail"


def test_a_counter_changes_with_every_other_value() -> None:
    series = only(runs(4.0, 4.0, 5.0, 5.0, unit="allocs/op", exact=True))
    (change,) = series.changes
    assert (change.at, change.change, change.p) == (2, 0.25, None)
    assert (series.outcome, series.reason) == ("fail", "over 0.5 % (exact)")
    assert only(runs(4.0, 4.0, unit="allocs/op", exact=True)).outcome == "pass"


def test_a_counter_from_zero_has_no_ratio_and_fails() -> None:
    payload, verdict, _ = judged(runs(0.0, 0.0, 3.0, unit="allocs/op", exact=True))
    assert payload.series[0].changes[0].change is None
    assert verdict.outcome == "fail"
    assert "from 0" in verdict.reasons[0]


def test_too_few_runs_decide_nothing() -> None:
    series, verdict = only(runs(1.0, 5.0)), judged(runs(1.0, 5.0))[1]
    assert (series.outcome, series.reason) == ("inconclusive", "needs 9 runs in one environment, there are 2")
    assert verdict.undecidable
    assert verdict.headline == "nothing could be decided: needs 9 runs in one environment, there are 2"
    assert only(runs(1.0)).reason.endswith("there is 1")


def test_a_newest_run_far_off_is_undecided_not_unchanged() -> None:
    series = only(runs(*levels((1.0, 20)), 1.5))
    assert series.changes == ()
    assert series.outcome == "inconclusive"
    assert "worse than its level by over 20 %" in series.reason
    assert only(runs(*levels((1.0, 20)), 0.5)).outcome == "pass"


def test_undecided_series_beside_decided_ones_fail_only_a_strict_gate() -> None:
    some = runs(*levels((1.0, 20)))
    some[-1] = msgspec.structs.replace(some[-1], found=(*some[-1].found, point(1.0, "New")))
    assert judged(some)[1].outcome == "inconclusive"
    assert not judged(some)[1].undecidable
    strict = judged(some, GateRules(strict=True))[1]
    assert strict.outcome == "fail"
    assert strict.reasons[0].startswith("✗ strict")


def test_rules_of_the_configuration_hold_here_too() -> None:
    found = runs(*levels((1.0, 20), (1.3, 12)))
    assert only(found, GateRules(rules=(Rule(match="Sort", fail=0.5, warn=0.4),))).outcome == "pass"
    off = only(found, GateRules(rules=(Rule(match="Sort", gates=False),)))
    assert (off.outcome, off.reason, off.gate) == ("info", "informs only", None)
    assert only(found, GateRules(minimum_effect=0.5)).changes[0].direction == "same"


@pytest.mark.parametrize(
    ("ceiling", "until", "outcome", "reason"),
    [
        (0.5, "2026-03-01", "warn", "over 20 %, waived up to 50 % until 2026-03-01: agreed"),
        (0.25, "2026-03-01", "fail", "over the ceiling of a waiver, 25 % until 2026-03-01: agreed"),
        (0.5, "2026-01-31", "fail", "over 20 %"),
    ],
)
def test_a_waiver_accepts_a_loss_up_to_its_ceiling_until_its_day(
    ceiling: float, until: str, outcome: str, reason: str
) -> None:
    waiver = Waiver("Sort", ceiling=ceiling, until=until, reason="agreed")
    found = runs(*levels((1.0, 20), (1.3, 12), spread=0.002))
    payload, verdict, _ = history(found, gate=GateRules(), waivers=[waiver], today="2026-02-01")
    (series,) = payload.series
    assert (series.outcome, series.reason) == (outcome, reason)
    assert verdict.outcome == outcome
    assert ("agreed" in verdict.reasons[0]) == ("agreed" in reason)


def test_rules_and_waivers_are_for_names_without_their_package() -> None:
    found = [
        msgspec.structs.replace(r, found=tuple(point(r.found[0].center, package=name) for name in "ab"))
        for r in runs(*levels((1.0, 20), (1.3, 12)))
    ]
    rule, waiver = Rule(match="Sor?", gates=False), Waiver("Sor?", ceiling=0.5, until="2026-03-01", reason="agreed")
    assert {one.outcome for one in judged(found)[0].series} == {"fail"}
    assert {one.outcome for one in judged(found, GateRules(rules=(rule,)))[0].series} == {"info"}
    payload, *_ = history(found, gate=GateRules(), waivers=[waiver], today="2026-02-01")
    assert {one.outcome for one in payload.series} == {"warn"}


def test_an_expired_waiver_is_named_where_something_is_judged() -> None:
    waiver = Waiver("Sort", ceiling=0.5, until="2026-01-31", reason="agreed", origin="perftool.toml:3")
    found = runs(*levels((1.0, 20)))
    (doubt,) = history(found, gate=GateRules(), waivers=[waiver], today="2026-02-01")[2]
    assert (doubt.code, "perftool.toml:3" in doubt.message) == ("waiver-expired", True)
    assert history(found, gate=None, waivers=[waiver], today="2026-02-01")[2] == ()
    assert history(found, gate=GateRules(), waivers=[waiver], today="2026-01-31")[2] == ()


def test_no_waiver_covers_a_counter_from_zero() -> None:
    waiver = Waiver("*", ceiling=9.0, until="2026-03-01", reason="agreed")
    found = runs(0.0, 0.0, 3.0, unit="allocs/op", exact=True)
    assert history(found, gate=GateRules(), waivers=[waiver], today="2026-02-01")[1].outcome == "fail"


def test_what_has_no_direction_or_no_say_informs() -> None:
    found = levels((1.0, 20), (1.3, 12))
    assert only(runs(*found, unit="widgets")).reason == "which direction of widgets is better is not known"
    assert better_of("widgets") == "unknown"
    assert only(runs(*found, gates=False)).reason == "informs only"
    payload, verdict, _ = judged(runs(*found), None)
    assert payload.series[0].outcome == "info"
    assert verdict.headline == "1 change in 32 runs shown, not judged"


def test_a_benchmark_that_has_gone_fails_where_that_is_asked_for() -> None:
    found = runs(*levels((1.0, 20)))
    found = [msgspec.structs.replace(run, found=(*run.found, point(1.0, "Gone"))) for run in found[:-1]] + found[-1:]
    assert judged(found)[1].outcome == "pass"
    verdict = judged(found, GateRules(fail_on_missing=True))[1]
    assert verdict.outcome == "fail"
    assert verdict.reasons[0] == "✗ Gone: missing in the newest run"


def test_a_quantity_that_informs_only_has_not_gone_where_its_benchmark_has_not() -> None:
    """A newest run without latencies, or without the benchmark that only tells them."""
    strict = GateRules(fail_on_missing=True)
    tail, lone = point(1.0, unit="p99-sec/op", gates=False), point(1.0, "Lone", unit="p99-sec/op", gates=False)
    found = runs(*levels((1.0, 20)))
    before = [msgspec.structs.replace(run, found=(*run.found, tail, lone)) for run in found[:-1]]
    newest = msgspec.structs.replace(found[-1], found=(*found[-1].found, lone))
    assert judged([*before, newest], strict)[1].outcome == "pass"
    verdict = judged([*before, found[-1]], strict)[1]
    assert verdict.reasons == ("✗ Lone: missing in the newest run",)


def test_packages_that_changed_with_the_level_are_named() -> None:
    found = [
        msgspec.structs.replace(run, packages={"sqlglot": "30" if index < 20 else "31", "same": "1"})
        for index, run in enumerate(runs(*levels((1.0, 20), (1.3, 12))))
    ]
    assert only(found).changes[0].packages == ("sqlglot 30 → 31",)


def test_a_package_is_named_where_there_are_several() -> None:
    found = runs(*levels((1.0, 10)))
    one = judged([msgspec.structs.replace(r, found=(point(1.0, package="a"),)) for r in found])[0]
    two = judged([msgspec.structs.replace(r, found=(point(1.0, package="a"), point(1.0, package="b"))) for r in found])[
        0
    ]
    assert [series.name for series in one.series] == ["Sort"]
    assert [series.name for series in two.series] == ["a Sort", "b Sort"]


def test_runs_are_ordered_by_time_or_all_by_name() -> None:
    first, second, third = runs(1.0, 2.0, 3.0)
    assert in_order([third, first, second]) == [first, second, third]
    early = msgspec.structs.replace(first, created="2027-01-01T00:00:00Z")
    assert in_order([early, second])[-1] is early
    untimed = msgspec.structs.replace(second, created=None)
    assert in_order([untimed, early]) == [early, untimed]
    assert judged([early, untimed])[2][0].code == "ordered-by-name"


def test_nothing_is_nothing_decided() -> None:
    for found in ([], [msgspec.structs.replace(one, found=()) for one in runs(1.0)]):
        verdict = judged(found)[1]
        assert verdict.undecidable
        assert verdict.headline.startswith("nothing could be decided: ")

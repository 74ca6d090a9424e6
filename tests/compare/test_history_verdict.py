from __future__ import annotations

import pytest

from perftool.compare.gate import GateRules
from perftool.compare.history_verdict import conclude, since, size
from perftool.model.environment import Source
from perftool.model.history import HistoryPayload, HistoryPoint, HistoryRun, HistorySeries, Level, LevelChange


def series(name: str, outcome: str, change: float | None = None, unit: str = "sec/op", **more: object) -> HistorySeries:
    """Return two points, and where a change is given two levels."""
    points = tuple(HistoryPoint(run=i, center=v, lo=None, hi=None, n=1) for i, v in enumerate((1.0, 1.0)))
    if change is None:
        levels, changes = (Level(first=0, last=1, center=1.0, lo=None, hi=None),), ()
    else:
        levels = tuple(  # type: ignore[assignment]
            Level(first=i, last=i, center=v, lo=None, hi=None) for i, v in enumerate((1.0, 1 + change))
        )
        direction = "worse" if change > 0 else "better"
        changes = (  # type: ignore[assignment]
            LevelChange(at=1, change=change, lo=None, hi=None, p=0.0123, direction=direction),  # type: ignore[arg-type]
        )
    return HistorySeries(
        name=name, unit=unit, better="lower", environment=0, points=points, levels=levels, changes=changes,
        outcome=outcome, reason=f"why {outcome}", **more,  # type: ignore[arg-type]
    )  # fmt: skip


def payload(*found: HistorySeries) -> HistoryPayload:
    runs = tuple(HistoryRun(name=f"{i}.json", environment=0, created=f"2026-01-0{i + 1}T00:00:00Z") for i in range(2))
    return HistoryPayload(runs=runs, environments=(), series=found, alpha=0.05, confidence=0.95)


def test_the_worst_series_is_the_verdict_and_reasons_are_worst_first() -> None:
    found = payload(
        series("A", "pass", -0.3), series("B", "inconclusive"), series("C", "warn", 0.12), series("D", "fail", 0.3),
        series("E", "pass", 0.05), series("F", "pass"), series("G", "info", 0.9),
    )  # fmt: skip
    verdict = conclude(found, GateRules())
    assert verdict.outcome == "fail"
    assert verdict.headline == (
        "1 regression, 1 warning, 1 worse within limits, 1 improvement, 1 unchanged, 1 undecided over 2 runs"
    )
    assert verdict.reasons == (
        "✗ D: 30.0 % slower since 2026-01-02: 1.00 s → 1.30 s, p=0.012",
        "⚠ C: 12.0 % slower since 2026-01-02: 1.00 s → 1.12 s, p=0.012",
        "B: undecided, why inconclusive",
        "✓ E: 5.0 % slower since 2026-01-02: 1.00 s → 1.05 s, p=0.012, why pass",
        "✓ A: 30.0 % faster since 2026-01-02: 1.00 s → 0.700 s, p=0.012".replace("0.700 s", "700 ms"),
    )


@pytest.mark.parametrize(("outcome", "wanted"), [("warn", "warn"), ("inconclusive", "inconclusive"), ("pass", "pass")])
def test_outcomes_beside_a_pass(outcome: str, wanted: str) -> None:
    assert conclude(payload(series("A", "pass"), series("B", outcome, 0.15)), GateRules()).outcome == wanted


def test_an_undecided_change_says_both() -> None:
    verdict = conclude(payload(series("A", "inconclusive", 0.3), series("B", "pass")), GateRules())
    assert verdict.reasons[0].endswith("p=0.012; undecided, why inconclusive")


@pytest.mark.parametrize(
    ("unit", "change", "better", "words"),
    [
        ("sec/op", 0.2, "lower", "20.0 % slower"),
        ("cpu-sec/op", -0.2, "lower", "20.0 % faster"),
        ("B/s", -0.2, "higher", "20.0 % lower"),
        ("allocs/op", 0.2, "lower", "20.0 % more"),
        ("peak-RSS-B", -0.2, "lower", "20.0 % less"),
    ],
)
def test_words_fit_the_unit(unit: str, change: float, better: str, words: str) -> None:
    one = series("A", "pass", change, unit)
    judged = HistorySeries(**{f: getattr(one, f) for f in one.__struct_fields__} | {"better": better})
    assert size(judged, one.changes[0]) == words


def test_a_beginning_is_named_by_commit_and_day_or_by_file() -> None:
    source = Source(commit="4f2c91a0b1c2d3e4", branch=None, dirty=None)
    assert since(HistoryRun(name="a.json", environment=0)) == "a.json"
    assert since(HistoryRun(name="a.json", environment=0, created="2026-01-02T03:04:05Z")) == "2026-01-02"
    assert since(HistoryRun(name="a.json", environment=0, source=source)) == "4f2c91a0b"
    both = HistoryRun(name="a.json", environment=0, created="2026-01-02T03:04:05Z", source=source)
    assert since(both) == "4f2c91a0b (2026-01-02)"


def test_nothing_decided_says_why() -> None:
    assert conclude(payload(series("A", "info")), GateRules()).headline.endswith("no series of the newest run may fail")
    two = conclude(payload(series("A", "inconclusive"), series("B", "inconclusive", 0.3)), GateRules())
    assert two.headline.endswith("why inconclusive")
    assert conclude(payload(), GateRules()).headline.endswith("the filter leaves nothing")

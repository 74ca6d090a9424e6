"""Verdicts: what is read aloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.compare.comparator import compare
from perftool.compare.gate import GateRules
from perftool.compare.matcher import CompareQuery
from tests.fakes.results import around, series, side

if TYPE_CHECKING:
    from perftool.model.verdict import Verdict


def verdict(old: dict[str, list[float]], new: dict[str, list[float]], unit: str = "sec/op", **rules: object) -> Verdict:
    sides = [side(label, *(series(n, v, unit) for n, v in s.items())) for label, s in (("old", old), ("new", new))]
    return compare(sides, gate=GateRules(**rules))[1]  # type: ignore[arg-type]


def test_one_line_and_the_lines_behind_it_worst_first() -> None:
    old = {"Same": around(1e-4), "Warned": around(280e-6), "Faster": around(1e-3), "ComplexQuery": around(1100e-9)}
    new = {"Same": around(1e-4), "Warned": around(320e-6), "Faster": around(8e-4), "ComplexQuery": around(1381e-9)}
    found = verdict(old, new)
    assert found.outcome == "fail"
    assert found.headline == "1 regression, 1 warning, 1 improvement, 1 unchanged, 0 undecided"
    assert found.reasons == (
        "✗ ComplexQuery: 25.5 % slower (1.38 µs vs 1.10 µs baseline, p<0.001)",
        "⚠ Warned: 14.3 % slower (320 µs vs 280 µs baseline, p<0.001)",
        "✓ Faster: 20.0 % faster (800 µs vs 1.00 ms baseline, p<0.001)",
    )


def test_a_loss_within_the_limits_is_not_called_unchanged() -> None:
    old = {"Same": around(1.0), "Up": around(1.0), "Down": around(1.0)}
    found = verdict(old, {"Same": around(1.0), "Up": around(1.05), "Down": around(0.95)})
    assert found.headline == "0 regressions, 0 warnings, 1 worse within limits, 1 improvement, 1 unchanged, 0 undecided"
    assert [line.partition(" (")[0] for line in found.reasons] == [
        "✓ Up: 5.0 % slower, within 10 %",
        "✓ Down: 5.0 % faster",
    ]


def test_words_fit_the_unit() -> None:
    slow, fast = {"A": around(1000.0)}, {"A": around(2000.0)}
    assert verdict(slow, fast, "B/op").reasons[0].startswith("✗ A B/op: 100.0 % more (")
    assert verdict(fast, slow, "tokens/s").reasons[0].startswith("✗ A tokens/s: 50.0 % lower, a loss of 100.0 % (")
    assert verdict(slow, fast, "tokens/s").reasons[0].startswith("✓ A tokens/s: 100.0 % higher (")
    assert verdict({"A": [0.0] * 9}, {"A": around(5.0)}, "B/op").reasons[0].startswith("✗ A B/op: from 0 (")


def test_some_undecided_is_inconclusive_unless_strict() -> None:
    old = {"A": around(1.0), "B": around(1.0, 6, 0.6)}
    new = {"A": around(1.0), "B": around(1.1, 6, 0.6)}
    found = verdict(old, new)
    assert (found.outcome, found.undecidable) == ("inconclusive", False)
    assert "B: undecided, a loss over 20 % cannot be excluded, about " in found.reasons[0]
    strict = verdict(old, new, strict=True)
    assert (strict.outcome, strict.reasons[0]) == ("fail", "✗ strict: a row that could not be decided fails")


def test_a_gate_that_cannot_fail_is_not_green() -> None:
    for strict in (False, True):
        found = verdict({"A": [1.0]}, {"A": [2.0]}, strict=strict)
        assert (found.outcome, found.undecidable) == ("inconclusive", True)
        assert found.headline == "nothing could be decided: the only row that may fail is undecided"
    assert "no benchmark is on both sides" in verdict({"A": around(1.0)}, {"B": around(1.0)}).headline
    assert (
        "no row that may fail is on both sides"
        in verdict({"A": around(1.0)}, {"A": around(1.0)}, "p99-sec/op").headline
    )


def test_a_filter_that_leaves_nothing_is_said() -> None:
    sides = [side("old", series("A", around(1.0))), side("new", series("A", around(1.0)))]
    found = compare(sides, CompareQuery(filter=".name:B"), gate=GateRules())[1]
    assert found.headline == "nothing could be decided: the filter leaves nothing"
    assert compare([], gate=GateRules())[1].headline == "nothing could be decided: no results in any input"


def test_a_missing_benchmark_fails_though_nothing_else_is_decided() -> None:
    found = verdict({"A": around(1.0)}, {"B": around(1.0)}, fail_on_missing=True)
    assert (found.outcome, found.undecidable) == ("fail", False)
    assert found.headline.endswith("1 on one side only")


def test_tables_are_told_apart_by_what_differs() -> None:
    def one(label: str, factor: float) -> object:
        return side(
            label,
            series("A", around(factor), config=(("goos", "linux"), ("pkg", "a"))),
            series("A", around(1.0), config=(("goos", "linux"), ("pkg", "b"))),
        )

    found = compare([one("old", 1.0), one("new", 2.0)], gate=GateRules())[1]  # type: ignore[list-item]
    assert found.reasons[0].startswith("✗ A [pkg: a]: 100.0 % slower")

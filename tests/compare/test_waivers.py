"""Losses that were accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from perftool.compare.comparator import compare
from perftool.compare.gate import GateRules
from perftool.compare.revision import places
from perftool.compare.waivers import Waiver, waived
from tests.fakes.results import around, series, side

if TYPE_CHECKING:
    from perftool.model.comparison import Change, ComparisonPayload
    from perftool.model.verdict import ReportWarning, Verdict

GATE = GateRules()
TODAY = "2026-11-21"


def waiver(match: str = "A", ceiling: float = 0.35, until: str = "2026-12-31", unit: str = "*") -> Waiver:
    return Waiver(match=match, ceiling=ceiling, until=until, reason="ticket 7", unit=unit, origin="perftool.toml:3")


def judged(
    factor: float, *waivers: Waiver, spread: float = 0.01, today: str = TODAY, unit: str = "sec/op"
) -> tuple[Change, ComparisonPayload, Verdict, tuple[ReportWarning, ...]]:
    old, new = (
        side("old", series("s/A", around(100.0, 10, spread), unit)),
        side("new", series("s/A", around(100 * factor, 10, spread), unit)),
    )
    payload, verdict, warnings = compare([old, new], gate=GATE, waivers=waivers, today=today)
    cell = payload.tables[0].rows[0].cells[1]
    assert cell is not None
    assert cell.change is not None
    return cell.change, payload, verdict, warnings


def test_a_loss_up_to_the_ceiling_warns_and_says_why() -> None:
    change, payload, verdict, warnings = judged(1.3, waiver())
    assert (change.outcome, change.waived, verdict.outcome) == ("warn", "ticket 7", "warn")
    assert change.reason == "over 20 %, waived up to 35 % until 2026-12-31: ticket 7"
    assert verdict.headline == "0 regressions, 1 warning (1 waived), 0 unchanged, 0 undecided"
    assert verdict.reasons[0].endswith("), waived up to 35 % until 2026-12-31: ticket 7")
    assert (warnings, payload.notes) == ((), ())


def test_a_loss_over_the_ceiling_fails_and_says_so() -> None:
    change, _, verdict, _ = judged(1.5, waiver())
    assert (change.outcome, verdict.outcome, change.waived) == ("fail", "fail", "ticket 7")
    assert change.reason == "over 35 %, the ceiling of a waiver until 2026-12-31: ticket 7"
    assert verdict.reasons[0].endswith("), over 35 %, the ceiling of a waiver until 2026-12-31: ticket 7")


def test_an_interval_across_the_ceiling_is_not_surely_above_it() -> None:
    change, *_ = judged(1.35, waiver(), spread=0.05)
    assert change.outcome == "warn"
    assert change.reason == "over 20 %, waived up to 35 % until 2026-12-31, perhaps over that: ticket 7"


def test_the_last_day_counts_and_the_day_after_does_not() -> None:
    assert judged(1.3, waiver(until=TODAY))[0].outcome == "warn"
    change, payload, _, warnings = judged(1.3, waiver(until="2026-11-20"))
    assert (change.outcome, change.waived, payload.notes) == ("fail", "", ())
    (warning,) = warnings
    assert warning.code == "waiver-expired"
    assert warning.message == "the waiver for A has expired on 2026-11-20 (perftool.toml:3): ticket 7"


def test_the_first_in_force_that_fits_counts() -> None:
    change, payload, _, _ = judged(
        1.3, waiver(until="2026-01-01"), waiver("B"), waiver("s/*", ceiling=0.5), waiver(ceiling=0.1)
    )
    assert (change.outcome, "up to 50 %" in change.reason) == ("warn", True)
    assert [note.message for note in payload.notes] == [
        "the waiver for B until 2026-12-31 covers no row (perftool.toml:3)",
        "the waiver for A until 2026-12-31 was not needed: no row that it covers fails (perftool.toml:3)",
    ]


def test_nothing_but_failures_is_waived() -> None:
    for factor, outcome in ((1.15, "warn"), (1.0, "pass"), (0.5, "pass")):
        change, payload, _, _ = judged(factor, waiver())
        assert (change.outcome, change.waived) == (outcome, "")
        assert payload.notes[0].code == "waiver-unused"


def test_the_unit_has_to_fit() -> None:
    assert judged(1.3, waiver(unit="B/op"))[0].outcome == "fail"
    assert judged(1.3, waiver(unit="sec/*"))[0].outcome == "warn"
    note = judged(1.0, waiver(unit="B/op"))[1].notes[0]
    assert note.message.startswith("the waiver for A B/op until ")


@pytest.mark.parametrize(("rate", "outcome"), [(1 / 1.3, "warn"), (1 / 1.5, "fail")])
def test_a_rate_loses_the_factor_that_is_missing(rate: float, outcome: str) -> None:
    assert judged(rate, waiver(), unit="tokens/s")[0].outcome == outcome


@pytest.mark.parametrize(("now", "outcome"), [(110, "warn"), (150, "fail")])
def test_exact_rows_are_waived_by_their_change(now: float, outcome: str) -> None:
    sides = [side(name, series("A", [v], "allocs/op", exact=True)) for name, v in (("old", 100), ("new", now))]
    payload, verdict, _ = compare(sides, gate=GATE, waivers=[waiver()], today=TODAY)
    assert verdict.outcome == outcome
    cell = payload.tables[0].rows[0].cells[1]
    assert cell is not None
    assert cell.change is not None
    assert cell.change.reason.startswith(
        "over 0.5 % (exact), waived" if outcome == "warn" else "over 35 %, the ceiling"
    )


def test_no_ceiling_covers_what_was_nothing() -> None:
    sides = [side(name, series("A", [v], "allocs/op", exact=True)) for name, v in (("old", 0), ("new", 1))]
    payload, verdict, _ = compare(sides, gate=GATE, waivers=[waiver(ceiling=1e9)], today=TODAY)
    cell = payload.tables[0].rows[0].cells[1]
    assert cell is not None
    assert cell.change is not None
    assert (verdict.outcome, cell.change.reason) == ("fail", "was 0 in the baseline, which no waiver covers")


def test_without_waivers_or_gate_nothing_happens() -> None:
    payload = judged(1.5)[1]
    assert waived(payload.tables, (), TODAY).tables == payload.tables
    sides = [side(name, series("A", around(v))) for name, v in (("old", 1.0), ("new", 2.0))]
    assert compare(sides, waivers=[waiver(until="2000-01-01")], today=TODAY)[2] == ()


def test_times_in_ticks_are_waived_as_what_was_measured() -> None:
    sides = [side(n, series("A", around(v), "cpu-ticks/op", better="lower")) for n, v in (("old", 1.0), ("new", 1.3))]
    tables = compare(sides, gate=GATE)[0].tables
    plain = waiver(unit="cpu-sec/op")
    assert waived(tables, [plain], TODAY).notes[0].message.endswith("covers no row (perftool.toml:3)")
    found = waived(tables, [plain], TODAY, normalized=True)
    assert [place.change.outcome for place in places(found.tables)] == ["warn"]
    assert found.notes == ()

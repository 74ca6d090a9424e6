from __future__ import annotations

from typing import Any

import msgspec
import pytest

from perftool.batch.api import Settings
from perftool.batch.entries import Work
from perftool.batch.known import Known
from perftool.batch.lines import Line
from perftool.batch.slices import MOST, Slices
from perftool.batch.slowest import Slowest
from perftool.batch.totals import Totals
from perftool.batch.worker import Done


def line(number: int = 0, seconds: float = 0.001, **changes: Any) -> Line:
    odd = {"seconds": seconds, "cpu_seconds": seconds, **changes}
    known = Line(number, None, "a.sql", 1, "ok", None, "", 0, 0, 0.0, 0.0, 100, 1, repeated=False, digest="00")
    return msgspec.structs.replace(known, **odd)


def told(odd: Line, gc_seconds: float = 0.0, *, first: bool = False) -> tuple[bool, str]:
    slowest = Slowest(most=3)
    for number in range(20):
        slowest.take(line(number + 1), 0.0, first=False)
    slowest.take(odd, gc_seconds, first=first)
    one = slowest.told(0.001, 100.0)[0]
    return one.outlier, one.reason


def test_outliers_are_explained_by_what_makes_up_half_of_them() -> None:
    assert told(line(seconds=0.009)) == (False, "")
    assert told(line(seconds=1.0), gc_seconds=0.7) == (True, "garbage was collected for 700 ms in it")
    assert told(line(seconds=1.0, cpu_seconds=0.2)) == (True, "had the processor for 200 ms of it only")
    assert told(line(seconds=1.0, bytes=4000)) == (True, "is 3.91 KiB long, 40 times the median")
    assert told(line(seconds=1.0), first=True) == (True, "the first of its worker")
    assert told(line(seconds=1.0)) == (True, "no known cause")
    assert told(line(seconds=2.0, status="timeout")) == (True, "time-out")


def test_the_longest_are_kept_longest_first() -> None:
    slowest = Slowest(most=3)
    for number, seconds in enumerate([3.0, 1.0, 5.0, 5.0, 2.0, 4.0]):
        slowest.take(line(number, seconds), 0.0, first=False)
    assert [(one.number, one.seconds) for one in slowest.told(1.0, 1.0)] == [(2, 5.0), (3, 5.0), (5, 4.0)]


def test_slices_stay_few_and_add_up() -> None:
    slices = Slices(0.0)
    for number in range(1, 1001):
        slices.take(0.5, 0.25, float(number))
        slices.repeat()
    by_unit = {one.unit: one for one in slices.measurements("parse", {})}
    assert MOST // 2 <= len(by_unit["sec/op"].values) < MOST
    assert set(by_unit["sec/op"].values) == {0.5}
    assert set(by_unit["cpu-sec/op"].values) == {0.25}
    assert set(by_unit["distinct/s"].values) == {1.0}
    assert by_unit["statements/s"].values[1] == pytest.approx(2.0)
    assert (by_unit["sec/op"].better, by_unit["statements/s"].better) == ("lower", "higher")
    assert Slices(0.0).measurements("parse", {}) == []


def test_the_payload_holds_both_counts_and_a_histogram() -> None:
    totals = Totals(10.0)
    for number in range(4):
        totals.take(line(number, seconds=0.001 * (number + 1)), 11.0 + number, 0.0, first=False)
    totals.take(line(4, 0.0, repeated=True), 15.0, 0.0, first=False)
    totals.take(line(5, 0.0, status="unreadable"), 16.0, 0.0, first=False)
    payload = totals.payload(Settings(operation="parse"), dedupe=True, workers=2, second_opinions=0)
    assert (payload.items, payload.distinct, payload.repeated, payload.seconds) == (6, 4, 1, 6.0)
    assert payload.latency is not None
    assert (payload.latency.count, payload.latency.maximum, sum(payload.latency.counts)) == (4, 0.004, 4)
    assert payload.p50 == pytest.approx(0.002, rel=0.01)
    assert payload.statuses == {"ok": 5, "unreadable": 1}


def test_time_before_the_first_item_does_not_count() -> None:
    totals = Totals(10.0)
    totals.start(12.0)
    totals.take(line(), 13.0, 0.0, first=True)
    assert totals.payload(Settings(operation="parse"), dedupe=True, workers=1, second_opinions=0).seconds == 1.0
    [rate] = [one for one in totals.measurements(Settings(operation="parse")) if one.unit == "distinct/s"]
    assert rate.values == (1.0,)


def verdict(*statuses: str, most: int | None = None, strict: bool = False, **changes: Any) -> tuple[str, str, bool]:
    totals = Totals(0.0)
    for number, status in enumerate(statuses):
        totals.take(line(number, status=status), 1.0, 0.0, first=False)
    for name, value in changes.items():
        setattr(totals, name, value)
    made = totals.verdict(most_errors=most, strict=strict)
    return made.outcome, made.headline, made.undecidable


def test_failures_decide_only_where_a_limit_was_set() -> None:
    assert verdict("ok", "ok") == ("pass", "2 of 2 items done", False)
    assert verdict("ok", "failed")[:2] == ("warn", "1 of 2 items done, 1 not")
    assert verdict("ok", "failed", strict=True)[0] == "fail"
    assert verdict("ok", "failed", most=1)[0] == "warn"
    assert verdict("ok", "failed", most=0)[0] == "fail"
    assert verdict("ok", interrupted=True)[0] == "inconclusive"
    assert verdict() == ("fail", "there is no statement in the input", True)
    assert verdict("unreadable") == ("fail", "no statement could be read", True)
    assert not verdict("failed")[2]


def test_results_are_remembered_within_their_room() -> None:
    known = Known(room=10_000)
    for number in range(100):
        work = Work()
        known.add(bytes([number]), work)
        assert known.get(bytes([number])) is work
        work.done, work.status = Done(b"x" * 680, "no", 1, 2, cpu_seconds=3.0), "failed"
        known.finish(bytes([number]))
        known.get(b"\0")
    again = known.get(bytes([99]))
    assert again is not None
    assert (again.status, again.done) == ("failed", Done(b"x" * 680, "no", 1, 2))
    assert known.get(b"\0") is not None
    assert known.get(bytes([1])) is None
    assert sum(known.get(bytes([n])) is not None for n in range(100)) == 9


def test_what_was_given_up_is_not_remembered() -> None:
    known, work = Known(), Work()
    known.add(b"a", work)
    work.status = "cancelled"
    known.finish(b"a")
    assert known.get(b"a") is None
    assert Known(room=0).get(b"b") is None

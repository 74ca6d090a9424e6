"""What a batch says of itself: counts, percentiles, stretches, and the line that is read aloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.model.database import Retries
from perftool.queries.batch_lines import Line
from perftool.queries.batch_shapes import FEW, Shapes
from perftool.queries.batch_slices import MOST, Slices
from perftool.queries.batch_totals import MOST_FAILED, SLOWEST, Totals

if TYPE_CHECKING:
    from perftool.model.database import QueryStatus


def taken(*lines: Line) -> Totals:
    totals = Totals(0.0)
    for number, line in enumerate(lines, 1):
        totals.take(msgspec.structs.replace(line, number=number), number * 0.1)
    return totals


def line(status: QueryStatus = "ok", seconds: float = 0.001, source: str = "shop", retries: int = 0) -> Line:
    return Line(1, "q", source, status, execution_s=seconds, retries=retries, error="no" if status == "failed" else "")


@pytest.mark.parametrize(
    ("lines", "outcome", "said"),
    [
        ([line(), line(retries=2)], "pass", "2 queries on shop in 200 ms, p95 1.00 ms; 1 was retried"),
        ([line(), line(source="crm")], "pass", "2 queries on 2 databases in 200 ms, p95 1.00 ms"),
        ([line("failed"), line("timeout"), line()], "fail", "2 of 3 queries failed on shop in 300 ms, p95 1.00 ms"),
    ],
)
def test_the_headline(lines: list[Line], outcome: str, said: str) -> None:
    verdict = taken(*lines).verdict()
    assert (verdict.outcome, verdict.headline) == (outcome, said)


def test_nothing_and_interrupted() -> None:
    assert taken().verdict().undecidable
    totals = taken(line())
    totals.interrupted = True
    assert totals.verdict().outcome == "inconclusive"


@given(st.lists(st.sampled_from(["ok", "failed", "timeout", "cancelled", "skipped"]), max_size=200))
def test_reports_are_bounded(statuses: list[QueryStatus]) -> None:
    totals = taken(*(line(status, seconds=number / 1000) for number, status in enumerate(statuses)))
    payload = totals.payload((), (), retries=Retries(), concurrency=1, rate=0.0, to="", order="finished")
    assert sum(payload.statuses.values()) == len(statuses)
    assert len(payload.queries) <= MOST_FAILED + SLOWEST
    assert sum(1 for one in payload.queries if one.status == "failed") <= statuses.count("failed")


@given(st.lists(st.floats(0.0001, 10), min_size=1, max_size=400))
def test_stretches_are_few_and_hold_everything(times: list[float]) -> None:
    slices, now = Slices(0.0), 0.0
    for seconds in times:
        now += seconds
        slices.take(0.0, seconds, now)
    found = {one.unit: one.values for one in slices.measurements()}
    assert 1 <= len(found["sec/op"]) < MOST
    assert min(times) * 0.999 <= min(found["sec/op"]) <= max(found["sec/op"]) <= max(times) * 1.001


def test_shapes_are_learned_and_forgotten() -> None:
    shapes = Shapes()
    one, two = (shapes.key(f"SELECT * FROM t1 WHERE id = {number} AND name = 'it''s {number}'") for number in (1, 22))
    assert one == two == "SELECT * FROM t1 WHERE id = ? AND name = ?"
    for _ in range(3):
        assert not shapes.few(one)
        shapes.saw(one, FEW)
    assert shapes.few(one)
    shapes.saw(one, FEW + 1)
    assert not shapes.few(one)

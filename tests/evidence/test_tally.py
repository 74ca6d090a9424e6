"""Counts, bounds and requirements."""

from __future__ import annotations

from typing import Any

import pytest
from scipy.stats import binom

from docs.evidence.honesty import tally
from docs.evidence.honesty.plan import Planned
from tests.evidence import made_up

pytestmark = pytest.mark.xdist_group("honesty")

Json = dict[str, Any]


@pytest.fixture(scope="module")
def records() -> list[Json]:
    return made_up.records("vs")


def test_bound_of_the_issue() -> None:
    assert tally.bound(240) == 19


@pytest.mark.parametrize(("n", "chance"), [(1, 0.05), (20, 0.5), (240, 0.05), (360, 0.05)])
def test_bound_is_the_binomial_quantile(n: int, chance: float) -> None:
    assert tally.bound(n, chance) == binom.ppf(0.975, n, chance)


def test_all_hold_where_the_tool_is_honest(records: list[Json]) -> None:
    assert [one.holds for one in tally.requirements(records)] == [True] * 4
    assert tally.detected(records, 10) == tally.Share(40, 40)
    assert len(tally.same_rows(tally.made(records, 0))) == 240


def test_a_lost_run_counts_as_a_miss(records: list[Json]) -> None:
    lost = [
        {k: v for k, v in record.items() if k not in ("rows", "verdict")} | {"lost": "crash"}
        if record["level"] == 30 and record["case"] == "parse"
        else record
        for record in records
    ]
    assert tally.failed(lost, 30) == tally.Share(30, 40)
    assert tally.detected(lost, 30) == tally.Share(30, 40)
    assert [one.holds for one in tally.requirements(lost)] == [True, True, True, False]


def test_a_lost_run_of_identical_code_lowers_the_bound(records: list[Json]) -> None:
    same = [record for record in records if record["level"] == 0]
    lost = [{**record, "lost": "crash"} if record in same[:30] else record for record in records]
    asked = tally.requirements(lost)[1]
    assert "at most 11 of 120 rows" in asked.text


def test_a_failing_run_of_identical_code_breaks_the_first(records: list[Json]) -> None:
    wrong = [{**record, "verdict": "fail"} if record["level"] == 0 else record for record in records]
    assert not tally.requirements(wrong)[0].holds


def test_a_significant_row_that_got_faster_is_no_detection() -> None:
    record = made_up.vs_record(Planned(1, case="words", level=10))
    for row in record["rows"]:
        row.update(significant=True, estimate=-0.1)
    assert tally.detected([record], 10) == tally.Share(0, 1)


def test_without_runs_nothing_holds() -> None:
    assert not any(one.holds for one in tally.requirements([]))

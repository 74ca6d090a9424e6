"""Measurements of reports: a run just taken is compared like a stored one."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from perftool.compare import inputs
from perftool.compare.comparator import compare
from perftool.compare.gate import GateRules
from perftool.compare.matcher import CompareQuery
from perftool.compare.reported import both_sides, imported, measured
from perftool.model.comparison import ComparisonPayload
from perftool.model.verdict import ReportWarning
from perftool.store import reports
from tests.render import samples

if TYPE_CHECKING:
    from perftool.compare.api import Imported
    from perftool.model.report import Report


def paired(**of_run: Any) -> Report:
    report = samples.paired()
    assert isinstance(report.payload, ComparisonPayload)
    return replace(report, payload=replace(report.payload, run=replace(report.payload.run, **of_run)))


def test_a_run_just_taken_is_what_its_file_is() -> None:
    report = samples.bench()
    assert imported(report, "r.json") == inputs.read(io.BytesIO(reports.encode(report)), "r.json")


def test_the_stored_sides_are_judged_like_those_just_taken() -> None:
    report = samples.paired()
    run = report.payload.run  # type: ignore[union-attr]
    fresh = compare(measured(report.measurements, run.sides, report.created), gate=GateRules(), paired=True, run=run)
    again = compare(both_sides(imported(report, "r.json")), gate=GateRules(), paired=True, run=run)
    assert again[0].tables == fresh[0].tables
    assert again[0].unmatched == fresh[0].unmatched
    assert again[1] == fresh[1]


def test_alone_the_newer_side_is_what_was_measured() -> None:
    found = imported(samples.paired(), "r.json")
    assert {one.name for one in found.series} == {one.name for one in found.base}
    assert found.series[0].values != found.base[0].values


def test_what_a_comparison_doubted_of_its_columns_is_not_said_of_others() -> None:
    """The same doubt is found again where it still holds."""
    own = ReportWarning(code="load-high", message="the machine was busy")
    stale = tuple(
        ReportWarning(code=code, message="of then", subject="working tree")
        for code in ("environment-differs", "moved-together", "over-aggregated", "packages-differ", "waiver-expired")
    )
    found = imported(replace(samples.paired(), warnings=(own, *stale)), "r.json")
    assert [(one.code, one.subject) for one in found.warnings] == [("load-high", "r.json")]


def test_each_side_is_told_by_its_own_facts() -> None:
    base, now = both_sides(imported(samples.paired(), "r.json"))

    def fact(one: Imported, key: str) -> str | None:
        return dict(one.facts).get(key)

    assert fact(base.imported, "commit") != fact(now.imported, "commit")
    payload, *_ = compare([base, now], CompareQuery(column="commit"))
    assert len(payload.columns) == 2


def test_an_interrupted_run_is_doubted_whatever_it_measured() -> None:
    codes = [one.code for one in imported(paired(complete=False), "r.json").warnings]
    assert codes == ["dependencies-differ", "incomplete-run"]
    assert "incomplete-run" not in [one.code for one in imported(paired(), "r.json").warnings]

from __future__ import annotations

import pytest

from perftool.compare import reported
from perftool.compare.history_runs import Run, run
from perftool.compare.matcher import CompareQuery, compile_query
from perftool.model.comparison import ComparisonPayload
from perftool.model.environment import Source
from tests.fakes.results import series, side, text
from tests.render import samples


def taken(one: object, expression: str = "*") -> Run:
    admits, _ = compile_query(CompareQuery(filter=expression))
    return run(one.imported, admits, 0.95)  # type: ignore[attr-defined]


def test_a_point_is_the_median_of_blocks_with_its_interval() -> None:
    blocks = [block for block in range(7) for _ in range(2)]
    found = taken(side("a", series("Sort", [float(i) for i in range(14)], blocks=blocks)))
    (one,) = found.found
    assert (one.name, one.unit, one.n, one.center) == ("Sort", "sec/op", 7, 6.5)
    assert one.lo is not None
    assert one.lo < one.center
    assert one.better == "lower"
    assert one.gates


def test_an_exact_measurement_is_its_most_frequent_value() -> None:
    (one,) = taken(side("a", series("Sort", [4.0, 4.0, 5.0], "allocs/op", exact=True))).found
    assert (one.exact, one.center, one.lo, one.hi) == (True, 4.0, 4.0, 5.0)


def test_a_report_tells_where_when_and_of_what_it_is() -> None:
    report = samples.bench()
    imported = reported.imported(report, "run.json")
    admits, _ = compile_query(CompareQuery())
    found = run(imported, admits, 0.95)
    assert found.name == "run.json"
    assert found.created == samples.CREATED
    assert found.source == samples.ENVIRONMENT.source
    assert (found.label, found.identity) == ("ci-linux-x64", samples.ENVIRONMENT.identity)
    assert found.packages == samples.ENVIRONMENT.packages
    assert not next(one for one in found.found if one.unit == "p99-sec/op").gates


def test_of_two_sides_the_newer_is_the_run() -> None:
    report = samples.paired()
    payload = report.payload
    assert isinstance(payload, ComparisonPayload)
    admits, _ = compile_query(CompareQuery())
    found = run(reported.imported(report, "vs.json"), admits, 0.95)
    assert len(found.found) == 4
    assert found.source == payload.columns[1].environment.source  # type: ignore[union-attr]
    slow = next(one for one in found.found if one.name.endswith("ComplexQuery"))
    assert slow.center > 120e-6
    assert slow.n == 20


def test_benchmark_text_tells_its_place_and_package() -> None:
    content = "goos: linux\ngoarch: amd64\ncpu: Fast 1\npkg: example.com/a\ncommit: abc\nBenchmarkA 1 5 ns/op\n"
    found = taken(text("a", content + "Unit score better=higher\nBenchmarkA 1 7 score\n"))
    assert found.identity == ("goos linux", "goarch amd64", "cpu Fast 1")
    assert found.source == Source(commit="abc", branch=None, dirty=None)
    assert found.created is None
    assert {(one.package, one.unit, one.better) for one in found.found} == {
        ("example.com/a", "sec/op", "lower"),
        ("example.com/a", "score", "higher"),
    }


def test_results_of_one_benchmark_are_pooled_and_packages_are_not() -> None:
    pooled = taken(side("a", series("A", [1.0, 2.0]), series("A", [3.0], config=(("note", "again"),))))
    assert [one.n for one in pooled.found] == [3]
    apart = taken(side("a", series("A", [1.0]), series("A", [3.0], config=(("pkg", "other"),))))
    assert [one.package for one in apart.found] == ["", "other"]


@pytest.mark.parametrize(("expression", "names"), [(".name:A", ["A"]), ("-.name:A", ["B"]), (".unit:B/op", [])])
def test_a_filter_selects(expression: str, names: list[str]) -> None:
    found = taken(side("a", series("A", [1.0]), series("B", [2.0])), expression)
    assert [one.name for one in found.found] == names


def test_an_unmeasured_series_is_no_point() -> None:
    assert taken(side("a", series("A", []))).found == ()

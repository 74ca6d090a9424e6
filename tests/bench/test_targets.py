"""From what the user named to cases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from perftool.bench.api import SuiteOptions
from perftool.bench.targets import Selection, full_name, is_database, matching, select, suite
from perftool.errors import UsageError

OPTIONS = SuiteOptions()


def entry(name: str, **arguments: Any) -> dict[str, Any]:
    return {"function": f"bench_{name}", "case": name, "line": 3, "arguments": arguments, "cpu_bound": True}


LISTED = [entry("sort", n=10), entry("sort", n=1000), entry("join", text="a b/c")]


def chosen(*targets: str, listed: Any = LISTED) -> Selection:
    return select(targets, OPTIONS, lambda _: listed, root=Path.cwd())


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks" / "bench_rows.py").write_text("")
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "a.sql").write_text("SELECT 1; SELECT a FROM t;")
    (tmp_path / "notes.txt").write_text("")
    return tmp_path


def test_nothing_means_the_default_suites() -> None:
    found = chosen()
    assert found.stem == "sql-parse"
    assert [c.case for c in found.cases] == ["SimpleSelect", "ComplexQuery", "WindowFunction", "CTE", "Insert"]


def test_a_suite_by_name() -> None:
    assert {c.suite for c in chosen("sql-parse").cases} == {"sql-parse"}
    assert suite("sql-parse").default


def test_a_python_file() -> None:
    found = chosen("benchmarks/bench_rows.py")
    assert [full_name(c) for c in found.cases] == ["rows/sort/n=10", "rows/sort/n=1000", "rows/join/text=a_b_c"]
    first = found.cases[0]
    assert (first.file, first.factory, first.direct) == ("benchmarks/bench_rows.py", "bench_sort", True)
    assert first.arguments == {"n": 10}
    assert first.source == "benchmarks/bench_rows.py:3"
    assert found.stem == "bench_rows"


@pytest.mark.parametrize("name", ["sort", "bench_sort"])
def test_one_function_of_a_file(name: str) -> None:
    assert [c.case for c in chosen(f"benchmarks/bench_rows.py::{name}").cases] == ["sort", "sort"]


def test_a_function_that_cannot_be_measured_is_skipped_with_its_place() -> None:
    wrong = {**entry("bad"), "error": "TypeError: params must be a dict of lists"}
    found = chosen("benchmarks/bench_rows.py", listed=[wrong, *LISTED])
    (lost,) = found.skipped
    assert (lost.suite, lost.case) == ("rows", "bad")
    assert lost.reason == "benchmarks/bench_rows.py:3: TypeError: params must be a dict of lists"
    assert len(found.cases) == 3


def test_a_folder_gives_its_python_and_its_sql() -> None:
    assert {c.kind for c in chosen(".").cases} == {"python", "sql"}


def test_statements_that_cannot_be_measured_are_skipped_with_their_place(project: Path) -> None:
    (project / "queries" / "b.sql").write_text("SELECT 1;\nSELECT ((;\n")
    (lost,) = chosen("queries").skipped
    assert (lost.suite, lost.case) == ("sql-files", "b.sql:2")
    assert lost.reason.startswith("cannot parse")


def test_a_broken_file_of_a_folder_costs_only_itself(project: Path) -> None:
    (project / "benchmarks" / "bench_bad.py").write_text("")

    def lister(path: Path) -> list[dict[str, Any]]:
        if path.name == "bench_bad.py":
            raise UsageError("cannot list the benchmarks of bench_bad.py: SyntaxError")
        return LISTED

    found = select(["benchmarks"], OPTIONS, lister, root=project)
    assert len(found.cases) == 3
    (lost,) = found.skipped
    assert (lost.suite, lost.case) == ("bad", "bench_bad.py")
    assert "SyntaxError" in lost.reason
    with pytest.raises(UsageError, match="SyntaxError"):
        select(["benchmarks/bench_bad.py"], OPTIONS, lister, root=project)


def test_an_empty_target_is_no_folder() -> None:
    with pytest.raises(UsageError, match="names nothing"):
        chosen("")


def test_hidden_folders_are_left_out(project: Path) -> None:
    (project / "benchmarks" / ".venv").mkdir()
    (project / "benchmarks" / ".venv" / "bench_x.py").write_text("")
    assert len(chosen("benchmarks").cases) == 3


def test_targets_mix_and_repetitions_count_once() -> None:
    found = chosen("sql-parse", "queries/a.sql", "benchmarks/bench_rows.py", "benchmarks", "sql-parse")
    names = [full_name(c) for c in found.cases]
    assert len(names) == len(set(names)) == 5 + 2 + 3
    assert found.stem == "sql-parse-and-more"


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("sql-prase", "no benchmark suite named 'sql-prase'"),
        ("gone/bench_x.py", "cannot read gone/bench_x.py"),
        ("gone.sql", "gone.sql"),
        ("gone/folder", "cannot read gone/folder"),
        ("notes.txt", "neither Python"),
        ("sql-parse::x", "only a Python file has functions"),
        ("benchmarks/bench_rows.py::nope", "has no function bench_nope"),
        ("empty", "no .sql and no bench_"),
    ],
)
def test_wrong_targets(target: str, message: str, project: Path) -> None:
    (project / "empty").mkdir()
    with pytest.raises(UsageError) as caught:
        chosen(target)
    assert message in caught.value.message
    assert "\n" not in caught.value.message


def test_a_file_without_benchmarks() -> None:
    with pytest.raises(UsageError, match="has no function named bench_"):
        chosen("benchmarks/bench_rows.py", listed=[])


def test_filter_looks_at_the_full_name() -> None:
    found = chosen("benchmarks")
    assert [full_name(c) for c in matching(found, r"sort/n=10$").cases] == ["rows/sort/n=10"]
    assert matching(found, "").cases == found.cases


@pytest.mark.parametrize(("pattern", "message"), [("(", "not a regular expression"), ("zzz", "matches none of 3")])
def test_wrong_filters(pattern: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        matching(chosen("benchmarks"), pattern)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("sqlite:///shop.db", True), ("postgresql+psycopg://ann@host/shop", True), ("env:SHOP", True), ("@shop", True),
        ("shop.db", True), ("data/shop.duckdb", True), ("bench_rows.py::bench_sort", False), ("sql-parse", False),
        ("queries/", False), ("C:\\queries\\a.sql", False), ("a.sql", False), ("@", False),
    ],
)  # fmt: skip
def test_addresses_of_databases_are_told_from_other_targets(target: str, expected: bool) -> None:
    assert is_database(target) is expected


def test_a_filter_leaves_suites_without_cases_out_of_preparation() -> None:
    found = chosen("sql-parse", "compare-text")
    assert [one.name for one in matching(found, "^sql-parse").suites] == ["sql-parse"]
    assert matching(found, "^sql-parse").options == found.options

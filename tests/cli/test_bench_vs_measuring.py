"""What is measured on two sides: of the side under test, and what only the base can still import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.bench.api import Case
from perftool.bench.targets import Selection
from perftool.cli.bench_vs_measuring import _beside, with_lost
from perftool.errors import UsageError
from perftool.model.bench import SkippedCase

if TYPE_CHECKING:
    from pathlib import Path


def case(suite: str, name: str, file: str | None = None) -> Case:
    return Case(suite=suite, case=name, factory=f"bench_{name}", file=file or f"benchmarks/bench_{suite}.py")


def gone(suite: str, name: str) -> SkippedCase:
    return SkippedCase(suite=suite, case=name, reason="ImportError: cannot import name")


def test_a_file_that_only_the_base_can_import_is_measured_there_and_so_lost_not_left_out() -> None:
    now = Selection([case("rows", "read")], [gone("text", "bench_text.py"), gone("old", "bench_old.py")], "benchmarks")
    base = Selection([case("rows", "read"), case("text", "split"), case("text", "join")], [gone("old", "bench_old.py")])
    found = with_lost(now, lambda: base)
    assert [(one.suite, one.case) for one in found.cases] == [("rows", "read"), ("text", "split"), ("text", "join")]
    assert found.skipped == [gone("old", "bench_old.py")]
    assert found.stem == "benchmarks"


def test_the_base_is_asked_only_when_something_is_left_out_and_may_refuse() -> None:
    def refuses() -> Selection:
        raise UsageError("--filter matches none")

    whole = Selection([case("rows", "read")])
    assert with_lost(whole, refuses) is whole
    part = Selection([case("rows", "read")], [gone("text", "bench_text.py")])
    assert with_lost(part, refuses) is part


def test_a_file_in_the_repository_around_the_project_is_each_sides_own(tmp_path: Path) -> None:
    root, folder = tmp_path / "repo" / "project", tmp_path / "repo" / "project" / "inner"
    homes = (root, tmp_path / "repo")

    def placed(file: Path) -> str | None:
        return _beside(case("rows", "read", str(file)), folder, homes).file

    assert placed(root / "benchmarks/bench_rows.py") == "../benchmarks/bench_rows.py"
    assert placed(tmp_path / "repo/shared/bench_rows.py") == "../../shared/bench_rows.py"
    assert placed(tmp_path / "elsewhere/bench_rows.py") == str(tmp_path / "elsewhere/bench_rows.py")

"""What counts as a benchmark's own files, and what as code that each side keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from perftool.errors import UsageError
from perftool.revisions import copying
from perftool.revisions.benchmarks import Overlay, overlay
from perftool.revisions.git import Git
from tests.revisions.repositories import environment, repository, write

if TYPE_CHECKING:
    from pathlib import Path


def taken(root: Path, *targets: str, files: tuple[str, ...] = ()) -> tuple[str, ...]:
    return overlay(root, root, [root / t for t in targets], files, None).names


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write(
        tmp_path,
        {
            "bench_top.py": "",
            "engine.py": "",
            "benchmarks/bench_a.py": "",
            "benchmarks/shapes.py": "",
            "benchmarks/deep/rows.json": "",
            "benchmarks/__pycache__/x.pyc": "",
            "lib/bench_lib.py": "",
            "lib/code.py": "",
            "bench_pkg/pkg/__init__.py": "",
            "bench_pkg/bench_b.py": "",
            "sql/one.sql": "",
            "sql/notes.txt": "",
            "data/x.json": "",
            ".venv/lib/bench_hidden.py": "",
        },
    )
    return tmp_path


def test_a_file_in_the_project_s_root_comes_alone(project: Path) -> None:
    assert taken(project, "bench_top.py") == ("bench_top.py",)


def test_a_folder_of_benchmarks_comes_whole(project: Path) -> None:
    found = overlay(project, project, [project / "benchmarks/bench_a.py"], (), None)
    assert found.names == ("benchmarks/bench_a.py", "benchmarks/deep/rows.json", "benchmarks/shapes.py")
    assert found.wholes == ("benchmarks",)


def test_code_beside_a_benchmark_stays_each_side_s_own(project: Path) -> None:
    """Else the same code would be measured twice and called unchanged."""
    assert taken(project, "lib/bench_lib.py") == ("lib/bench_lib.py",)
    assert taken(project, "bench_pkg/bench_b.py") == ("bench_pkg/bench_b.py",)


def test_of_a_target_folder_come_benchmarks_and_sql(project: Path) -> None:
    assert taken(project, "sql") == ("sql/one.sql",)
    found = taken(project, ".")
    assert "engine.py" not in found
    assert "lib/code.py" not in found
    assert not [name for name in found if name.startswith(".venv")]
    assert {"bench_top.py", "benchmarks/shapes.py", "lib/bench_lib.py", "sql/one.sql"} <= set(found)


@pytest.mark.parametrize("pattern", ["data/*.json", "data/**", "data", "**/x.json"])
def test_patterns(project: Path, pattern: str) -> None:
    assert taken(project, files=(pattern,)) == ("data/x.json",)


@pytest.mark.parametrize("pattern", ["nothing/*", "../x", "/etc/passwd"])
def test_patterns_that_match_nothing_or_lead_outside(project: Path, pattern: str) -> None:
    with pytest.raises(UsageError, match=r"bench\.vs\.files"):
        taken(project, files=(pattern,))


def test_targets_outside_are_used_in_place(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    write(outside, {"bench_x.py": ""})
    assert overlay(project, project, [outside / "bench_x.py", outside], (), None).names == ()


def test_ignored_files_of_a_folder_of_benchmarks_stay_away_but_a_target_comes(tmp_path: Path) -> None:
    root = repository(tmp_path / "r", {".gitignore": "*.dat\nbench_own.py\n", "benchmarks/bench_a.py": ""})
    write(root, {"benchmarks/huge.dat": "", "benchmarks/bench_own.py": "", "benchmarks/new.py": ""})
    found = overlay(root, root, [root / "benchmarks/bench_own.py"], (), Git(root, environment()))
    assert found.names == ("benchmarks/bench_a.py", "benchmarks/bench_own.py", "benchmarks/new.py")


def test_applying_tells_what_changed(tmp_path: Path) -> None:
    write(tmp_path, {"home/benchmarks/same.py": "1", "home/benchmarks/edited.py": "2"})
    write(tmp_path, {"side/benchmarks/same.py": "1", "side/benchmarks/edited.py": "1", "side/benchmarks/old.py": ""})
    names = ("benchmarks/edited.py", "benchmarks/same.py")
    found = Overlay(tmp_path / "home", names, ("benchmarks",)).apply(tmp_path / "side")
    assert found == ("benchmarks/edited.py", "benchmarks/old.py")
    assert sorted(p.name for p in (tmp_path / "side/benchmarks").iterdir()) == ["edited.py", "same.py"]


def test_benchmarks_in_a_package_are_code_of_a_build(tmp_path: Path) -> None:
    write(tmp_path, {"pkg/__init__.py": "", "pkg/bench_in.py": "", "bench_out.py": "", "engine.py": ""})
    names = ("bench_out.py", "engine.py", "pkg/bench_in.py")
    assert Overlay(tmp_path, names, ()).no_code() == {"bench_out.py"}


def test_in_a_tree_of_links_all_that_one_side_alone_has_goes(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"home/benchmarks/bench_a.py": "", "theirs/benchmarks/old.py": "", "theirs/benchmarks/in/older.py": ""},
    )
    (tmp_path / "side").mkdir()
    copying.link_children(tmp_path / "theirs", tmp_path / "side")
    found = Overlay(tmp_path / "home", ("benchmarks/bench_a.py",), ("benchmarks",)).apply(tmp_path / "side")
    assert found == ("benchmarks/bench_a.py", "benchmarks/in/older.py", "benchmarks/old.py")
    assert [p.name for p in (tmp_path / "side/benchmarks").iterdir()] == ["bench_a.py"]
    assert (tmp_path / "theirs/benchmarks/in/older.py").exists()


def test_a_project_below_the_top_of_its_repository_brings_its_whole_folder(tmp_path: Path) -> None:
    top = repository(tmp_path / "r", {"project/benchmarks/bench_a.py": "", "project/benchmarks/shapes.py": ""})
    root = top / "project"
    found = overlay(root, root, [root / "benchmarks/bench_a.py"], (), Git(top, environment()))
    assert found.names == ("benchmarks/bench_a.py", "benchmarks/shapes.py")

"""The project under test grows exactly what it says."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from docs.evidence.honesty import plan, project

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("level", [0, *plan.LEVELS])
def test_a_planted_case_has_more_units(level: int) -> None:
    for case in plan.CASES:
        changed = {path for path, text in project.files(case, level).items() if text != project.files()[path]}
        assert changed == ({f"workload/{case}.py"} if level else set())
        assert f"UNITS = {100 + level}\n" in project.files(case, level)[f"workload/{case}.py"]


@pytest.mark.parametrize("case", plan.CASES)
def test_the_workload_runs(case: str) -> None:
    namespace: dict[str, object] = {}
    text = project.files()[f"workload/{case}.py"].replace("UNITS = 100", "UNITS = 1")
    exec(compile(text, case, "exec"), namespace)
    assert callable(namespace["run"])
    assert namespace["run"]() is None


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_commits_differ_in_what_is_planted(tmp_path: Path) -> None:
    repository = project.build(tmp_path)
    tags = set(project.git(repository, "tag", "--list").split())
    names = {project.planted(case, level) for case in plan.CASES for level in plan.LEVELS}
    assert tags == {"base", "same", "complete", *names}
    assert project.git(repository, "diff", "--stat", "--name-only", "same~1", "same") == "README.md"
    assert project.git(repository, "diff", "--name-only", "words-30~1", "words-30") == "workload/words.py"
    assert project.git(repository, "rev-parse", "words-30~1") == project.git(repository, "rev-parse", "base")
    project.checkout(repository, "parse-10")
    assert "UNITS = 110" in (repository / "workload/parse.py").read_text()
    assert project.build(tmp_path) == repository
    base, same = project.sides(repository)
    assert (base / "workload/parse.py").read_text() == (same / "workload/parse.py").read_text()
    assert (base / "README.md").read_text() != (same / "README.md").read_text()
